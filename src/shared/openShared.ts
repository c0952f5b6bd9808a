import { createRequire } from "node:module";
import type * as Client from "ioredis";
import type { Account } from "../domain/account.js";
import type { Clock } from "../http/bounds.js";
import type { Quota } from "../http/quota.js";
import { ownVersion } from "../ownPackage.js";
import type { SharedCache } from "../index/replicas.js";
import { callerOf, identityOf } from "./identity.js";
import { RedisLink, type LinkState, type RedisClient } from "./link.js";
import { RedisBreakers } from "./redisBreakers.js";
import { RedisCache } from "./redisCache.js";
import { RedisQuota } from "./redisQuota.js";
import { Seal } from "./seal.js";

/** What sharing is made of. */
export interface SharedParts {
  /** A redis:// or rediss:// URL; it may hold a password. */
  readonly url: string;
  readonly accounts: readonly Account[];
  /** The keys of the cursors, the same on every replica. */
  readonly keys: readonly Uint8Array[];
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  /** Unique among all replicas. */
  readonly replica: string;
  readonly onState?: (state: LinkState) => void;
  /** Made from the URL by default. */
  readonly client?: RedisClient;
}

/** All that this process shares with other replicas. */
export interface Shared {
  cacheOf(account: Account): SharedCache;
  readonly quota: Quota;
  readonly breakers: RedisBreakers;
  close(): void;
}

/** The longest time between two attempts to connect. */
const RECONNECT_MS = 5_000;

/** Opens what is shared; it never fails, and waits for no server. */
export function openShared(parts: SharedParts): Shared {
  const { url, accounts, keys, clock, replica } = parts;
  const client = parts.client ?? connect(url, () => parts.random());
  const link = new RedisLink(client, clock, parts.onState);
  // Another release may read the same row differently.
  const seal = new Seal(keys, ownVersion());
  const cache = new RedisCache({ link, seal, clock, replica });
  const callers = new Map(accounts.map((account) => [account.id, callerOf(account)]));
  const callerOfId = (account: string): string => {
    const caller = callers.get(account);
    if (caller === undefined) throw new RangeError(`No account is called ${account}.`);
    return caller;
  };
  const counting = { link, clock, replica, callerOf: callerOfId };
  return {
    cacheOf: (account) => cache.of(identityOf(account)),
    quota: new RedisQuota(counting),
    breakers: new RedisBreakers(counting),
    close() {
      cache.close();
      link.close();
    },
  };
}

/** A client that waits for nothing: what it cannot send or get at once is an error. */
function connect(url: string, random: () => number): Client.Redis {
  // Loaded only where it is wanted: it would double the time that other commands need to begin.
  const { Redis } = createRequire(import.meta.url)("ioredis") as typeof Client;
  return new Redis(url, {
    connectionName: "redis-backup-gateway",
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 500,
    // The link gives up after 100 ms, and forgives this process its own pauses; this is for the
    // commands with which the client begins a connection.
    commandTimeout: 1_000,
    // A connection that is being opened would else keep the process for two seconds after its end.
    disconnectTimeout: 100,
    retryStrategy: (times) => Math.min(RECONNECT_MS, 50 * 2 ** times) * (0.5 + random() / 2),
  });
}
