import { expect, onTestFinished, test } from "vitest";
import type { CloudAccount } from "../../src/clouds/accounts.js";
import type { FaultPlan } from "../../src/clouds/knobs/faults.js";
import type { Connection } from "../../src/domain/connection.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { BACKUPS, gatewayOver } from "./gateway.js";
import { wanted } from "../wantedPage.js";

const INSTANCES = 4;
/** Longer than what was read, or refused, counts. */
const AFTER_TTL_MS = 31_000;

/** The accounts that are walked: their regions, and how their vendor refuses a call. */
const ACCOUNTS = {
  alibaba: {
    regions: ["cn-hangzhou", "ap-southeast-1"],
    refusal: { code: "Forbidden.RAM", status: 403 },
  },
  tencent: { regions: ["ap-guangzhou", "ap-tokyo"], refusal: { code: "UnauthorizedOperation" } },
  ucloud: { regions: ["cn-bj2", "hk"], products: ["umem"], refusal: { code: "299" } },
} as const;
type Vendor = keyof typeof ACCOUNTS;
const VENDORS = Object.keys(ACCOUNTS) as Vendor[];
const PROVIDERS = ["demo-alibaba/kvstore", "demo-tencent/redis", "demo-ucloud/umem"];

interface Row {
  readonly provider: string;
  readonly region: string;
  readonly nativeId: string;
}

/** A gateway over lists of two regions of each account, and one fault: of a list of regions, or in one region. */
async function start(fault: FaultPlan, now: () => number) {
  const clouds = await startStillClouds({
    now,
    estate: { instances: INSTANCES, backupsEach: 3 },
    upstream: { retries: 0, rate: 10_000, concurrency: 16, timeoutMs: 60_000 },
  });
  onTestFinished(() => clouds.close());
  const accounts = VENDORS.map((vendor) => {
    const own = clouds.accounts.find((account) => account.vendor === vendor);
    const { refusal: _, ...parts } = ACCOUNTS[vendor];
    const isListing = vendor === fault.vendor && fault.action !== undefined;
    return { ...own, ...(isListing ? {} : parts) } as CloudAccount;
  });
  const gateway = gatewayOver({ ...clouds, accounts }, { now });
  onTestFinished(() => gateway.close());
  clouds.knobs.faults.add(fault);
  return { clouds, gateway };
}

const textOf = ({ provider, region, nativeId }: Row): string =>
  [provider, region, nativeId].join(" ");

const CASES = (["instances", "backups"] as const).flatMap((list) =>
  [
    ...VENDORS.flatMap((vendor) => ACCOUNTS[vendor].regions.map((region) => ({ vendor, region }))),
    { vendor: "alibaba" as const, region: null },
  ].flatMap((failing) =>
    (["FORBIDDEN", "BAD_RESPONSE"] as const).flatMap((code) =>
      [0, AFTER_TTL_MS].map((betweenMs) => ({ list, ...failing, code, betweenMs })),
    ),
  ),
);

test.each(CASES)(
  "a walk over $list with one call a page, $betweenMs ms apart, gets on without $vendor $region: $code",
  async ({ list, vendor, region, code, betweenMs }) => {
    const clock = { now: MOMENT };
    const effect =
      code === "FORBIDDEN"
        ? ({ kind: "vendorError", ...ACCOUNTS[vendor].refusal } as const)
        : ({ kind: "html" } as const);
    const failing = region === null ? { action: "DescribeRegions" } : { region };
    const { clouds, gateway } = await start({ vendor, ...failing, effect }, () => clock.now);
    const rows: Row[] = [];
    const pageOf = async (after: string | null) => {
      const page = wanted({ first: 2, after });
      const reads = gateway.open(ANYONE, {
        signal: new AbortController().signal,
        deadline: Number.MAX_SAFE_INTEGER,
        vendorCalls: 1,
      });
      const shown: Connection<Row> = await (list === "backups"
        ? reads.backups({ ...BACKUPS, page })
        : reads.instances({ ...BACKUPS, filter: EVERY_INSTANCE, page }));
      rows.push(...shown.edges.map(({ node }) => node));
      return shown;
    };
    let pages = 1;
    let page = await pageOf(null);
    for (; await page.hasNextPage(); pages += 1) {
      expect(page.complete).toBe(false);
      expect(pages, "the walk ends").toBeLessThan(40);
      clock.now += betweenMs;
      page = await pageOf(page.endCursor);
    }
    expect(page.complete).toBe(false);
    expect(page.issues.map((issue) => [issue.code, issue.region])).toEqual([[code, region]]);
    const isMissing = (row: Row): boolean =>
      region === null ? row.provider.startsWith(`demo-${vendor}/`) : row.region === region;
    const truth = clouds.estate
      .truth()
      .filter((row) => PROVIDERS.includes(row.provider) && !isMissing(row))
      .map((row) => (list === "backups" ? row : { ...row, nativeId: row.instanceNativeId }));
    expect(rows.map(textOf).sort()).toEqual([...new Set(truth.map(textOf))].sort());
    if (code !== "FORBIDDEN") return;
    const refusals = clouds.calls.entries().filter((call) => call.outcome === "faulty");
    const distances = refusals.slice(1).map(({ at }, index) => at - (refusals[index]?.at ?? 0));
    for (const distance of distances) expect(distance).toBeGreaterThanOrEqual(AFTER_TTL_MS);
  },
);
