import { startBenchClouds } from "./clouds.js";
import { Driver } from "./drive.js";
import { bodyOf, PAGE_QUERY, type PageJson } from "./queries.js";
import { measure, type MeasuredCells } from "./rounds.js";
import { startGateway, type Server } from "./server.js";

/** The numbers of instances whose lists are merged. */
export const SOURCES = [10, 100, 1_000] as const;
const BACKUPS_EACH = 20;
const PLAN = { connections: 8, rounds: 11, ms: 200, warmUpMs: 2_000 };

/** The same warm page of 100 with few and many sources, by their number. */
export async function manySources(): Promise<MeasuredCells> {
  const body = bodyOf(PAGE_QUERY, { first: 100 });
  const running = await Promise.all(
    SOURCES.map(async (sources) => {
      const clouds = await startBenchClouds({ instances: sources, backupsEach: BACKUPS_EACH });
      const accounts = clouds.accounts.filter(({ vendor }) => vendor === "alibaba");
      const server = await startGateway({ name: String(sources), accounts, ttl: "PT1H" });
      return { server, clouds };
    }),
  );
  for (const { server } of running) await readAll(server, body);
  const cells = running.map(({ server }) => ({ name: server.name, server, next: () => body }));
  const measured = await measure(cells, PLAN);
  await Promise.all(running.flatMap(({ server, clouds }) => [server.close(), clouds.close()]));
  return measured;
}

async function readAll(server: Server, body: Buffer): Promise<void> {
  const driver = new Driver(server, 1);
  const { backups } = await driver.data<{ backups: PageJson }>(body);
  if (backups.edges.length !== 100) throw new Error(`${server.name} sources: no whole page.`);
  await driver.close();
}
