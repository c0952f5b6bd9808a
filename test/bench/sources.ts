import { setTimeout as wait } from "node:timers/promises";
import { startBenchClouds, sumOf, type BenchClouds } from "./clouds.js";
import { Driver } from "./drive.js";
import type { Rows } from "./figures.js";
import { bodyOf, PAGE_QUERY, type PageJson } from "./queries.js";
import { measure, medianOf, ratioOf } from "./rounds.js";
import { startGateway, type Server } from "./server.js";

/** The numbers of instances whose lists are merged. */
const SOURCES = [10, 100, 1_000, 10_000] as const;
const BACKUPS_EACH = 10;
const PLAN = { connections: 8, rounds: 9, ms: 200, warmUpMs: 5_000 };
const FIRST_QUERY = "{ backups(first: 100) { nodes { id } complete } }";
/** Between two requests of a page that is not complete yet. */
const AGAIN_AFTER_MS = 50;

interface FirstAnswer {
  readonly backups: { readonly complete: boolean };
}

/** A page of 100 with few and many sources, by their number: when nothing has been read, and from memory. */
export async function manySources(): Promise<Rows> {
  const body = bodyOf(PAGE_QUERY, { first: 100 });
  const running: { server: Server; clouds: BenchClouds; first: Record<string, number> }[] = [];
  for (const sources of SOURCES) {
    const clouds = await startBenchClouds({ instances: sources, backupsEach: BACKUPS_EACH });
    const accounts = clouds.accounts.filter(({ vendor }) => vendor === "alibaba");
    const server = await startGateway({ name: String(sources), accounts, ttl: "PT1H" });
    running.push({ server, clouds, first: await firstPage(server, clouds) });
  }
  for (const { server } of running) await readAll(server, body);
  const cells = running.map(({ server }) => ({ name: server.name, server, next: () => body }));
  const measured = await measure(cells, PLAN);
  await Promise.all(running.flatMap(({ server, clouds }) => [server.close(), clouds.close()]));
  return Object.fromEntries(
    running.map(({ server: { name }, first }) => [
      name,
      {
        cpuUs: medianOf(measured, "cpu", name),
        cpuVsTen: ratioOf(measured, "cpu", [name, "10"]),
        ...first,
      },
    ]),
  );
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
