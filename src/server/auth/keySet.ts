import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";

/** What the key set needs from outside. */
export interface KeySetPorts {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called when the issuer's keys cannot be fetched, at most once in `RETRY_MS`. */
  readonly onFault?: (error: unknown) => void;
  /** The time limit of one fetch, response body included; five seconds by default. */
  readonly timeoutMs?: number;
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

/**
 * The public keys of a token issuer.
 *
 * Keys are fetched again when they are old or a token names an unknown key, and stay valid while the
 * issuer is down. No token is verified before the first successful fetch, or once the issuer has been
 * unreachable for a day.
 */
export class KeySet {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  private readonly now: () => number;
  private readonly onFault: (error: unknown) => void;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | null = null;

  constructor(url: string, { now, onFault, timeoutMs = TIMEOUT_MS }: KeySetPorts) {
    // jose must not refresh on its own: it uses the system clock and drops expired keys.
    this.remote = createRemoteJWKSet(new URL(url), {
      timeoutDuration: timeoutMs,
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: Number.POSITIVE_INFINITY,
      [customFetch]: fetchSmall,
    });
    this.now = now;
    this.onFault = onFault ?? (() => undefined);
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

  private get age(): number {
    return this.now() - this.fetchedAt;
  }

  /** Concurrent callers share one fetch. A fetch too soon after the last one is skipped. */
  private fetch(): Promise<void> {
    if (this.fetching === null && this.now() - this.triedAt >= RETRY_MS)
      this.fetching = this.fetchNow().finally(() => (this.fetching = null));
    return this.fetching ?? Promise.resolve();
  }

  private async fetchNow(): Promise<void> {
    this.triedAt = this.now();
    try {
      await this.remote.reload();
      this.fetchedAt = this.now();
    } catch (error) {
      this.onFault(error);
    }
  }
}

/** Fetches like `fetch`, but the body fails once it exceeds `MAX_BYTES`. */
async function fetchSmall(url: string, options: RequestInit): Promise<Response> {
  const { body, status } = await fetch(url, options);
  let bytes = 0;
  const bounded = body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes <= MAX_BYTES) return controller.enqueue(chunk);
        controller.error(new Error(`Expected the issuer's keys in at most ${MAX_BYTES} bytes.`));
      },
    }),
  );
  return new Response(bounded ?? null, { status });
}
