import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLOUD_VENDORS, type CloudVendor } from "../../src/clouds/vendorCloud.js";
import type { TrueBackup } from "../../src/clouds/estate/types.js";
import { exchange } from "../server/harness.js";
import { makeStack, type Stack } from "../server/stack.js";
import { nativeIdsOf, pagesOf } from "./graphqlWalk.js";

let stack: Stack;
beforeEach(async () => {
  stack = await makeStack({
    clouds: {
      estate: { instances: 1, regions: 1, backupsEach: 330 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    },
    gateway: {
      settings: { ttlMs: 30_000, staleIfErrorMs: 600_000, scanRows: 2_000, cacheRows: 200_000 },
    },
    observed: true,
  });
});
afterEach(() => stack.close());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const VENDORS = {
  ucloud: "UCLOUD",
  tencent: "TENCENT",
  alibaba: "ALIBABA",
  aws: "AWS",
  s3: "S3",
} as const;

const listOf = (vendor: CloudVendor) =>
  pagesOf(stack.url, { first: 200, filter: { vendors: [VENDORS[vendor]] } });

const truthOf = (vendor: CloudVendor): string[] =>
  stack.clouds.estate
    .truth()
    .filter(({ provider }) => provider.startsWith(`demo-${vendor}/`))
    .map(({ nativeId }) => nativeId)
    .sort();

/** What the log says about dropped claims, and how many the metric counts. */
async function claimsOf(provider: string) {
  const { text } = await exchange(new URL("/metrics", stack.url).href);
  const counted = text
    .split("\n")
    .find((line) => line.startsWith(`backup_gateway_claims_dropped_total{provider="${provider}"`));
  const lines = stack.written().split("\n");
  const line = lines.find((one) => one.includes("A claim of the declaration was dropped"));
  return { counted: Number(counted?.split(" ").at(-1) ?? 0), line: line ?? "" };
}

describe("lists of 330 backups whose vendor", () => {
  test.each([
    { what: "shows no total", knobs: { totals: "absent" as const } },
    { what: "shows a total that is too low", knobs: { totals: -70 } },
    { what: "caps its pages silently", knobs: { pageCap: 60 } },
    {
      what: "caps its pages and shows no total",
      knobs: { pageCap: 50, totals: "absent" as const },
    },
    { what: "selects windows on the end", knobs: { windowSelects: "end" as const } },
    { what: "shuffles its rows", knobs: { order: "shuffled" as const } },
  ])("$what are read whole, and none of them is an issue", async ({ knobs }) => {
    stack.clouds.knobs.setAll(knobs);
    for (const vendor of CLOUD_VENDORS) {
      const pages = await listOf(vendor);
      expect(nativeIdsOf(pages).sort()).toEqual(truthOf(vendor));
      expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
    }
  });

  test("counts more rows than it has are read whole, and are short", async () => {
    stack.clouds.knobs.setAll({ totals: 70 });
    // AWS counts no list.
    for (const vendor of ["ucloud", "tencent", "alibaba"] as const) {
      const pages = await listOf(vendor);
      expect(nativeIdsOf(pages).sort()).toEqual(truthOf(vendor));
      const codes = pages.flatMap(({ issues }) => issues.map(({ code }) => code));
      expect([...new Set(codes)]).toEqual(["SHORT"]);
    }
  });
});

/** A page of 100 backups, whatever is asked. */
const SAME_PAGE = JSON.stringify({
  Action: "DescribeURedisBackupResponse",
  RetCode: 0,
  TotalCount: 500,
  DataSet: Array.from({ length: 100 }, (_, index) => ({
    BackupId: `same-${index}`,
    BackupName: "again",
    BackupSize: 1024,
    BackupTime: 1_780_000_000 - index * 3_600,
    BackupType: 1,
    GroupId: "uredis-1",
    GroupName: "one",
    State: "Success",
  })),
});

/** A page of one backup, of twenty years ago. */
const OLD_PAGE = JSON.stringify({
  Response: {
    TotalCount: 1,
    BackupSet: [
      {
        StartTime: "2006-06-01 02:00:08",
        EndTime: "2006-06-01 02:00:27",
        BackupId: "1",
        InstanceId: "crs-old",
        BackupType: "1",
        Status: 2,
        Locked: 0,
        BackupSize: 1,
      },
    ],
    RequestId: "r",
  },
});

describe("a vendor that breaks its declaration", () => {
  test("by the same page again and again is reported, and its source fails", async () => {
    stack.clouds.knobs.faults.add({
      vendor: "ucloud",
      action: "DescribeURedisBackup",
      effect: { kind: "body", body: SAME_PAGE },
    });
    const pages = await listOf("ucloud");
    const { issues, complete } = pages.at(-1) ?? {};
    expect(complete).toBe(false);
    expect(issues).toContainEqual({
      code: "BAD_RESPONSE",
      message: "The vendor's pages repeat and do not come to an end.",
      provider: { key: "demo-ucloud/uredis" },
    });
    expect(nativeIdsOf(pages).filter((id) => id.startsWith("same-"))).toEqual([]);
    const dropped = await claimsOf("demo-ucloud/uredis");
    expect(dropped.counted).toBeGreaterThan(0);
    expect(dropped.line).toContain("do not come to an end");
  });

  test("by a row outside the window is reported, and its list is read whole", async () => {
    let isDone = false;
    stack.clouds.knobs.hook = ({ vendor, action, params }) => {
      if (vendor !== "tencent" || params["BeginTime"] === undefined || isDone) return;
      isDone = true;
      const effect = { kind: "body", body: OLD_PAGE } as const;
      stack.clouds.knobs.faults.add({ vendor, action, times: 1, effect });
    };
    const pages = await listOf("tencent");
    expect(nativeIdsOf(pages).sort()).toEqual(truthOf("tencent"));
    expect(pages[0]?.issues).toEqual([
      {
        code: "BAD_RESPONSE",
        message: "The vendor showed a row outside the time asked for; its lists are read whole.",
        provider: { key: "demo-tencent/redis" },
      },
    ]);
    const dropped = await claimsOf("demo-tencent/redis");
    expect([dropped.counted, dropped.line.includes("outside the time")]).toEqual([1, true]);
  });

  test("by a list without an end is left at the rows that a slice may hold", async () => {
    const { estate, knobs } = stack.clouds;
    const { instanceNativeId } = estate
      .truth()
      .find(({ product }) => product === "UCLOUD_UREDIS") as TrueBackup;
    let startedAt = estate.now() - 400 * DAY;
    knobs.set("ucloud", { totals: "absent" });
    knobs.hook = ({ vendor, action }) => {
      if (vendor !== "ucloud" || action !== "DescribeURedisBackup") return;
      // Each call finds another page of older backups.
      for (let row = 0; row < 100; row += 1) {
        startedAt -= HOUR;
        estate.insertBackup({ product: "UCLOUD_UREDIS", instanceNativeId, startedAt });
      }
    };
    const [page] = await listOf("ucloud");
    expect(page?.complete).toBe(false);
    expect(page?.issues).toContainEqual({
      code: "SCAN_LIMIT",
      message: "The list has more than 2000 rows.",
      provider: { key: "demo-ucloud/uredis" },
    });
  });
});
