import { describe, expect, test } from "vitest";
import { DEMO_KEYS } from "../../../src/clouds/accounts.js";
import { alibabaEndpoint, expectTruth, wholeWindow } from "./alibabaWalk.js";
import type { SeenInstance } from "./alibabaWalk.js";
import { embeddedClouds, everyPage, peerModule, rejectionOf, skipWithout } from "./peer.js";

type Sdk = typeof import("@alicloud/pop-core");
type Method = "GET" | "POST";

const sdk = peerModule<Sdk>("@alicloud/pop-core");
skipWithout(sdk);

const clouds = embeddedClouds();

function asker(method: Method, changes: { id?: string; secret?: string } = {}) {
  const { id, secret } = { ...DEMO_KEYS.alibaba, ...changes };
  const client = new sdk!({
    accessKeyId: id,
    accessKeySecret: secret,
    endpoint: alibabaEndpoint(clouds()),
    apiVersion: "2015-01-01",
  });
  return <T>(action: string, params: Record<string, unknown> = {}): Promise<T> =>
    client.request<T>(action, params, { method });
}
type Ask = ReturnType<typeof asker>;

interface InstanceRow {
  readonly InstanceId: string;
  readonly RegionId: string;
  readonly InstanceType: string;
  readonly ArchitectureType: string;
  readonly IsRds: boolean;
}

const instancesOf = (ask: Ask) =>
  everyPage(50, async (PageNumber) => {
    type Body = { Instances: { KVStoreInstance: InstanceRow[] } };
    const body = await ask<Body>("DescribeInstances", { PageNumber, PageSize: 50 });
    return body.Instances.KVStoreInstance;
  });

/** Ids can be big numbers, which this SDK turns into objects; as text they are exact. */
function idsOf(ask: Ask, row: InstanceRow): Promise<string[]> {
  const { startTime: StartTime, endTime: EndTime } = wholeWindow();
  const asked = { InstanceId: row.InstanceId, StartTime, EndTime, PageSize: 50 };
  return everyPage(50, async (PageNumber) => {
    if (row.ArchitectureType === "cluster" && !row.IsRds) {
      type Body = { ClusterBackups: { ClusterBackupId: string }[] };
      const params = { ...asked, RegionId: row.RegionId, PageNumber };
      const body = await ask<Body>("DescribeClusterBackupList", params);
      return body.ClusterBackups.map(({ ClusterBackupId }) => ClusterBackupId);
    }
    type Body = { Backups: { Backup: { BackupId: unknown }[] } };
    const body = await ask<Body>("DescribeBackups", { ...asked, PageNumber });
    return body.Backups.Backup.map(({ BackupId }) => String(BackupId));
  });
}

describe.each(["GET", "POST"] as const)("@alicloud/pop-core by %s", (method) => {
  test("walks every backup to the truth", async () => {
    const ask = asker(method);
    const seen: SeenInstance[] = [];
    for (const row of await instancesOf(ask))
      if (row.InstanceType !== "Memcache")
        seen.push({ id: row.InstanceId, region: row.RegionId, backupIds: await idsOf(ask, row) });
    expectTruth(clouds().estate, seen);
  });

  test("is refused with a wrong secret", async () => {
    const asked = asker(method, { secret: "another" })("DescribeRegions");
    expect(await rejectionOf(asked)).toMatchObject({
      code: "SignatureDoesNotMatch",
      data: { HostId: expect.any(String), Recommend: expect.any(String) },
    });
  });

  test("understands throttling and an unknown action", async () => {
    const ask = asker(method);
    expect(await rejectionOf(ask("DescribeNothing"))).toMatchObject({
      code: "InvalidApi.NotFound",
    });
    clouds().knobs.set("alibaba", { throttle: { everyNth: 1 } });
    expect(await rejectionOf(ask("DescribeRegions"))).toMatchObject({ code: "Throttling.User" });
  });
});
