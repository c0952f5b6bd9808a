import { rootCertificates } from "node:tls";
import type { LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { TransportError } from "./faults.js";
import { guardedLookup } from "./guard.js";

/** How connections are made. */
export interface ConnectOptions {
  /** Resolves host names; the system's by default. What it finds is checked either way. */
  readonly lookup?: LookupFunction;
  /** Milliseconds for name, connection and TLS together. */
  readonly connectTimeoutMs?: number;
  /** PEM of a further authority, for hosts with certificates of a company's own. */
  readonly ca?: string;
}

const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Makes a connector that gives up after exactly its time.
 *
 * The timer of the HTTP client itself looks only once a second; it stays as the one that destroys the
 * socket which nobody waits for any more.
 */
export function makeConnector(options: ConnectOptions): buildConnector.connector {
  const timeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const connect = buildConnector({
    timeout: timeoutMs,
    lookup: guardedLookup(options.lookup),
    ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }),
  });
  return (target, callback) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      callback(new TransportError("connect"), null);
    }, timeoutMs);
    connect(target, (...[error, socket]) => {
      if (late) {
        socket?.destroy();
        return;
      }
      clearTimeout(timer);
      if (error === null) callback(null, socket);
      else callback(error, null);
    });
  };
}
