import { Pool } from "undici";
import { onAbort } from "./abort.js";
import { isEndedByClose, readText } from "./body.js";
import { makeConnector, type ConnectOptions } from "./connect.js";
import { TransportError, transportErrorOf } from "./faults.js";
import { checkHost } from "./guard.js";
import type { HttpRequest, HttpResponse } from "./message.js";

/** What bounds one exchange. */
export interface ExchangeLimits {
  /** Connections are never shared between accounts. */
  readonly account: string;
  readonly connections: number;
  readonly timeoutMs: number;
  /** What the end of that time means: a slow vendor, or a caller whose own time is over. */
  readonly onTimeout: "timeout" | "cut";
  readonly maxResponseBytes: number;
}

/**
 * Sends one request and reads its answer whole.
 *
 * Errors: `TransportError`, within moments of the timeout or of the signal's abort; the socket of an
 * exchange that was not read to its end is destroyed.
 */
export interface Transport {
  send(request: HttpRequest, limits: ExchangeLimits, signal: AbortSignal): Promise<HttpResponse>;
  /** Ends the exchanges under way, as `closed`, and every connection. */
  close(): Promise<void>;
}

const OWN_HEADERS = { "accept-encoding": "identity", "user-agent": "redis-backup-gateway" };

/** Makes the one transport: pools of connections per account and origin; redirects are refused. */
export function makeTransport(options: ConnectOptions = {}): Transport {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string, { account, connections }: ExchangeLimits): Pool => {
    const key = `${account} ${origin}`;
    let pool = pools.get(key);
    if (pool === undefined) {
      checkHost(new URL(origin).hostname);
      pool = new Pool(origin, { connections, pipelining: 1, connect: makeConnector(options) });
      pools.set(key, pool);
    }
    return pool;
  };
  return {
    async send(request, limits, signal) {
      const { origin, path } = splitUrl(request.url);
      const pool = poolOf(origin, limits);
      return timed(limits, signal, (ending) => exchange({ pool, path, request, limits, ending }));
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
  if (origin === undefined || rest === undefined || !URL.canParse(origin))
    throw new TransportError("request");
  return { origin, path: rest.startsWith("/") ? rest : `/${rest}` };
}

/**
 * Runs an exchange that ends with the limits' time and with the signal.
 *
 * It settles by itself at that moment: the HTTP client notices an abort only once it has a socket.
 */
function timed<T>(
  { timeoutMs, onTimeout }: ExchangeLimits,
  signal: AbortSignal,
  run: (ending: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) return Promise.reject(new TransportError("cut"));
  return new Promise((resolve, reject) => {
    const ending = new AbortController();
    const settle = (): void => {
      clearTimeout(timer);
      forget();
    };
    const end = (error: TransportError): void => {
      settle();
      reject(error);
      ending.abort(error);
    };
    const timer = setTimeout(() => end(new TransportError(onTimeout)), timeoutMs);
    const forget = onAbort(signal, () => end(new TransportError("cut")));
    run(ending.signal).then(
      (value) => {
        settle();
        resolve(value);
      },
      (thrown: unknown) => end(transportErrorOf(thrown)),
    );
  });
}

interface Exchange {
  readonly pool: Pool;
  readonly path: string;
  readonly request: HttpRequest;
  readonly limits: ExchangeLimits;
  readonly ending: AbortSignal;
}

async function exchange({ pool, path, request, limits, ending }: Exchange): Promise<HttpResponse> {
  const answer = await pool.request({
    path,
    method: request.method,
    headers: { ...request.headers, ...OWN_HEADERS },
    body: request.body ?? null,
    signal: ending,
  });
  const head = { status: answer.statusCode, headers: joined(answer.headers) };
  try {
    if (head.status >= 300 && head.status < 400) throw new TransportError("redirect");
    const body = await readText(answer.body, head, limits.maxResponseBytes);
    return isEndedByClose(head.status, head.headers)
      ? { ...head, body, endedByClose: true }
      : { ...head, body };
  } catch (thrown) {
    // What was not read to its end must not stay open; its own complaint about that is of no use.
    answer.body.on("error", () => undefined).destroy();
    throw thrown;
  }
}

function joined(headers: Record<string, string | string[] | undefined>): HttpResponse["headers"] {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(", ");
  }
  return headers as Record<string, string>;
}
