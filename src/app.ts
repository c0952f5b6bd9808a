import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { credentialReader } from "./config/credentials.js";
import type { Account, Environment } from "./domain/account.js";
import { type BackupPolicy, DEFAULT_POLICY } from "./domain/policy.js";
import type { Principal } from "./domain/principal.js";
import { SourceError } from "./errors.js";
import { makeHttpClient } from "./http/httpClient.js";
import type { HttpClient, HttpObserver } from "./http/client.js";
import { makeTransport, type Transport } from "./http/transport.js";
import type { OnCredentials } from "./listing/credentials.js";
import { rateOf } from "./listing/callVendor.js";
import type { VendorDeclaration } from "./listing/declaration.js";
import type { OperationBounds, Reads } from "./domain/reads.js";
import { Cursors } from "./paging/cursor.js";
import { Engine, makeKnownPlaces, makeProgress } from "./engine/engine.js";
import { ReadContext, type ReadParts } from "./lists/readContext.js";
import { BoundedOperation } from "./listing/operation.js";
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
  /** Bytes of a request body. A cursor is at most half as long. By default, 262,144. */
  readonly bodyBytes?: number;
  /** The policies in the order in which they match, the default last. By default, the default alone. */
  readonly policies?: readonly BackupPolicy[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. By default, that of `now`. */
  readonly elapsed?: (() => number) | undefined;
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
  readonly env?: Environment;
  readonly onCredentials?: OnCredentials;
  /** Called for each claim of a vendor's declaration that an answer contradicts. */
  readonly onClaimDropped?: (provider: string, listing: string, message: string) => void;
}

/** The parts that a reload replaces. */
export type ReloadedParts = Pick<
  GatewayParts,
  "accounts" | "settings" | "bodyBytes" | "policies" | "refreshShare"
>;

/** The gateway without its server. */
export interface Gateway {
  /** The reads of one operation. */
  readonly open: (principal: Principal, bounds: OperationBounds) => Reads;
  /** The regions that a principal may read, as far as they are known without a vendor call. */
  readonly places: (principal: Principal) => readonly KnownPlace[];
  /** How many lists of backups have been read, of those that reads so far have needed. */
  progress(): Progress;
  /** Counts the points of callers for all replicas; null without a shared server. */
  readonly points: Shared["points"] | null;
  /**
   * Replaces what a config can change while the gateway runs, for operations that begin from now on. What
   * was read, quotas and breakers of accounts with equal settings stay. If it throws, it has replaced nothing.
   * @returns a function to call when the operations that began before have ended. It drops removed accounts
   * with their credentials; a call that is still made for one then fails with UNAVAILABLE.
   */
  reload(changed: ReloadedParts): () => void;
  readonly http: HttpClient;
  /** That of the operations that begin now. */
  readonly engine: Engine;
  /** It runs only after it was started. */
  readonly refresher: Refresher;
  close(): Promise<void>;
}

const BODY_BYTES = 262_144;

/** Connects vendors, transport and engine. */
export function makeGateway({ accounts: configured, ...parts }: GatewayParts): Gateway {
  const { now } = parts;
  // Everything that outlives a reload. Removed accounts stay while requests still use them.
  const accounts = new Map(configured.map((account) => [account.id, account]));
  const settings = { ...parts.settings };
  const accountOf = accountIn(accounts);
  const shared = shareOver(parts, accountOf);
  const http = makeHttp(parts, accountOf, shared);
  const cursorKeys = parts.cursorKeys.length > 0 ? parts.cursorKeys : [randomBytes(32)];
  const generationOf = (changed: ReloadedParts, before: Engine | null): Generation => {
    const all = { ...parts, ...changed, settings, cursorKeys };
    const engine = makeEngine(all, { http, shared, before });
    const progress = makeProgress(engine, now);
    return { engine, progress, knownPlaces: makeKnownPlaces(now), read: readPartsOf(all, engine) };
  };
  let current = generationOf({ ...parts, accounts: configured }, null);
  const refresher = makeRefresher(parts, current.engine);
  const wasSetBack = setBackDetector(parts);
  return {
    points: shared?.points ?? null,
    http,
    refresher,
    get engine() {
      return current.engine;
    },
    open: (principal, bounds) => {
      // What was read with a clock that was ahead would count as fresh for as long as it was ahead.
      if (wasSetBack()) current.engine.forgetReadings();
      const operation = new BoundedOperation(bounds);
      const providers = visibleTo(principal, current.engine);
      return new EngineReads(new ReadContext(current.read, operation, now(), providers));
    },
    places: (principal) => current.knownPlaces(visibleTo(principal, current.engine)),
    progress: () => current.progress(),
    reload(changed) {
      const { engine: before } = current;
      current = generationOf(changed, before);
      Object.assign(settings, changed.settings);
      for (const account of changed.accounts) accounts.set(account.id, account);
      const { engine } = current;
      void refresher.follow({ engine, share: changed.refreshShare ?? 0 });
      const gone = before.accountsBeyond(engine);
      for (const { id } of gone) http.forget(id);
      const last = new Map(gone.map(({ id }) => [id, accounts.get(id)]));
      return () => {
        current.engine.release(before);
        for (const [id, account] of last) {
          // If a later reload has added it again, the one that removes it then drops it.
          if (engine.hasAccount(id) || accounts.get(id) !== account) continue;
          accounts.delete(id);
          http.forget(id);
        }
      };
    },
    close: async () => {
      await refresher.stop();
      current.engine.close();
      await http.close();
      shared?.close();
    },
  };
}

/** Clocks are corrected by less than this while they run. */
const SET_BACK_MS = 1_000;

/** Finds out whether the clock was set back since the last call. */
function setBackDetector({ now, elapsed = now }: Pick<GatewayParts, "now" | "elapsed">) {
  let ahead = now() - elapsed();
  return (): boolean => {
    const before = ahead;
    ahead = now() - elapsed();
    return ahead < before - SET_BACK_MS;
  };
}

/** What the operations that begin now are answered from. A reload replaces all of it at once. */
interface Generation {
  readonly engine: Engine;
  readonly read: ReadParts;
  readonly progress: () => Progress;
  readonly knownPlaces: ReturnType<typeof makeKnownPlaces>;
}

function readPartsOf(parts: GatewayParts, engine: Engine): ReadParts {
  const { settings, bodyBytes = BODY_BYTES, cursorKeys, policies = [DEFAULT_POLICY] } = parts;
  const { scanRows } = settings;
  const cursors = new Cursors(cursorKeys, Math.floor(bodyBytes / 2));
  const reading = { engine, planner: new Planner(engine), cursors, scanRows };
  return { ...reading, policies, ...waysOf(parts, reading) };
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

/** What an engine is made with, besides the parts of the gateway. */
interface EngineParts {
  readonly http: HttpClient;
  readonly shared: Shared | null;
  readonly before: Engine | null;
}

function makeEngine(parts: GatewayParts, { http, shared, before }: EngineParts): Engine {
  const { accounts, settings, now, env = process.env, onClaimDropped, onCredentials } = parts;
  const ports = {
    http,
    now,
    settings,
    sharedOf: shared?.cacheOf,
    credentialReaderOf: (account: Account) => credentialReader(account, env),
    onCredentials,
    onClaimDropped,
  };
  return new Engine(accounts, parts.vendorOf ?? vendorOf, ports, before);
}

function makeRefresher(parts: Omit<GatewayParts, "accounts">, engine: Engine): Refresher {
  const { now, refreshShare = 0 } = parts;
  const declarationOf = parts.vendorOf ?? vendorOf;
  return new Refresher({
    engine,
    share: refreshShare,
    clock: { now, sleep: parts.sleep ?? sleep },
    rateOf: (account, action) =>
      account.upstream.rate ?? rateOf(declarationOf(account).api(account), action),
  });
}

/** An account by its id. @throws {SourceError} UNAVAILABLE for one that a reload has removed. */
type AccountOf = (id: string) => Account;

const accountIn =
  (accounts: ReadonlyMap<string, Account>): AccountOf =>
  (id) => {
    const account = accounts.get(id);
    if (account !== undefined) return account;
    const message = "The account was removed from the config.";
    throw new SourceError("UNAVAILABLE", message, { retryable: false });
  };

function shareOver(parts: Omit<GatewayParts, "accounts">, accountOf: AccountOf): Shared | null {
  const { cursorKeys, now, cacheUrl = null, onShared } = parts;
  if (cacheUrl === null) return null;
  return openShared({
    url: cacheUrl,
    accountOf,
    keys: cursorKeys,
    clock: { now, sleep: parts.sleep ?? sleep },
    random: Math.random,
    replica: randomUUID(),
    onState: onShared,
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

function makeHttp(
  parts: Omit<GatewayParts, "accounts">,
  accountOf: AccountOf,
  shared: Shared | null,
): HttpClient {
  const { now } = parts;
  return makeHttpClient({
    settingsOf: (account) => accountOf(account).upstream,
    now,
    random: Math.random,
    sleep: parts.sleep ?? sleep,
    nonce: () => randomUUID().replaceAll("-", ""),
    observer: shared?.breakers.sharing(parts.observer) ?? parts.observer ?? {},
    ...(shared && { quota: shared.quota, news: shared.breakers }),
    transport:
      parts.transport ??
      makeTransport({ networkOf: (account) => accountOf(account).upstream.network }),
  });
}
