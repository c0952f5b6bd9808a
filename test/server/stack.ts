import type { Logger } from "pino";
import { onTestFinished } from "vitest";
import { makeGateway, type Gateway, type GatewayParts } from "../../src/app.js";
import type { Clouds, CloudsOptions } from "../../src/clouds/clouds.js";
import type { Account } from "../../src/domain/account.js";
import { makeScrub, type Scrub } from "../../src/domain/scrub.js";
import { secretsOf } from "../../src/domain/secrets.js";
import { buildSubgraph } from "../../src/graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../../src/graphql/schema.js";
import { makeGate, type GateLimits } from "../../src/server/gate.js";
import type { AuthOptions } from "../../src/domain/principal.js";
import { CallerLimits } from "../../src/server/limits/callerLimits.js";
import { makeLogger } from "../../src/server/logger.js";
import { makeObservation, type Observation } from "../../src/server/observe/observe.js";
import type { ServerOptions } from "../../src/server/options.js";
import { startServer } from "../../src/server/startServer.js";
import { LIMITS } from "./gated.js";
import { shownOf } from "./observe/harness.js";
import { startStillClouds } from "../stillClouds.js";

const plain = buildGatewaySchema();
const subgraph = buildSubgraph(plain);

/** The whole gateway over the embedded clouds. */
export interface Stack {
  readonly url: string;
  readonly clouds: Clouds;
  readonly gateway: Gateway;
  /** All that was logged. */
  readonly written: () => string;
  /** Vendor calls so far. */
  readonly calls: () => number;
  close(): Promise<void>;
}

/** What a stack is made from, besides the embedded clouds. */
export interface StackOptions {
  readonly auth?: AuthOptions;
  readonly limits?: Partial<GateLimits>;
  readonly clouds?: CloudsOptions;
  readonly gateway?: Partial<GatewayParts>;
  readonly server?: Partial<ServerOptions>;
  /** The accounts that are read, made of those of the clouds. */
  readonly accounts?: (own: readonly Account[]) => readonly Account[];
  /** What the log passes; else the scrubber that knows the accounts' credentials. */
  readonly scrub?: Scrub;
  /** Whether operations and vendor calls are logged and counted. */
  readonly observed?: boolean;
}

/** Starts a stack that is closed when the test ends. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stack = await makeStack(options);
  onTestFinished(stack.close);
  return stack;
}

/** Starts the gateway as the program does, with its log kept. */
export async function makeStack(options: StackOptions = {}): Promise<Stack> {
  const clouds = await startStillClouds(options.clouds);
  const given = options.accounts?.(clouds.accounts) ?? clouds.accounts;
  // The embedded clouds have no quota to keep to.
  const accounts = given.map((account) => ({
    ...account,
    upstream: { ...account.upstream, rate: account.upstream.rate ?? 10_000 },
  }));
  const { now } = clouds.estate;
  const lines: string[] = [];
  const logger = makeLogger({
    level: "trace",
    scrub: options.scrub ?? makeScrub(secretsOf({ accounts })),
    destination: { write: (line) => void lines.push(line) },
  });
  const limits = { ...LIMITS, ...options.limits };
  const observation = options.observed ? observe(logger, accounts, now) : null;
  const gateway = makeGateway({
    accounts,
    ...observation?.hooks,
    settings: { ttlMs: 30_000, staleIfErrorMs: 600_000, scanRows: 20_000, cacheRows: 200_000 },
    cursorKeys: [Buffer.alloc(32, 7)],
    now,
    ...options.gateway,
  });
  observation?.show(shownOf(gateway, limits.vendorCalls));
  const gate = makeGate({
    auth: options.auth ?? { mode: "none" },
    limits,
    placesOf: gateway.places,
    callers: new CallerLimits(limits.requestsPerMinute, {
      shared: gateway.points,
      now: Date.now,
    }),
    logger,
    now: Date.now,
  });
  const own = { makeReads: gateway.open, plugins: [gate.plugin], extend: gate.extend };
  const watched = observation?.serverOptions(own, { authenticate: gate.identify });
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    hosts: [],
    graphiql: false,
    page: false,
    demo: true,
    introspection: true,
    corsOrigins: [],
    trustProxy: false,
    limits,
    deadlineMs: 25_000,
    drainMs: 5_000,
    graceMs: 100,
    logger,
    now,
    authenticate: gate.authenticate,
    callers: gate.callers,
    schema: plain,
    federation: { schema: subgraph, secretSha256: null },
    ...own,
    ...watched,
    extend: (app) => {
      gate.extend(app);
      watched?.extend(app);
    },
    ...options.server,
  });
  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    observation?.close();
    await server.close();
    await gateway.close();
    await clouds.close();
  };
  const close = (): Promise<void> => (closed ??= closeAll());
  return {
    url: server.url,
    clouds,
    gateway,
    written: () => lines.join(""),
    calls: () => clouds.calls.count(),
    close,
  };
}

const observe = (logger: Logger, accounts: readonly Account[], now: () => number): Observation =>
  makeObservation({
    logger,
    accounts,
    now,
    elapsed: () => performance.now(),
    process: false,
  });
