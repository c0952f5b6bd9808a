import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";
import type { NetworkSettings } from "../../domain/account.js";
import { getOrMake } from "../../domain/maps.js";
import { TransportError } from "../../http/faults.js";
import { makeTransport } from "../../http/transport.js";

/** What the key set needs from outside. */
export interface KeySetPorts {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called when the issuer's keys cannot be fetched, at most once in `RETRY_MS`. */
  readonly onFault?: (error: unknown) => void;
  /** The time limit of one fetch, response body included; five seconds by default. */
  readonly timeoutMs?: number;
  /** How the issuer is reached. By default, directly, and its authority is one of the system's. */
  readonly network?: NetworkSettings | undefined;
  /** Key sets of an earlier config, which still hold their keys if the issuer is down. */
  readonly kept?: Map<string, KeySet> | undefined;
}

/** The age at which keys are fetched again. */
const MAX_AGE_MS = 600_000;
/** The minimum time between two fetches, whatever tokens arrive. */
const RETRY_MS = 30_000;
/** How long keys stay valid while the issuer cannot be reached. */
const STALE_MS = 86_400_000;
const TIMEOUT_MS = 5_000;
/** The largest response that is read. A key takes about 500 bytes. */
const MAX_BYTES = 524_288;

/** The keys at a URL: those that an earlier config has fetched in the same way, or new ones. */
export const keySetAt = (url: string, ports: KeySetPorts): KeySet =>
  getOrMake(
    ports.kept ?? new Map<string, KeySet>(),
    JSON.stringify([url, ports.network]),
    () => new KeySet(url, ports),
  );

/**
 * The public keys of a token issuer.
 *
 * Keys are fetched again when they are old or a token names an unknown key, and stay valid while the
 * issuer is down. No token is verified before the first successful fetch, or once the issuer has been
 * unreachable for a day.
 */
class KeySet {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | null = null;

  constructor(
    url: string,
    private readonly ports: KeySetPorts,
  ) {
    const { network, timeoutMs = TIMEOUT_MS } = ports;
    // jose must not refresh on its own: it uses the system clock and drops expired keys.
    this.remote = createRemoteJWKSet(new URL(url), {
      timeoutDuration: timeoutMs,
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: Number.POSITIVE_INFINITY,
      [customFetch]: makeFetch(timeoutMs, network),
    });
  }

  /** The key that a token names. Errors: jose's own, also when no keys are available. */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    if (this.age > STALE_MS) await this.fetch();
    // Old keys are refreshed in the background, so that no request waits for the issuer.
    else if (this.age > MAX_AGE_MS) void this.fetch();
    if (this.age > STALE_MS)
      throw new errors.JWKSNoMatchingKey("The issuer's keys are not available.");
    try {
      return await this.remote(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.fetch();
      return this.remote(header, token);
    }
  };

  /** The time since the keys were fetched, or by which the clock has been set back since. */
  private get age(): number {
    return Math.abs(this.ports.now() - this.fetchedAt);
  }

  /** Concurrent callers share one fetch. A fetch too soon after the last one is skipped. */
  private fetch(): Promise<void> {
    if (this.fetching === null && Math.abs(this.ports.now() - this.triedAt) >= RETRY_MS)
      this.fetching = this.fetchNow().finally(() => (this.fetching = null));
    return this.fetching ?? Promise.resolve();
  }

  private async fetchNow(): Promise<void> {
    this.triedAt = this.ports.now();
    try {
      await this.remote.reload();
      this.fetchedAt = this.ports.now();
    } catch (error) {
      this.ports.onFault?.(error);
    }
  }
}

/** The name under which the connections to the issuer are kept. */
const ACCOUNT = "token issuer";

/** Fetches like `fetch`, but as vendors are called: with their proxy, authorities and bounds. */
function makeFetch(timeoutMs: number, network: NetworkSettings | undefined) {
  const transport = makeTransport({ networkOf: () => network });
  const bounds = { onTimeout: "timeout", maxResponseBytes: MAX_BYTES, timeoutMs } as const;
  return async (url: string, options: { headers: Headers; signal: AbortSignal }) => {
    const request = { method: "GET", url: url.replace(/#.*/, ""), headers: {} } as const;
    const limits = { account: ACCOUNT, connections: 1, ...bounds };
    try {
      const { status, body } = await transport.send(request, limits, options.signal);
      return new Response(body, { status });
    } catch (cause) {
      // The messages are about vendors.
      const fault = cause instanceof TransportError ? cause.fault : "unknown";
      throw new Error(`The request for the issuer's keys failed (${fault}).`, { cause });
    }
  };
}
