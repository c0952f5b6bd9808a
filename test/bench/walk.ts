import { startBenchClouds, sumOf, type CloudAccount } from "./clouds.js";
import { peakMbOf } from "./cpu.js";
import { Driver } from "./drive.js";
import type { Rows } from "./figures.js";
import { leastOf, times } from "./leastCalls.js";
import { bodyOf, PAGE_QUERY, type PageJson } from "./queries.js";
import { startGateway } from "./server.js";

/** UCloud and Alibaba: 76 instances of each of three products, with one backup a day. */
const LONG = { instances: 76, backupsEach: 88 };
/** Tencent keeps backups for a week. */
const SHORT = { instances: 14, backupsEach: 7 };
const FIRST = 100;

/** The instance lists and the backup lists, of a region or of each instance. */
const LISTS = [
  { rows: LONG.instances, page: 100 },
  { rows: LONG.instances, page: 50 },
  { rows: LONG.instances * LONG.backupsEach, page: 100 },
  { rows: SHORT.instances * SHORT.backupsEach, page: 100 },
  ...times(LONG.instances, { rows: LONG.backupsEach, page: 100 }),
  ...times(LONG.instances, { rows: LONG.backupsEach, page: 300 }),
];

/** Walks all backups once in pages of 100, with nothing read before. */
export async function walkAll(): Promise<Rows> {
  const long = await startBenchClouds(LONG);
  const short = await startBenchClouds(SHORT);
  const isShort = ({ vendor }: CloudAccount): boolean => vendor === "tencent";
  // Lists by token are read twice, which is measured by the test suite.
  const isLong = ({ vendor }: CloudAccount): boolean => vendor === "ucloud" || vendor === "alibaba";
  const accounts = [...long.accounts.filter(isLong), ...short.accounts.filter(isShort)];
  const gateway = await startGateway({ accounts, ttl: "PT1H" });
  const driver = new Driver(gateway, 1);
  const began = performance.now();
  const before = await gateway.cpu();
  const seen = await walk(driver);
  const seconds = (performance.now() - began) / 1000;
  const cpu = (await gateway.cpu()) - before;
  const calls = sumOf(await long.takeCalls()) + sumOf(await short.takeCalls());
  const rows = 3 * LONG.instances * LONG.backupsEach + SHORT.instances * SHORT.backupsEach;
  if (seen !== rows) throw new Error(`${seen} of ${rows} backups were shown.`);
  const peakMb = peakMbOf(gateway.child);
  await driver.close();
  await Promise.all([gateway, long, short].map((one) => one.close()));
  return {
    gateway: {
      rows,
      calls,
      minimum: leastOf(LISTS),
      rowsPerSecond: rows / seconds,
      cpuUsPerRow: cpu / rows,
      // The kernel does not report it everywhere.
      ...(peakMb === null ? {} : { peakMb }),
    },
  };
}

/** The number of different backups on all pages. */
async function walk(driver: Driver): Promise<number> {
  const seen = new Set<unknown>();
  for (let after: string | null = null; ;) {
    const body = bodyOf(PAGE_QUERY, { first: FIRST, after });
    const { backups }: { backups: PageJson } = await driver.data(body);
    for (const { node } of backups.edges) seen.add(node.id);
    if (backups.pageInfo["hasNextPage"] !== true) return seen.size;
    after = backups.pageInfo["endCursor"] as string;
  }
}
