import { setTimeout as wait } from "node:timers/promises";
import { startBenchClouds, sumOf, type BenchClouds } from "./clouds.js";
import { Driver } from "./drive.js";
import type { Part, Rows } from "./figures.js";
import { bodyOf, PAGE_QUERY, type PageJson } from "./queries.js";
import { Bench, medianOf, ratioOf } from "./rounds.js";
import { startGateway, type Server } from "./server.js";

/** The numbers of instances whose lists are merged. */
const SOURCES = [10, 100, 1_000, 10_000] as const;
const BACKUPS_EACH = 10;
const PLAN = { connections: 8, rounds: 7, ms: 150, warmUpMs: 12_000, settleMs: 200 };
const FIRST_QUERY = "{ backups(first: 100) { nodes { id } complete } }";
/** Between two requests of a page that is not complete yet. */
const AGAIN_AFTER_MS = 50;

interface FirstAnswer {
  readonly backups: { readonly complete: boolean };
}

/** Clouds with a number of instances, and a gateway that has read all of them. */
interface Running {
  readonly name: string;
  readonly clouds: BenchClouds;
  readonly server: Server;
}

/**
 * A page of 100 with few and many sources, by their number. Each run reads it with a new gateway, which has read
 * nothing, and measures it from memory with the same gateways.
 */
export async function manySources(): Promise<Part> {
  const body = bodyOf(PAGE_QUERY, { first: 100 });
  const running: Running[] = [];
  for (const sources of SOURCES) {
    const clouds = await startBenchClouds({ instances: sources, backupsEach: BACKUPS_EACH });
    const server = await startOver(clouds, String(sources));
    running.push({ name: server.name, clouds, server });
    await firstPage(server, clouds);
    await readAll(server, body);
  }
  const bench = new Bench(
    running.map(({ name, server }) => ({ name, server, next: () => body })),
    PLAN,
  );
  await bench.warmUp();
  return {
    run: async () => ({ sources: await readOnce(running, bench) }),
    close: async () => {
      await bench.close();
      await Promise.all(running.flatMap(({ server, clouds }) => [server.close(), clouds.close()]));
    },
  };
}

function startOver({ accounts }: BenchClouds, name: string): Promise<Server> {
  const own = accounts.filter(({ vendor }) => vendor === "alibaba");
  return startGateway({ name, accounts: own, ttl: "PT1H" });
}

async function readOnce(running: readonly Running[], bench: Bench): Promise<Rows> {
  const measured = await bench.run();
  const rows: [string, Rows[string]][] = [];
  for (const { name, clouds } of running) {
    const server = await startOver(clouds, name);
    const first = await firstPage(server, clouds);
    await server.close();
    const cpuUs = medianOf(measured, "cpu", name);
    rows.push([name, { cpuUs, cpuVsTen: ratioOf(measured, "cpu", [name, "10"]), ...first }]);
  }
  return Object.fromEntries(rows);
}

/** Requests the first page until it is complete. One operation makes a limited number of calls. */
async function firstPage(server: Server, clouds: BenchClouds): Promise<Record<string, number>> {
  const driver = new Driver(server, 1);
  const began = performance.now();
  const before = await server.cpu();
  for (let requests = 1; ; requests += 1) {
    const { backups } = await driver.data<FirstAnswer>(bodyOf(FIRST_QUERY));
    if (!backups.complete) {
      await wait(AGAIN_AFTER_MS);
      continue;
    }
    const seconds = (performance.now() - began) / 1000;
    const cpuSeconds = ((await server.cpu()) - before) / 1_000_000;
    await driver.close();
    return {
      firstCalls: sumOf(await clouds.takeCalls()),
      firstRequests: requests,
      firstSeconds: seconds,
      firstCpuSeconds: cpuSeconds,
    };
  }
}

async function readAll(server: Server, body: Buffer): Promise<void> {
  const driver = new Driver(server, 1);
  const { backups } = await driver.data<{ backups: PageJson }>(body);
  if (backups.edges.length !== 100) throw new Error(`${server.name} sources: no whole page.`);
  await driver.close();
}
