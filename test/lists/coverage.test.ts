import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds, CloudsOptions } from "../../src/clouds/clouds.js";
import type { CoverageReport } from "../../src/domain/coverage.js";
import { EVERY_BACKUP, EVERY_INSTANCE } from "../../src/domain/filter.js";
import { BACKUPS, gatewayOver, readsOf } from "../estate/gateway.js";
import { sized } from "../runs.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const VENDORS = ["ucloud", "tencent", "alibaba"] as const;
/** The actions that list backups. */
const BACKUP_ACTIONS = [
  "DescribeURedisBackup",
  "DescribeUMemBackup",
  "DescribeInstanceBackups",
  "DescribeBackups",
  "DescribeClusterBackupList",
];

let clouds: Clouds;
let gateway: Gateway;
let ahead = 0;

/** The clouds with an estate of this size, and a gateway that has read nothing. */
async function begin(estate: CloudsOptions["estate"]): Promise<void> {
  const upstream = { retries: 0, rate: 10_000, concurrency: 64 };
  clouds = await startStillClouds(estate === undefined ? { upstream } : { upstream, estate });
  gateway = gatewayOver(clouds, { now: () => MOMENT + ahead });
}

beforeEach(() => {
  ahead = 0;
});
afterEach(async () => {
  await gateway.close();
  await clouds.close();
});

const coverage = (rpoMs = DAY, filter = EVERY_INSTANCE): Promise<CoverageReport> =>
  readsOf(gateway).coverage(rpoMs, filter);

/** How many instances of a vendor's account are in each state. */
const statesOf = ({ entries }: CoverageReport, vendor: string): Record<string, number> => {
  const own = entries.filter(({ instance }) => instance.provider.startsWith(`demo-${vendor}/`));
  const counts: Record<string, number> = {};
  for (const { coverage: one } of own) counts[one.state] = (counts[one.state] ?? 0) + 1;
  return counts;
};

const backupCalls = (reads: ReturnType<typeof readsOf>): number =>
  reads
    .calls()
    .filter(({ action }) => BACKUP_ACTIONS.includes(action))
    .reduce((sum, { count }) => sum + count, 0);

describe("coverage while a vendor is down", () => {
  beforeEach(() => begin({ instances: 4, backupsEach: 3 }));

  test.each(VENDORS)("counts the regions of %s as unknown, and no other's", async (vendor) => {
    clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });
    const report = await coverage();
    expect(statesOf(report, vendor)).toEqual({});
    expect(report.unknownRegions).toBeGreaterThan(0);
    expect(report.complete).toBe(false);
    expect(new Set(report.issues.map(({ provider }) => provider.split("/")[0]))).toEqual(
      new Set([`demo-${vendor}`]),
    );
    for (const other of VENDORS.filter((one) => one !== vendor))
      expect(Object.keys(statesOf(report, other))).toEqual(["PROTECTED"]);
  });

  test.each(VENDORS)("calls instances of %s unknown whose backups fail alone", async (vendor) => {
    const effect = { kind: "status", status: 500 } as const;
    for (const action of BACKUP_ACTIONS) clouds.knobs.faults.add({ vendor, action, effect });
    const report = await coverage();
    expect(statesOf(report, vendor)).toEqual({ UNKNOWN: vendor === "ucloud" ? 8 : 4 });
    expect(report.unknownRegions).toBe(0);
    expect(report.complete).toBe(false);
  });

  test("knows a good backup from old data, and what is newer than that it does not", async () => {
    expect((await coverage()).complete).toBe(true);
    clouds.knobs.faults.add({ vendor: "alibaba", effect: { kind: "status", status: 500 } });
    ahead = 45_000;
    const protectedStill = await coverage(3 * DAY);
    expect(statesOf(protectedStill, "alibaba")).toEqual({ PROTECTED: 4 });
    expect(protectedStill.issues.map(({ code }) => code)).toContain("STALE");
    const short = await coverage(HOUR / 2);
    expect(statesOf(short, "alibaba")).toEqual({ UNKNOWN: 4 });
    expect(statesOf(short, "tencent")).toEqual({ VIOLATING: 4 });
  });
});

describe("what coverage costs", () => {
  test.each([
    { what: "lists of one page", backupsEach: 9 },
    { what: "lists longer than any page", backupsEach: 700 },
  ])("is no more than a list of the RPO's own backups, for $what", async ({ backupsEach }) => {
    await begin({ instances: sized(2, 6), backupsEach });
    const reads = readsOf(gateway);
    expect((await reads.coverage(DAY, EVERY_INSTANCE)).complete).toBe(true);
    const cost = backupCalls(reads);

    const fresh = gatewayOver(clouds);
    const list = readsOf(fresh);
    const startedAfter = MOMENT - DAY;
    const page = wanted({ first: 200 });
    const instances = await list.instances({ ...BACKUPS, filter: EVERY_INSTANCE, page });
    const instanceIds = instances.edges.map(({ node }) => node.id);
    const filter = { ...EVERY_BACKUP, startedAfter, instanceIds };
    await list.backups({ ...BACKUPS, filter, page });
    await fresh.close();
    expect(cost).toBeLessThanOrEqual(backupCalls(list));
  });

  test("is one call for each list, however far back its backups go", async () => {
    await begin({ instances: 10, backupsEach: 45 });
    const reads = readsOf(gateway);
    await reads.coverage(30 * DAY, { ...EVERY_INSTANCE, vendors: ["ALIBABA"] });
    expect(backupCalls(reads)).toBeLessThanOrEqual(2 * 10);
    const again = readsOf(gateway);
    await again.coverage(30 * DAY, { ...EVERY_INSTANCE, vendors: ["ALIBABA"] });
    expect(backupCalls(again)).toBe(0);
  });
});
