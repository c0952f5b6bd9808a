import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { Profiler, Runtime } from "node:inspector/promises";
import { SourceMap } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getOrMake } from "../../src/domain/maps.js";
import { startBenchClouds } from "./clouds.js";
import { LATENCY_MS, latestQuestion, pageQuestion, type ColdQuestion } from "./cold.js";
import { PROFILE_MESSAGE } from "./cpu.js";
import { Driver } from "./drive.js";
import type { Part, Rows } from "./figures.js";
import { bodyOf, PAGE_QUERY } from "./queries.js";
import { startGateway, type Server } from "./server.js";
import { WARM_ESTATE } from "./warm.js";

const MAPS = fileURLToPath(new URL("../../maps", import.meta.url));
const WARM_UP_MS = 15_000;
const PROFILE_MS = 6_000;
const COLLECTOR = "garbage collector";
const NODE = "Node.js";

/** A gateway that answers one query again and again. */
interface Profiled {
  readonly driver: Driver;
  readonly server: Server;
  readonly body: Buffer;
  close(): Promise<void>;
}

/** The shares of the parts of the program, in percent of the time in which the gateway's main thread is busy. */
export async function timeShares(): Promise<Part> {
  const warm = await startBenchClouds(WARM_ESTATE);
  const page = { clouds: warm, accounts: warm.accounts, body: bodyOf(PAGE_QUERY, { first: 100 }) };
  const queries: Readonly<Record<string, Profiled>> = {
    warm: await startProfiled(page, "PT1H"),
    cold: await startProfiled(await waiting(pageQuestion()), "PT0S"),
    latest5: await startProfiled(await waiting(latestQuestion()), "PT0S"),
  };
  for (const { driver, body } of Object.values(queries)) await driver.run(WARM_UP_MS, () => body);
  return {
    run: async () => ({ shares: await sharesOf(queries) }),
    close: async () => {
      for (const query of Object.values(queries)) await query.close();
    },
  };
}

/** The clouds of the question wait before each answer, as for the figures of a request alone. */
async function waiting(starting: Promise<ColdQuestion>): Promise<ColdQuestion> {
  const question = await starting;
  await question.clouds.setLatency(LATENCY_MS);
  return question;
}

async function startProfiled(question: ColdQuestion, ttl: string): Promise<Profiled> {
  const { clouds, accounts, body } = question;
  const server = await startGateway({ accounts, ttl });
  const driver = new Driver(server, 1);
  return {
    server,
    driver,
    body,
    close: async () => {
      await driver.close();
      await server.close();
      await clouds.close();
    },
  };
}

/** By part of the program, then by query. */
async function sharesOf(queries: Readonly<Record<string, Profiled>>): Promise<Rows> {
  const rows: Record<string, Record<string, number>> = {};
  for (const [name, { server, driver, body }] of Object.entries(queries)) {
    await toggleProfiler(server);
    await driver.run(PROFILE_MS, () => body);
    const times = timesOf(await toggleProfiler(server));
    const busy = [...times.values()].reduce((a, b) => a + b, 0);
    for (const [part, time] of times) (rows[part] ??= {})[name] = (100 * time) / busy;
  }
  return rows;
}

/** Starts or ends the profile of a server; the second time returns it. */
async function toggleProfiler({ child }: Server): Promise<Profiler.Profile> {
  const answered = once(child, "message");
  child.send(PROFILE_MESSAGE);
  const [answer] = (await answered) as [Record<typeof PROFILE_MESSAGE, Profiler.Profile>];
  return answer[PROFILE_MESSAGE];
}

/**
 * The time on the main thread by part of the program. Node's own functions and native ones count for the package or folder
 * that called them.
 */
function timesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const parts = new Map<number, string | null>();
  const visit = (node: Profiler.ProfileNode, caller: string | null): void => {
    const part = partOf(node.callFrame, caller);
    parts.set(node.id, part);
    for (const id of node.children ?? []) visit(byId.get(id) as Profiler.ProfileNode, part);
  };
  const byId = new Map(nodes.map((node) => [node.id, node]));
  if (nodes[0] !== undefined) visit(nodes[0], NODE);
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const part = parts.get(id) ?? null;
    if (part !== null) times.set(part, (times.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  });
  return times;
}

/** The package or the folder of `src` that holds a function; null while the thread is idle. */
function partOf(frame: Runtime.CallFrame, caller: string | null): string | null {
  const { functionName, url, lineNumber, columnNumber } = frame;
  if (functionName === "(idle)") return null;
  if (functionName === "(garbage collector)") return COLLECTOR;
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(url) ?? [];
  if (name !== undefined) return name;
  const map = url.includes("/dist/") ? mapOf(basename(url)) : null;
  const entry = map?.findEntry(lineNumber, columnNumber);
  if (entry === undefined || !("originalSource" in entry)) return caller;
  const [, folder] = /\/src\/([^/]+)\//.exec(entry.originalSource) ?? [];
  return folder === undefined ? caller : `src/${folder}`;
}

const maps = new Map<string, SourceMap | null>();

const mapOf = (file: string): SourceMap | null =>
  getOrMake(maps, file, () => {
    const path = join(MAPS, `${file}.map`);
    return existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, "utf8"))) : null;
  });
