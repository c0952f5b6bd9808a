import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";

/** What the key set needs from outside. */
export interface KeySetPorts {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told that the issuer's keys could not be fetched, at most once in `RETRY_MS`. */
  readonly onFault?: (error: unknown) => void;
}

/** How old keys may be before they are fetched anew. */
const MAX_AGE_MS = 600_000;
/** The least time between two fetches, whatever tokens come. */
const RETRY_MS = 30_000;
/** How long keys go on verifying while the issuer cannot be reached. */
const STALE_MS = 86_400_000;
/** The longest that one fetch may take. */
const TIMEOUT_MS = 5_000;

/**
 * The public keys of a token issuer.
 *
 * They are kept while the issuer is down, and fetched anew when they are old or a token names an unknown
 * one. Until they were seen once, and when the issuer has been away for a day, no token is verified.
 */
export class KeySet {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  private readonly now: () => number;
  private readonly onFault: (error: unknown) => void;
  private seenAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | null = null;

  constructor(url: string, { now, onFault }: KeySetPorts) {
    // It never fetches by itself: its clock is the system's, and it forgets keys with their age.
    this.remote = createRemoteJWKSet(new URL(url), {
      timeoutDuration: TIMEOUT_MS,
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: Number.POSITIVE_INFINITY,
    });
    this.now = now;
    this.onFault = onFault ?? (() => undefined);
  }

  /** The key that a token names. Errors: those of jose, and where no keys are at hand. */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    if (this.age > STALE_MS) await this.fetch();
    // Whoever comes while old keys are renewed need not wait: they are as good as a moment ago.
    else if (this.age > MAX_AGE_MS) void this.fetch();
    if (this.age > STALE_MS) throw new errors.JWKSNoMatchingKey("The issuer's keys are not known.");
    try {
      return await this.remote(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.fetch();
      return this.remote(header, token);
    }
  };

  private get age(): number {
    return this.now() - this.seenAt;
  }

  /** One fetch for all who want it, and none so soon after the last. */
  private fetch(): Promise<void> {
    if (this.fetching === null && this.now() - this.triedAt >= RETRY_MS)
      this.fetching = this.fetchNow().finally(() => (this.fetching = null));
    return this.fetching ?? Promise.resolve();
  }

  private async fetchNow(): Promise<void> {
    this.triedAt = this.now();
    try {
      await this.remote.reload();
      this.seenAt = this.now();
    } catch (error) {
      this.onFault(error);
    }
  }
}
