import { describe, expect, test } from "vitest";
import { DEMO_KEYS } from "../../../src/clouds/accounts.js";
import { REGIONS } from "../../../src/clouds/estate/regions.js";
import { embeddedClouds, everyPage, peerModule, rejectionOf, skipWithout } from "./peer.js";

// Tencent's API 2.0 has no maintained SDK on npm: test/clouds checks it with the examples of its signature
// page. UCloud has none either; its examples are in test/clouds/verify/ucloud.test.ts.
type Sdk = typeof import("tencentcloud-sdk-nodejs/tencentcloud/services/redis/index.js");
type Client = InstanceType<Sdk["redis"]["v20180412"]["Client"]>;

const sdk = peerModule<Sdk>("tencentcloud-sdk-nodejs/tencentcloud/services/redis/index.js");
skipWithout(sdk);

const EVERY_STATUS = [1, 2, 3, 4, -1, -2];
const DAY = 86_400_000;

const clouds = embeddedClouds();
const hostOf = (): string =>
  new URL(clouds().accounts.find(({ vendor }) => vendor === "tencent")?.endpoint ?? "").host;

function clientOf(region: string, changes: { id?: string; secret?: string; method?: string } = {}) {
  const { id, secret } = { ...DEMO_KEYS.tencent, ...changes };
  const made = new sdk!.redis.v20180412.Client({
    credential: { secretId: id, secretKey: secret },
    region,
    profile: {
      httpProfile: {
        endpoint: hostOf(),
        protocol: "http://",
        reqTimeout: 10,
        ...(changes.method === undefined ? {} : { reqMethod: changes.method as "GET" }),
      },
    },
  });
  return made as Client;
}

const instancesOf = (client: Client, size: number) =>
  everyPage(size, async (number) => {
    const { InstanceSet = [] } = await client.DescribeInstances({
      Limit: size,
      Offset: (number - 1) * size,
      OrderBy: "createtime",
      OrderType: 0,
    });
    return InstanceSet;
  });
const backupsOf = (client: Client, params: Record<string, unknown> = {}, size = 100) =>
  everyPage(size, async (number) => {
    const { BackupSet = [] } = await client.DescribeInstanceBackups({
      Limit: size,
      Offset: (number - 1) * size,
      Status: EVERY_STATUS,
      ...params,
    });
    return BackupSet;
  });
const truthIn = (region: string) =>
  clouds()
    .estate.truth()
    .filter((backup) => backup.product === "TENCENT_REDIS" && backup.region === region);
const idsOf = (backups: readonly { BackupId?: string }[]) =>
  backups.map(({ BackupId }) => BackupId).sort();

describe.each(REGIONS.TENCENT_REDIS)("tencentcloud-sdk-nodejs in %s", (region) => {
  test("walks the instances at any page size, each once", async () => {
    const client = clientOf(region);
    const known = clouds()
      .estate.instances("TENCENT_REDIS", region)
      .map(({ nativeId }) => nativeId);
    for (const size of [3, 100, 1000]) {
      const seen = (await instancesOf(client, size)).map(({ InstanceId }) => InstanceId);
      expect(seen).toEqual(known);
    }
  });

  test.each(["newestFirst", "oldestFirst", "shuffled"] as const)(
    "walks the region's backups to the truth: %s",
    async (order) => {
      clouds().knobs.set("tencent", { order });
      const memcached = (await instancesOf(clientOf(region), 100))
        .filter(({ Type }) => Type === 200)
        .map(({ InstanceId }) => InstanceId);
      const seen = (await backupsOf(clientOf(region))).filter(
        ({ InstanceId }) => !memcached.includes(InstanceId),
      );
      expect(idsOf(seen)).toEqual(
        truthIn(region)
          .map(({ nativeId }) => nativeId)
          .sort(),
      );
    },
  );

  test("walks each living instance's backups to the truth", async () => {
    const client = clientOf(region);
    const redis = (await instancesOf(client, 100)).filter(({ Type }) => Type !== 200);
    for (const { InstanceId = "" } of redis) {
      const truth = truthIn(region).filter((backup) => backup.instanceNativeId === InstanceId);
      const seen = await backupsOf(client, { InstanceId }, 7);
      expect(idsOf(seen)).toEqual(truth.map(({ nativeId }) => nativeId).sort());
    }
  });

  test("reads a window of thirty days in the vendor's local time", async () => {
    const until = Math.floor(Date.now() / 1000) * 1000;
    const textOf = (at: number) =>
      new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
    const window = { BeginTime: textOf(until - 30 * DAY), EndTime: textOf(until) };
    const inWindow = truthIn(region).filter(
      ({ startedAt }) => startedAt >= until - 30 * DAY && startedAt <= until,
    );
    const seen = new Set(idsOf(await backupsOf(clientOf(region), window)));
    expect(inWindow.filter(({ nativeId }) => !seen.has(nativeId))).toEqual([]);
    const wider = { ...window, BeginTime: textOf(until - 31 * DAY) };
    expect(await rejectionOf(backupsOf(clientOf(region), wider))).toMatchObject({
      code: expect.stringMatching(/^InvalidParameter/),
    });
  });

  test("gets download links", async () => {
    const good = truthIn(region).find(({ status }) => status === "SUCCEEDED");
    const { BackupInfos = [] } = await clientOf(region).DescribeBackupUrl({
      InstanceId: good?.instanceNativeId ?? "",
      BackupId: good?.nativeId ?? "",
    });
    expect(BackupInfos.length).toBeGreaterThan(0);
    for (const { DownloadUrl = "", FileName } of BackupInfos) {
      expect(new URL(DownloadUrl).protocol).toBe("https:");
      expect(FileName).not.toBe("");
    }
  });
});

describe("tencentcloud-sdk-nodejs", () => {
  const region = REGIONS.TENCENT_REDIS[0] ?? "";

  test("can ask by GET", async () => {
    const { TotalCount } = await clientOf(region, { method: "GET" }).DescribeInstances({
      Limit: 1,
    });
    expect(TotalCount).toBe(clouds().estate.instances("TENCENT_REDIS", region).length);
  });

  test("is refused with a wrong secret and with an unknown id", async () => {
    const asked = (changes: { id?: string; secret?: string }) =>
      rejectionOf(clientOf(region, changes).DescribeInstances({ Limit: 1 }));
    expect(await asked({ secret: "another" })).toMatchObject({
      code: "AuthFailure.SignatureFailure",
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await asked({ id: "nobody" })).toMatchObject({ code: "AuthFailure.SecretIdNotFound" });
  });

  test("understands throttling and a missing instance", async () => {
    const client = clientOf(region);
    expect(
      await rejectionOf(client.DescribeInstanceBackups({ InstanceId: "crs-none" })),
    ).toMatchObject({ code: expect.stringMatching(/^ResourceNotFound/) });
    clouds().knobs.set("tencent", { throttle: { everyNth: 1 } });
    expect(await rejectionOf(client.DescribeInstances({ Limit: 1 }))).toMatchObject({
      code: "RequestLimitExceeded",
    });
  });
});
