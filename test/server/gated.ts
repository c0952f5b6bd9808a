import { createHash } from "node:crypto";
import type { ApiKey } from "../../src/domain/principal.js";
import type { ServerOptions } from "../../src/server/options.js";
import { makeGate, type GateLimits, type GateOptions } from "../../src/server/gate.js";
import { fakeReads, type Asked } from "../graphql/fakeReads.js";
import type { Reads } from "../../src/domain/reads.js";
import { serve, type TestServer } from "./harness.js";

/** The defaults of the config, except that tests may run on a busy machine. */
export const LIMITS: GateLimits & { readonly bodyBytes: number } = {
  first: 200,
  depth: 15,
  aliases: 30,
  rootFields: 20,
  directives: 10,
  tokens: 2_000,
  cost: 10_000,
  vendorCalls: 2_000,
  entities: 1_000,
  requestsPerMinute: 0,
  maxEventLoopDelayMs: 60_000,
  bodyBytes: 262_144,
};

export const digestOf = (key: string): string => createHash("sha256").update(key).digest("hex");

/** An API key whose text is its name. */
export const keyNamed = (
  name: string,
  scopes: readonly string[],
  accounts: readonly string[] | null = null,
): ApiKey => ({ name, sha256: digestOf(name), scopes, accounts });

export const asCaller = (key: string): { "x-api-key": string } => ({ "x-api-key": key });

export interface GatedServer extends TestServer {
  /** The calls of reads, of all operations. */
  readonly asked: Asked[];
}

/** What a gated server is made from, besides what every test server is. */
export interface Gating {
  readonly gate?: Partial<Omit<GateOptions, "limits">> & { readonly limits?: Partial<GateLimits> };
  readonly reads?: Partial<Reads>;
  readonly server?: Partial<ServerOptions>;
}

/** Starts a test server behind a gate, over reads from memory unless others are given. */
export async function serveGated({
  gate = {},
  reads,
  server = {},
}: Gating = {}): Promise<GatedServer> {
  const asked: Asked[] = [];
  const limits = { ...LIMITS, ...gate.limits };
  const { authenticate, callers, plugin, extend } = makeGate({
    auth: { mode: "none" },
    placesOf: () => [],
    logger: { warn: () => undefined },
    now: Date.now,
    ...gate,
    limits,
  });
  const running = await serve({
    authenticate,
    callers,
    plugins: [plugin],
    extend,
    limits,
    makeReads: () => noting(fakeReads(reads).reads, asked),
    ...server,
  });
  return { ...running, asked };
}

/** Notes every read in one list. */
const noting = (reads: Reads, asked: Asked[]): Reads =>
  new Proxy(reads, {
    get:
      (target, name: keyof Reads) =>
      (...args: unknown[]): unknown => {
        asked.push([name, ...args]);
        return (target[name] as (...args: unknown[]) => unknown)(...args);
      },
  });
