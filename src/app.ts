import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { credentialReader } from "./config/credentials.js";
import type { Account } from "./domain/account.js";
import { type BackupPolicy, DEFAULT_POLICY } from "./domain/policy.js";
import type { Principal } from "./domain/principal.js";
import { makeHttpClient } from "./http/httpClient.js";
import type { HttpClient, HttpObserver } from "./http/client.js";
import { makeTransport, type Transport } from "./http/transport.js";
import type { OnCredentials } from "./listing/credentials.js";
import type { VendorDeclaration } from "./listing/declaration.js";
import type { Reads } from "./domain/reads.js";
import { Cursors } from "./paging/cursor.js";
import { Engine, makeKnownPlaces, makeProgress } from "./engine/engine.js";
import { ReadContext, type ReadParts } from "./lists/readContext.js";
import { BoundedOperation, type OperationBounds } from "./listing/operation.js";
import { Planner } from "./engine/planner.js";
import type { KnownPlace, Progress } from "./domain/provider.js";
import { KeptMerges } from "./lists/fast/keptMerges.js";
import { noPrefetch, NO_MERGED_PAGES } from "./lists/fast/plain.js";
import { KnownInstances } from "./lists/fast/prefetch.js";
import { EngineReads } from "./lists/reads.js";
import { Refresher } from "./engine/refresher.js";
import type { EngineSettings } from "./index/sliceStore.js";
import type { LinkState } from "./shared/link.js";
import { openShared, type Shared } from "./shared/openShared.js";
import { vendorOf } from "./vendors/index.js";

/** The parts of a gateway. Clock and transport are arguments, so that tests are exact. */
export interface GatewayParts {
  readonly accounts: readonly Account[];
  readonly settings: EngineSettings;
  /** 32 bytes each. The first makes cursors and all are accepted. If empty, a key is made. */
  readonly cursorKeys: readonly Uint8Array[];
  readonly limits: {
    readonly first: number;
    readonly scanRows: number;
    /** Bytes of a request body. A cursor is at most half as long. By default, 262,144. */
    readonly bodyBytes?: number;
  };
  /** The policies in the order in which they match, the default last. By default, the default alone. */
  readonly policies?: readonly BackupPolicy[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after `ms`, and rejects as soon as `signal` aborts. By default, the system's timers. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** URL of the Redis or Valkey server that replicas share. Null if there is none. */
  readonly cacheUrl?: string | null;
  /** The share of each account's quota for background refreshes. By default, 0. */
  readonly refreshShare?: number;
  /** Called when the connection to that server is lost, and when it is back. */
  readonly onShared?: (state: LinkState) => void;
  readonly observer?: HttpObserver;
  /** Turns off kept merges and prefetching: slower, with the same answers. By default, false. */
  readonly isPlain?: boolean;
  /** The declaration of an account's vendor. By default, that in `src/vendors`. */
  readonly vendorOf?: (account: Account) => VendorDeclaration;
  /** Sends requests. By default, over the network. */
  readonly transport?: Transport;
  /** Environment variables for the commands that print credentials. By default, those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onCredentials?: OnCredentials;
  /** Called for each claim of a vendor's declaration that an answer contradicts. */
  readonly onClaimDropped?: (provider: string, listing: string, message: string) => void;
}

/** The gateway without its server. */
export interface Gateway {
  /** The reads of one operation. */
  open(principal: Principal, bounds: OperationBounds): Reads;
  /** The regions that a principal may read, as far as they are known without a vendor call. */
  places(principal: Principal): readonly KnownPlace[];
  /** How many lists of backups have been read, of those that reads so far have needed. */
  progress(): Progress;
  /** Replaces the policies for operations that begin from now on. */
  setPolicies(policies: readonly BackupPolicy[]): void;
  /** Counts the points of callers for all replicas; null without a shared server. */
  readonly points: Shared["points"] | null;
  readonly http: HttpClient;
  readonly engine: Engine;
  /** It runs only after it was started. */
  readonly refresher: Refresher;
  close(): Promise<void>;
}

const BODY_BYTES = 262_144;

/** Connects vendors, transport and engine. */
export function makeGateway(parts: GatewayParts): Gateway {
  const { limits, now } = parts;
  const shared = shareOver(parts);
  const http = makeHttp(parts, shared);
  const engine = makeEngine(parts, http, shared);
  const knownPlaces = makeKnownPlaces(now);
  const keys = parts.cursorKeys.length > 0 ? parts.cursorKeys : [randomBytes(32)];
  const cursors = new Cursors(keys, Math.floor((limits.bodyBytes ?? BODY_BYTES) / 2));
  const refresher = makeRefresher(parts, engine);
  const { policies = [DEFAULT_POLICY] } = parts;
  const reading = { engine, planner: new Planner(engine), cursors, limits };
  // What is kept depends on the policies, but is made of slices that stay.
  const partsWith = (chosen: readonly BackupPolicy[]): ReadParts => ({
    ...reading,
    policies: chosen,
    ...waysOf(parts, reading),
  });
  let readParts = partsWith(policies);
  return {
    points: shared?.points ?? null,
    http,
    engine,
    refresher,
    open: (principal, bounds) => {
      const operation = new BoundedOperation(bounds);
      const providers = visibleTo(principal, engine);
      return new EngineReads(new ReadContext(readParts, operation, now(), providers));
    },
    places: (principal) => knownPlaces(visibleTo(principal, engine)),
    progress: makeProgress(engine, now),
    setPolicies: (changed) => (readParts = partsWith(changed)),
    close: async () => {
      await refresher.stop();
      engine.close();
      await http.close();
      shared?.close();
    },
  };
}

/** The kept merges and the prefetching, or their plain versions. */
function waysOf(
  { isPlain = false, settings }: GatewayParts,
  { engine, planner, cursors }: Pick<ReadParts, "engine" | "planner" | "cursors">,
): Pick<ReadParts, "merged" | "prefetch"> {
  if (isPlain) return { merged: NO_MERGED_PAGES, prefetch: noPrefetch };
  const { memory } = engine;
  return {
    merged: new KeptMerges({ planner, memory, settings, cursors }),
    prefetch: (context) => new KnownInstances(context),
  };
}

function makeEngine(parts: GatewayParts, http: HttpClient, shared: Shared | null): Engine {
  const { accounts, settings, now, env = process.env, onClaimDropped, onCredentials } = parts;
  return new Engine(accounts, parts.vendorOf ?? vendorOf, {
    http,
    now,
    settings,
    ...(shared === null ? {} : { sharedOf: shared.cacheOf }),
    credentialReaderOf: (account) => credentialReader(account, env),
    ...(onCredentials === undefined ? {} : { onCredentials }),
    ...(onClaimDropped === undefined ? {} : { onClaimDropped }),
  });
}

function makeRefresher(parts: GatewayParts, engine: Engine): Refresher {
  const { now, refreshShare = 0 } = parts;
  const declarationOf = parts.vendorOf ?? vendorOf;
  return new Refresher({
    engine,
    share: refreshShare,
    clock: { now, sleep: parts.sleep ?? sleep },
    rateOf: (account, action) =>
      account.upstream.rate ?? declarationOf(account).api(account).rate(action),
  });
}

function shareOver(parts: GatewayParts): Shared | null {
  const { accounts, cursorKeys, now, cacheUrl = null, onShared } = parts;
  if (cacheUrl === null) return null;
  return openShared({
    url: cacheUrl,
    accounts,
    keys: cursorKeys,
    clock: { now, sleep: parts.sleep ?? sleep },
    random: Math.random,
    replica: randomUUID(),
    ...(onShared === undefined ? {} : { onState: onShared }),
  });
}

/** The providers of the accounts that a principal may see. */
function visibleTo({ accounts }: Principal, { providers }: Engine): Engine["providers"] {
  if (accounts === null) return providers;
  const visible = [...providers].filter(([, { account }]) => accounts.includes(account.id));
  return new Map(visible);
}

const sleep = async (ms: number, signal: AbortSignal): Promise<void> =>
  void (await delay(ms, undefined, { signal }));

function makeHttp(parts: GatewayParts, shared: Shared | null): HttpClient {
  const { accounts, now } = parts;
  const observer = shared?.breakers.heardBy(parts.observer) ?? parts.observer;
  const settings = new Map(accounts.map(({ id, upstream }) => [id, upstream]));
  return makeHttpClient({
    settingsOf: (account) => {
      const found = settings.get(account);
      if (found === undefined) throw new RangeError(`No account is called ${account}.`);
      return found;
    },
    now,
    random: Math.random,
    sleep: parts.sleep ?? sleep,
    nonce: () => randomUUID().replaceAll("-", ""),
    ...(shared === null ? {} : { quota: shared.quota, news: shared.breakers }),
    ...(observer === undefined ? {} : { observer }),
    transport:
      parts.transport ?? makeTransport({ networkOf: (account) => settings.get(account)?.network }),
  });
}
