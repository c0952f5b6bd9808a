import { randomBytes, randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Account } from "./domain/account.js";
import type { Principal } from "./domain/principal.js";
import { makeHttpClient } from "./http/httpClient.js";
import type { HttpClient } from "./http/client.js";
import type { HttpObserver } from "./http/observer.js";
import type { Reads } from "./loaders/reads.js";
import { makeSliceLoader } from "./loaders/sliceLoader.js";
import { makeSealer } from "./paging/seal.js";
import { Engine } from "./source/engine.js";
import { nameOfQuestion, type LoadSlice, type Reader } from "./source/lists/reader.js";
import { CallLog, type Operation } from "./source/operation.js";
import { Planner } from "./source/plan.js";
import { makeKnownPlaces, type KnownPlace } from "./source/places.js";
import { EngineReads } from "./source/reads.js";
import type { EngineSettings } from "./source/settings.js";
import { vendorOf } from "./vendors/index.js";

/** What a gateway is made of; clock and randomness are arguments so that tests are exact. */
export interface GatewayParts {
  readonly accounts: readonly Account[];
  readonly settings: EngineSettings;
  /** 32 bytes each; the first seals cursors. Empty: one is made. */
  readonly cursorKeys: readonly Uint8Array[];
  readonly limits: { readonly first: number; readonly scanRows: number };
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly observer?: HttpObserver;
  /** Told of each claim of a vendor's declaration that its answers contradict. */
  readonly onClaimDropped?: (provider: string, listing: string, message: string) => void;
}

/** What bounds one operation. */
export interface OperationBounds {
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly vendorCalls: number;
}

/** The gateway without its server: everything that reads. */
export interface Gateway {
  /** The reads of one operation. */
  open(principal: Principal, bounds: OperationBounds): Reads;
  /** What is known, without asking, of the places that a principal may read. */
  places(principal: Principal): readonly KnownPlace[];
  readonly http: HttpClient;
  readonly engine: Engine;
  close(): Promise<void>;
}

/** Wires vendors, transport and engine. */
export function makeGateway(parts: GatewayParts): Gateway {
  const { accounts, settings, limits, now } = parts;
  const http = makeHttp(parts);
  const engine = new Engine(accounts, vendorOf, {
    http,
    now,
    settings,
    ...(parts.onClaimDropped === undefined ? {} : { onClaimDropped: parts.onClaimDropped }),
  });
  const planner = new Planner(engine);
  const knownPlaces = makeKnownPlaces(now);
  const keys = parts.cursorKeys.length > 0 ? parts.cursorKeys : [randomBytes(32)];
  const sealer = makeSealer(keys.map((key) => Buffer.from(key)));
  return {
    http,
    engine,
    open: (principal, { signal, deadline, vendorCalls }) => {
      // Every vendor call of the operation listens; there are as many as it needs.
      setMaxListeners(0, signal);
      const calls = new CallLog();
      const operation: Operation = { signal, deadline, calls, budget: { left: vendorCalls } };
      const providers = visibleTo(principal, engine);
      const reader: Reader = {
        engine,
        planner,
        operation,
        startedAt: now(),
        loadSlice: sliceLoader(planner, operation),
        sealer,
        limits,
        providers,
      };
      return new EngineReads(reader);
    },
    places: (principal) => knownPlaces(visibleTo(principal, engine)),
    close: () => http.close(),
  };
}

const sliceLoader = (planner: Planner, operation: Operation): LoadSlice =>
  makeSliceLoader((keys) => planner.read(keys, operation), nameOfQuestion);

/** The providers of the accounts that a principal may see. */
function visibleTo({ accounts }: Principal, { providers }: Engine): Reader["providers"] {
  if (accounts === null) return providers;
  const visible = [...providers].filter(([, { account }]) => accounts.includes(account.id));
  return new Map(visible);
}

function makeHttp({ accounts, now, observer }: GatewayParts): HttpClient {
  const settings = new Map(accounts.map(({ id, upstream }) => [id, upstream]));
  return makeHttpClient({
    settingsOf: (account) => {
      const found = settings.get(account);
      if (found === undefined) throw new RangeError(`No account is called ${account}.`);
      return found;
    },
    now,
    random: Math.random,
    sleep: async (ms, signal) => void (await delay(ms, undefined, { signal })),
    nonce: () => randomUUID().replaceAll("-", ""),
    ...(observer === undefined ? {} : { observer }),
  });
}
