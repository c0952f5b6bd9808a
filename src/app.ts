import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Account } from "./domain/account.js";
import type { Principal } from "./domain/principal.js";
import { makeHttpClient } from "./http/httpClient.js";
import type { HttpClient } from "./http/client.js";
import type { HttpObserver } from "./http/observer.js";
import type { Reads } from "./domain/reads.js";
import { makeSliceLoader } from "./loaders/sliceLoader.js";
import { Cursors } from "./paging/cursor.js";
import { Engine } from "./engine/engine.js";
import { nameOfQuestion, type LoadSlice, type Reader } from "./lists/readContext.js";
import {
  BoundedOperation,
  EarlyOperation,
  type Operation,
  type OperationBounds,
} from "./listing/operation.js";
import { Planner } from "./engine/planner.js";
import { makeKnownPlaces, type KnownPlace } from "./engine/knownPlaces.js";
import { KeptLists } from "./lists/mergedCache/keptLists.js";
import { EngineReads } from "./lists/reads.js";
import { Refresher } from "./engine/refresher.js";
import type { EngineSettings } from "./index/settings.js";
import type { LinkState } from "./shared/link.js";
import { openShared, type Shared } from "./shared/openShared.js";
import { vendorOf } from "./vendors/index.js";

/** What a gateway is made of; clock and randomness are arguments so that tests are exact. */
export interface GatewayParts {
  readonly accounts: readonly Account[];
  readonly settings: EngineSettings;
  /** 32 bytes each; the first makes cursors. If there is none, one is made. */
  readonly cursorKeys: readonly Uint8Array[];
  readonly limits: {
    readonly first: number;
    readonly scanRows: number;
    /** Bytes of a request; a cursor takes at most half of it. 262,144 by default. */
    readonly bodyBytes?: number;
  };
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after `ms`; rejects as soon as `signal` aborts. The system's timers by default. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A server that speaks Redis, by which replicas share; null where there is none. */
  readonly cacheUrl?: string | null;
  /** Part of each account's quota by which lists are kept that are too many for ttl; 0 by default. */
  readonly refreshShare?: number;
  /** Told when that server is lost, and when it is there again. */
  readonly onShared?: (state: LinkState) => void;
  readonly observer?: HttpObserver;
  /** Told of each claim of a vendor's declaration that its answers contradict. */
  readonly onClaimDropped?: (provider: string, listing: string, message: string) => void;
}

/** The gateway without its server: everything that reads. */
export interface Gateway {
  /** The reads of one operation. */
  open(principal: Principal, bounds: OperationBounds): Reads;
  /** What is known, without asking, of the places that a principal may read. */
  places(principal: Principal): readonly KnownPlace[];
  readonly http: HttpClient;
  readonly engine: Engine;
  /** Runs only once it was started. */
  readonly refresher: Refresher;
  close(): Promise<void>;
}

const BODY_BYTES = 262_144;

/** Wires vendors, transport and engine. */
export function makeGateway(parts: GatewayParts): Gateway {
  const { limits, now } = parts;
  const shared = shareOver(parts);
  const http = makeHttp(parts, shared);
  const engine = makeEngine(parts, http, shared);
  const planner = new Planner(engine);
  const kept = new KeptLists(parts.settings);
  const knownPlaces = makeKnownPlaces(now);
  const keys = parts.cursorKeys.length > 0 ? parts.cursorKeys : [randomBytes(32)];
  const cursors = new Cursors(keys, Math.floor((limits.bodyBytes ?? BODY_BYTES) / 2));
  const refresher = makeRefresher(parts, engine);
  return {
    http,
    engine,
    refresher,
    open: (principal, bounds) => {
      const operation = new BoundedOperation(bounds);
      const providers = visibleTo(principal, engine);
      const reader: Reader = {
        engine,
        kept,
        planner,
        operation,
        startedAt: now(),
        loadSlice: sliceLoader(planner, operation),
        loadEarly: sliceLoader(planner, new EarlyOperation(operation)),
        begun: new Map(),
        cursors,
        limits,
        providers,
      };
      return new EngineReads(reader);
    },
    places: (principal) => knownPlaces(visibleTo(principal, engine)),
    close: async () => {
      await refresher.stop();
      await http.close();
      shared?.close();
    },
  };
}

function makeEngine(parts: GatewayParts, http: HttpClient, shared: Shared | null): Engine {
  const { accounts, settings, now, onClaimDropped } = parts;
  return new Engine(accounts, vendorOf, {
    http,
    now,
    settings,
    ...(shared === null ? {} : { sharedOf: shared.cacheOf }),
    ...(onClaimDropped === undefined ? {} : { onClaimDropped }),
  });
}

function makeRefresher(parts: GatewayParts, engine: Engine): Refresher {
  const { now, refreshShare = 0 } = parts;
  return new Refresher({
    engine,
    share: refreshShare,
    clock: { now, sleep: parts.sleep ?? sleep },
    rateOf: (account, action) =>
      account.upstream.rate ?? vendorOf(account).api(account).rate(action),
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

const sliceLoader = (planner: Planner, operation: Operation): LoadSlice =>
  makeSliceLoader((keys) => planner.read(keys, operation), nameOfQuestion);

/** The providers of the accounts that a principal may see. */
function visibleTo({ accounts }: Principal, { providers }: Engine): Reader["providers"] {
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
  });
}
