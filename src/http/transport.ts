import { EnvHttpProxyAgent, Pool, type Dispatcher } from "undici";
import type { NetworkSettings } from "../domain/account.js";
import { getOrMake } from "../domain/maps.js";
import type { CallSignal } from "./bounds.js";
import {
  authorities,
  CONNECT_TIMEOUT_MS,
  checkHost,
  isLocal,
  makeConnector,
  type ConnectOptions,
} from "./connect.js";
import { Exchange, type ExchangeLimits } from "./exchange.js";
import { proxyErrorOf, TransportError } from "./faults.js";
import type { HttpRequest, HttpResponse } from "./message.js";

/**
 * Sends one request and reads its whole answer.
 *
 * Errors: `TransportError`, within moments of the timeout or of the signal's abort. The socket of an
 * exchange that was not read to its end is destroyed.
 */
export interface Transport {
  send(request: HttpRequest, limits: ExchangeLimits, signal: CallSignal): Promise<HttpResponse>;
  /** Closes the connections of an account when their exchanges have ended. The next one opens others. */
  forget(account: string): void;
  /** Ends every running exchange, with the fault `closed`, and every connection. */
  close(): Promise<void>;
}

const OWN_HEADERS = { "accept-encoding": "identity", "user-agent": "redis-backup-gateway" };

/** How the transport connects. */
export interface TransportOptions extends ConnectOptions {
  /** The network settings of an account; by default, and if undefined, connections are direct. */
  networkOf?(account: string): NetworkSettings | undefined;
}

/** Connections to one origin for one account. */
interface Route {
  readonly account: string;
  readonly dispatcher: Dispatcher;
  /** Known once it has connected: NO_PROXY may exempt the host. */
  isProxied: boolean;
}

/** Makes the transport: connections of its own for each account and origin. Refuses redirects. */
export function makeTransport(options: TransportOptions = {}): Transport {
  const routes = new Map<string, Route>();
  /** They close when their exchanges have ended. */
  const forgotten = new Set<Dispatcher>();
  return {
    send(request, limits, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) throw new TransportError("cut");
        const { origin, path } = splitUrl(request.url);
        const route = getOrMake(routes, `${limits.account} ${origin}`, () =>
          makeRoute(origin, limits, options),
        );
        const { method, body = null } = request;
        const headers = Object.assign({}, request.headers, OWN_HEADERS);
        const fail = (error: TransportError) =>
          reject(route.isProxied ? proxyErrorOf(error) : error);
        const exchange = new Exchange(limits, signal, { resolve, reject: fail });
        route.dispatcher.dispatch({ origin, path, method, headers, body }, exchange);
      });
    },
    forget(account) {
      for (const [key, { dispatcher, ...route }] of routes) {
        if (route.account !== account) continue;
        routes.delete(key);
        forgotten.add(dispatcher);
        void dispatcher.close().finally(() => forgotten.delete(dispatcher));
      }
    },
    async close() {
      const all = [...routes.values()].map(({ dispatcher }) => dispatcher);
      routes.clear();
      await Promise.all([...all, ...forgotten].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/**
 * A direct connection, or one through a proxy, which resolves the host's name itself.
 * @throws {TransportError} for a host that is an address, and one that is not allowed.
 */
function makeRoute(
  origin: string,
  { account, connections }: ExchangeLimits,
  { networkOf, ...options }: TransportOptions,
): Route {
  const host = hostOf(origin);
  checkHost(host);
  const { httpProxy = "", httpsProxy = "", noProxy = "", ca } = networkOf?.(account) ?? {};
  const trusted = ca ?? options.ca;
  const connecting = { ...options, ...(trusted === undefined ? {} : { ca: trusted }) };
  const connect = makeConnector(connecting);
  // Each exchange has a timer of its own, for the whole of it.
  const pooled = { connections, pipelining: 1, connect, headersTimeout: 0, bodyTimeout: 0 };
  const isDirect = isLocal(host) || httpProxy + httpsProxy === "";
  if (isDirect) return { account, dispatcher: new Pool(origin, pooled), isProxied: false };
  const tls = { timeout: CONNECT_TIMEOUT_MS, ...authorities(trusted) };
  const proxied = { httpProxy, httpsProxy, noProxy, requestTls: tls, proxyTls: tls };
  // The agent calls this for direct connections only.
  const connectDirectly: typeof connect = (...args) => {
    route.isProxied = false;
    connect(...args);
  };
  const agent = new EnvHttpProxyAgent({ ...pooled, ...proxied, connect: connectDirectly });
  const route: Route = { account, dispatcher: agent, isProxied: true };
  return route;
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
