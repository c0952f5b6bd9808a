import { createRequire } from "node:module";
import type * as Client from "ioredis";
import type { Account } from "../domain/account.js";
import { getOrMake } from "../domain/maps.js";
import { caught, SourceError } from "../errors.js";
import type { Clock } from "../http/bounds.js";
import type { Quota } from "../http/quota.js";
import { ownVersion } from "../ownPackage.js";
import type { SharedCache } from "../index/replicas.js";
import { callerOf, identityOf } from "./identity.js";
import { RedisLink, type LinkState, type RedisClient } from "./link.js";
import { RedisBreakers } from "./redisBreakers.js";
import { RedisCache } from "./redisCache.js";
import { RedisPoints } from "./redisPoints.js";
import { RedisQuota } from "./redisQuota.js";
import { Seal } from "./seal.js";

/** What sharing needs. */
interface SharedParts {
  /** A redis:// or rediss:// URL, which may contain a password. */
  readonly url: string;
  /** @throws {SourceError} for an account that is not configured. */
  readonly accountOf: (id: string) => Account;
  /** The values of `server.cursorKey`, the same on every replica. */
  readonly keys: readonly Uint8Array[];
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  /** Unique among all replicas. */
  readonly replica: string;
  readonly onState?: ((state: LinkState) => void) | undefined;
  /** By default, a client for the URL. */
  readonly client?: RedisClient;
}

/** Everything that this process shares with other replicas. */
export interface Shared {
  /** What an account shares. `current` returns it with the credentials in use. Errors: `SourceError`. */
  cacheOf(account: Account, current: () => Promise<Account>): SharedCache;
  readonly quota: Quota;
  readonly breakers: RedisBreakers;
  readonly points: RedisPoints;
  close(): void;
}

/** The longest time between two attempts to connect. */
const RECONNECT_MS = 5_000;

/** Opens what is shared. Never fails, and does not wait for the server. */
export function openShared(parts: SharedParts): Shared {
  const { url, accountOf, keys, clock, replica } = parts;
  const client = parts.client ?? connect(url, () => parts.random());
  const link = new RedisLink(client, clock, parts.onState);
  // Another release may read the same row differently, so it shares nothing.
  const seal = new Seal(keys, ownVersion());
  const cache = new RedisCache({ link, seal, clock, replica });
  // Each call of a vendor needs its caller, and a reload replaces accounts.
  const callers = new WeakMap<Account, string>();
  const callerOfId = (id: string): string => {
    const account = accountOf(id);
    return getOrMake(callers, account, () => callerOf(account));
  };
  const calls = { link, clock, replica, callerOf: callerOfId };
  return {
    cacheOf: (account, current) => cache.of(identityNow(account, current)),
    quota: new RedisQuota(calls),
    breakers: new RedisBreakers({ ...calls, seal }),
    points: new RedisPoints(link, seal),
    close() {
      cache.close();
      link.close();
    },
  };
}

/** Makes the function that returns an account's identity now; null while its credentials cannot be read. */
function identityNow(
  account: Account,
  current: () => Promise<Account>,
): () => Promise<string | null> {
  if (account.credentialSource === undefined) {
    const identity = identityOf(account);
    return async () => identity;
  }
  let known = { account, identity: "" };
  return async () => {
    const now = await caught(current());
    if (now instanceof SourceError) return null;
    if (known.account !== now) known = { account: now, identity: identityOf(now) };
    return known.identity;
  };
}

/** A client that fails at once if it cannot send a command or loses the connection. */
function connect(url: string, random: () => number): Client.Redis {
  // Loaded only if needed: it would double the start time of commands that do not share.
  const { Redis } = createRequire(import.meta.url)("ioredis") as typeof Client;
  return new Redis(url, {
    connectionName: "redis-backup-gateway",
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 500,
    // For the commands with which the client opens a connection. Others are timed by the link, which
    // also allows for the pauses of this process.
    commandTimeout: 1_000,
    // Without this, a connection that is being opened keeps the process alive for two seconds.
    disconnectTimeout: 100,
    retryStrategy: (times) => Math.min(RECONNECT_MS, 50 * 2 ** times) * (0.5 + random() / 2),
  });
}
