import { expect, test } from "vitest";
import { startClouds } from "../../src/clouds/clouds.js";
import { EVERY_INSTANCE, type InstanceFilter, EVERY_BACKUP } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import { BACKUPS, gatewayOver } from "./gateway.js";
import { VirtualClock } from "./virtualClock.js";
import { wanted } from "../wantedPage.js";

const INSTANCES = 600;
const DAY = 86_400_000;
const ALIBABA: InstanceFilter = { ...EVERY_INSTANCE, vendors: ["ALIBABA"] };

test("lists of two calls each, of more instances than the quota serves at once, go on where it ended", async () => {
  const clock = new VirtualClock();
  const clouds = await startClouds({
    now: clock.now,
    // Forty rows might be a silent cap, so that each list is asked a second time.
    estate: { instances: INSTANCES, backupsEach: 40 },
    upstream: { rate: 20, retries: 0, concurrency: 64 },
  });
  clouds.knobs.hook = () => clock.stir();
  const gateway = gatewayOver(clouds, clock.parts());
  const unknownNow = async (): Promise<number> => {
    const reads = gateway.open(ANYONE, {
      signal: new AbortController().signal,
      deadline: clock.now() + 25_000,
      vendorCalls: 2_000,
    });
    const { entries } = await clock.until(reads.coverage(2 * DAY, ALIBABA));
    return entries.filter(({ coverage }) => coverage.state === "UNKNOWN").length;
  };
  const [first, second] = [await unknownNow(), await unknownNow()];
  await clock.until(gateway.close());
  await clouds.close();
  expect(second).toBeLessThan(first - INSTANCES / 2);
  // What the first has asked is not asked again.
  expect(clouds.calls.count({ action: "DescribeBackups" })).toBeLessThanOrEqual(2 * INSTANCES);
});

test("lists whose calls the quota refuses leave the operation's calls to the other lists", async () => {
  const clock = new VirtualClock();
  const clouds = await startClouds({
    now: clock.now,
    estate: { instances: INSTANCES, backupsEach: 3 },
    upstream: { rate: 10, retries: 0, concurrency: 64 },
  });
  clouds.knobs.hook = () => clock.stir();
  // Tencent comes last, and its list needs several pages, one after the other.
  const accounts = ["alibaba", "tencent"].flatMap((vendor) =>
    clouds.accounts.filter((account) => account.vendor === vendor),
  );
  const gateway = gatewayOver(clouds, { accounts, ...clock.parts() });
  const reads = gateway.open(ANYONE, {
    signal: new AbortController().signal,
    deadline: clock.now() + 25_000,
    vendorCalls: INSTANCES,
  });
  const page = await clock.until(
    reads.backups({ ...BACKUPS, page: wanted({ first: 20 }), filter: EVERY_BACKUP }),
  );
  await clock.until(gateway.close());
  await clouds.close();
  const issues = page.issues.map(({ code, provider }) => `${provider.split("/").at(-1)} ${code}`);
  expect(new Set(issues)).toEqual(new Set(["kvstore THROTTLED"]));
  for (const { action, count } of reads.calls())
    expect([action, count]).toEqual([action, clouds.calls.count({ action })]);
});
