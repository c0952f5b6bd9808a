import { Pool } from "undici";
import type { CallSignal } from "./bounds.js";
import { checkHost, makeConnector, type ConnectOptions } from "./connect.js";
import { Exchange, type ExchangeLimits } from "./exchange.js";
import { TransportError } from "./faults.js";
import type { HttpRequest, HttpResponse } from "./message.js";

/**
 * Sends one request and reads its whole answer.
 *
 * Errors: `TransportError`, within moments of the timeout or of the signal's abort. The socket of an
 * exchange that was not read to its end is destroyed.
 */
export interface Transport {
  send(request: HttpRequest, limits: ExchangeLimits, signal: CallSignal): Promise<HttpResponse>;
  /** Ends every running exchange, with the fault `closed`, and every connection. */
  close(): Promise<void>;
}

const OWN_HEADERS = { "accept-encoding": "identity", "user-agent": "redis-backup-gateway" };

/** Makes the transport: a pool of connections for each account and origin. Refuses redirects. */
export function makeTransport(options: ConnectOptions = {}): Transport {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string, { account, connections }: ExchangeLimits): Pool => {
    const key = `${account} ${origin}`;
    let pool = pools.get(key);
    if (pool === undefined) {
      checkHost(hostOf(origin));
      pool = new Pool(origin, { connections, pipelining: 1, connect: makeConnector(options) });
      pools.set(key, pool);
    }
    return pool;
  };
  return {
    async send(request, limits, signal) {
      if (signal.aborted) throw new TransportError("cut");
      const { origin, path } = splitUrl(request.url);
      const pool = poolOf(origin, limits);
      const { method, body = null } = request;
      const headers = { ...request.headers, ...OWN_HEADERS };
      return new Promise((resolve, reject) => {
        const exchange = new Exchange(limits, signal, { resolve, reject });
        pool.dispatch({ path, method, headers, body }, exchange);
      });
    },
    async close() {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}

/**
 * Splits a URL by its text, because a signature covers the path and query as they were written.
 * @throws {TransportError} for anything but http and https, and for a URL with credentials.
 */
export function splitUrl(url: string): { readonly origin: string; readonly path: string } {
  const [, origin, rest] = /^(https?:\/\/[^/?#@\\\s]+)((?:[/?][^#\s]*)?)$/.exec(url) ?? [];
  if (origin === undefined || rest === undefined) throw new TransportError("request");
  return { origin, path: rest.startsWith("/") ? rest : `/${rest}` };
}

function hostOf(origin: string): string {
  try {
    return new URL(origin).hostname;
  } catch (cause) {
    throw new TransportError("request", { cause });
  }
}
