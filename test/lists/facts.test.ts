import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import type { Fact, Instance } from "../../src/domain/instance.js";
import type { Reads } from "../../src/domain/reads.js";
import { BACKUPS, gatewayOver, readsOf } from "../estate/gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const DAY = 86_400_000;
const SCHEDULE: readonly Fact[] = ["automaticBackups", "retentionMs"];

let clouds: Clouds;
let gateway: Gateway;
let ahead = 0;

beforeEach(async () => {
  ahead = 0;
  const upstream = { retries: 0, rate: 10_000 };
  clouds = await startStillClouds({ upstream, estate: { instances: 6, backupsEach: 1 } });
  gateway = gatewayOver(clouds, { now: () => MOMENT + ahead });
});
afterEach(async () => {
  await gateway.close();
  await clouds.close();
});

const instancesOf = async (reads: Reads, provider: string): Promise<readonly Instance[]> => {
  const page = wanted({ first: 200 });
  const list = await reads.instances({ ...BACKUPS, filter: EVERY_INSTANCE, page });
  return list.edges.map(({ node }) => node).filter((one) => one.provider === provider);
};

const callsTo = (reads: Reads, action: string) =>
  reads.calls().find((call) => call.action === action);

describe("facts that no list shows", () => {
  test.each([
    ["demo-alibaba/kvstore", "DescribeBackupPolicy"],
    ["demo-tencent/redis", "DescribeAutoBackupConfig"],
  ])("of %s are read by one %s for each instance, and kept", async (provider, action) => {
    const reads = readsOf(gateway);
    const instances = await instancesOf(reads, provider);
    const read = () => Promise.all(instances.map((one) => reads.facts(one, SCHEDULE)));
    for (const facts of [...(await read()), ...(await read())])
      expect(facts).toMatchObject({ automaticBackups: true, retentionMs: 7 * DAY, tags: [] });
    expect(callsTo(reads, action)).toMatchObject({ count: 6 });

    const later = readsOf(gateway);
    await Promise.all(instances.map((one) => later.facts(one, SCHEDULE)));
    expect(callsTo(later, action)).toMatchObject({ count: 0, cached: 6 });
    ahead = 31_000;
    const muchLater = readsOf(gateway);
    await muchLater.facts(instances[0] as Instance, SCHEDULE);
    expect(callsTo(muchLater, action)).toMatchObject({ count: 1 });
  });

  test("take no call if the list shows them, or if no call does", async () => {
    const reads = readsOf(gateway);
    const [group] = await instancesOf(reads, "demo-ucloud/uredis");
    const before = reads.calls();
    const facts = await reads.facts(group as Instance, ["automaticBackups", "tags", "encrypted"]);
    expect(facts).toMatchObject({ automaticBackups: true, encrypted: null });
    expect(facts.tags).toEqual([{ key: "Tag", value: "Default" }]);
    expect(reads.calls()).toEqual(before);
  });

  test("are null if their call fails, which is made once for all who ask", async () => {
    clouds.knobs.faults.add({
      vendor: "alibaba",
      action: "DescribeBackupPolicy",
      effect: { kind: "vendorError", code: "Forbidden.RAM", status: 403 },
    });
    const reads = readsOf(gateway);
    const [instance] = (await instancesOf(reads, "demo-alibaba/kvstore")) as [Instance];
    const facts = await Promise.all([
      reads.facts(instance, SCHEDULE),
      reads.facts(instance, [...SCHEDULE, "encrypted"]),
    ]);
    expect(facts).toMatchObject([
      { automaticBackups: null, retentionMs: null, tags: [] },
      { automaticBackups: null, retentionMs: null, encrypted: false },
    ]);
    await reads.facts(instance, SCHEDULE);
    expect(callsTo(reads, "DescribeBackupPolicy")).toMatchObject({ count: 1 });
  });
});
