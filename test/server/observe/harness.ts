import { type Logger, pino } from "pino";
import { onTestFinished } from "vitest";
import type { Gateway } from "../../../src/app.js";
import { ANYONE } from "../../../src/domain/principal.js";
import type { ServerOptions } from "../../../src/server/options.js";
import { makeObservation, type Observation } from "../../../src/server/observe/observe.js";
import { NOW } from "../../graphql/fakeEstate.js";
import { fakeReads } from "../../graphql/fakeReads.js";
import { exchange, serve, type TestServer } from "../harness.js";

type Line = Record<string, unknown>;

/** A logger, and the lines that it wrote. */
export function logged(level = "info"): { logger: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const write = (text: string): void => void lines.push(JSON.parse(text) as Line);
  return { logger: pino({ level, base: null, timestamp: false }, { write }), lines };
}

/** An observation of two accounts whose clocks stand still, and what it logs. */
export function observation(level?: string): { observation: Observation; lines: Line[] } {
  const { logger, lines } = logged(level);
  const observation = makeObservation({
    logger,
    accounts: [
      { id: "ali", vendor: "alibaba" },
      { id: "uc", vendor: "ucloud" },
    ],
    now: () => NOW,
    elapsed: () => 0,
    process: false,
  });
  onTestFinished(() => observation.close());
  return { observation, lines };
}

/** What an observation shows of a whole gateway. */
export const shownOf = (
  gateway: Gateway,
  vendorCalls = 2_000,
): Parameters<Observation["show"]>[0] => ({
  health: (account) => gateway.http.health(account),
  rowsHeld: () => gateway.engine.rowsHeld,
  deadlineMs: 25_000,
  vendorCalls,
  open: gateway.open,
});

/** A metric as its registry has it. */
export interface RegisteredMetric {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

/** The metrics of an observation that nothing scrapes. */
export function registeredMetrics(): readonly RegisteredMetric[] {
  const { observation: observed } = observation();
  observed.show({
    health: () => ({ breaker: "closed", lastSuccessAt: null, callsLeft: null }),
    rowsHeld: () => 0,
    deadlineMs: 1,
    vendorCalls: 1,
    open: () => {
      throw new Error("Nothing is scraped here.");
    },
  });
  return observed.registry.getMetricsAsArray() as unknown as readonly RegisteredMetric[];
}

export interface ObservedServer extends TestServer {
  readonly observation: Observation;
  readonly lines: Line[];
  /** The samples of a scrape by name and labels, as the text has them. */
  scrape(headers?: Record<string, string>): Promise<Samples>;
}

export type Samples = ReadonlyMap<string, number>;

/** A server that is observed; metrics are on its main port. */
export async function serveObserved(
  given: Partial<ServerOptions> = {},
  level?: string,
): Promise<ObservedServer> {
  const { observation: observed, lines } = observation(level);
  const authenticate = given.authenticate ?? (async () => ANYONE);
  const own = observed.serverOptions(
    {
      makeReads: given.makeReads ?? (() => fakeReads().reads),
      plugins: given.plugins ?? [],
    },
    { authenticate },
  );
  const server = await serve({ ...given, ...own, authenticate });
  const metrics = new URL("/metrics", server.url).href;
  return {
    ...server,
    observation: observed,
    lines,
    scrape: async (headers = {}) => samplesOf((await exchange(metrics, { headers })).text),
  };
}

/** The samples in Prometheus' text. */
export function samplesOf(text: string): Samples {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      const value = line.slice(at + 1);
      return [line.slice(0, at), value === "+Inf" ? Infinity : Number(value)];
    }),
  );
}

/** The samples of one metric. */
export const samplesNamed = (samples: Samples, name: string): Record<string, number> =>
  Object.fromEntries(
    [...samples]
      .filter(([key]) => key === name || key.startsWith(`${name}{`))
      .map(([key, value]) => [key.slice(name.length), value]),
  );
