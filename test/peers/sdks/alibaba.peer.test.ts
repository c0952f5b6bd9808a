import { describe, expect, test } from "vitest";
import { DEMO_KEYS } from "../../../src/clouds/accounts.js";
import { alibabaEndpoint, expectTruth, wholeWindow } from "./alibabaWalk.js";
import { embeddedClouds, everyPage, peerModule, rejectionOf, skipWithout } from "./peer.js";

type Sdk = typeof import("@alicloud/r-kvstore20150101");
type Core = typeof import("@alicloud/openapi-core");
type Client = InstanceType<Sdk["default"]>;

const sdk = peerModule<Sdk>("@alicloud/r-kvstore20150101");
const core = peerModule<Core>("@alicloud/openapi-core");
skipWithout(sdk);

/** Clusters whose backups are in the cluster list. */
interface Listed {
  readonly id: string;
  readonly region: string;
  readonly isNative: boolean;
}

const clouds = embeddedClouds();

/** A client with the current signature, or with v1 if `signatureAlgorithm` is `v2`, as the SDK calls it. */
function clientOf(signatureAlgorithm?: string, changes: { id?: string; secret?: string } = {}) {
  const { id, secret } = { ...DEMO_KEYS.alibaba, ...changes };
  const config = new core!.$OpenApiUtil.Config({
    accessKeyId: id,
    accessKeySecret: secret,
    endpoint: new URL(alibabaEndpoint(clouds())).host,
    protocol: "HTTP",
    ...(signatureAlgorithm === undefined ? {} : { signatureAlgorithm }),
  });
  return new sdk!.default(config);
}

async function regionsOf(client: Client): Promise<string[]> {
  const { body } = await client.describeRegions(new sdk!.DescribeRegionsRequest({}));
  const rows = body?.regionIds?.KVStoreRegion ?? [];
  return [...new Set(rows.map(({ regionId = "" }) => regionId))];
}

const instancesIn = (client: Client, regionId: string, pageSize: number) =>
  everyPage(pageSize, async (pageNumber) => {
    const request = new sdk!.DescribeInstancesRequest({ regionId, pageSize, pageNumber });
    const { body } = await client.describeInstances(request);
    return body?.instances?.KVStoreInstance ?? [];
  });

async function allInstances(client: Client): Promise<Listed[]> {
  const listed: Listed[] = [];
  for (const region of await regionsOf(client))
    for (const row of await instancesIn(client, region, 50))
      if (row.instanceType !== "Memcache")
        listed.push({
          id: row.instanceId ?? "",
          region,
          isNative: row.architectureType === "cluster" && row.isRds === false,
        });
  return listed;
}

const backupsOf = async (client: Client, instanceId: string, pageSize: number) =>
  everyPage(pageSize, async (pageNumber) => {
    const asked = { instanceId, pageSize, pageNumber, ...wholeWindow() };
    const { body } = await client.describeBackups(new sdk!.DescribeBackupsRequest(asked));
    return body?.backups?.backup ?? [];
  });
const clusterBackupsOf = async (client: Client, { id, region }: Listed, pageSize: number) =>
  everyPage(pageSize, async (pageNumber) => {
    const asked = { instanceId: id, regionId: region, pageSize, pageNumber, ...wholeWindow() };
    const request = new sdk!.DescribeClusterBackupListRequest(asked);
    const { body } = await client.describeClusterBackupList(request);
    return body?.clusterBackups ?? [];
  });

async function idsOf(client: Client, listed: Listed, pageSize: number): Promise<string[]> {
  if (listed.isNative) {
    const rows = await clusterBackupsOf(client, listed, pageSize);
    return rows.map(({ clusterBackupId }) => String(clusterBackupId));
  }
  const rows = await backupsOf(client, listed.id, pageSize);
  return rows.map(({ backupId }) => String(backupId));
}

describe.each([
  { what: "ACS3", algorithm: undefined },
  { what: "v1", algorithm: "v2" },
])("@alicloud/r-kvstore20150101 signing $what", ({ algorithm }) => {
  test("lists the regions and every instance", async () => {
    const client = clientOf(algorithm);
    const regions = await regionsOf(client);
    expect(regions).toEqual(clouds().estate.regions.ALIBABA_KVSTORE);
    for (const region of regions) {
      const known = clouds().estate.instances("ALIBABA_KVSTORE", region);
      for (const size of [5, 50])
        expect(
          (await instancesIn(client, region, size)).map(({ instanceId }) => instanceId),
        ).toEqual(known.map(({ nativeId }) => nativeId));
    }
  });

  test.each([
    { order: "newestFirst", size: 30 },
    { order: "oldestFirst", size: 100 },
    { order: "shuffled", size: 300 },
  ] as const)("walks every backup to the truth: $order, $size a page", async ({ order, size }) => {
    clouds().knobs.set("alibaba", { order });
    const client = clientOf(algorithm);
    const seen = [];
    for (const listed of await allInstances(client))
      seen.push({ ...listed, backupIds: await idsOf(client, listed, size) });
    expect(seen.some(({ isNative }) => isNative)).toBe(true);
    expectTruth(clouds().estate, seen);
  });

  test("reads times, sizes, words and links of a row", async () => {
    const client = clientOf(algorithm);
    const good = clouds()
      .estate.truth()
      .find(
        ({ product, status, shardCount }) =>
          product === "ALIBABA_KVSTORE" && status === "SUCCEEDED" && shardCount === null,
      );
    const rows = await backupsOf(client, good?.instanceNativeId ?? "", 300);
    const row = rows.find(({ backupId }) => String(backupId) === good?.nativeId);
    expect(Date.parse(row?.backupStartTime ?? "")).toBe(good?.startedAt);
    expect(row).toMatchObject({
      backupStatus: "Success",
      backupSize: good?.sizeBytes,
      nodeInstanceId: good?.instanceNativeId,
      engineVersion: expect.any(String),
    });
    expect(new URL(row?.backupDownloadURL ?? "").protocol).toBe("https:");
    expect(new URL(row?.backupIntranetDownloadURL ?? "").protocol).toBe("http:");
  });

  test("reads the shards and links of a cloud-native cluster's backup", async () => {
    const client = clientOf(algorithm);
    const native = (await allInstances(client)).find(({ isNative }) => isNative);
    const rows = await clusterBackupsOf(client, native!, 5);
    const row = rows.find(({ clusterBackupStatus }) => clusterBackupStatus === "OK");
    const known = clouds().estate.row({
      product: "ALIBABA_KVSTORE",
      instanceNativeId: native?.id ?? "",
      nativeId: row?.clusterBackupId ?? "",
    });
    expect(row?.backups?.map(({ backupId }) => backupId)).toEqual(
      known?.parts.map(({ nativeId }) => nativeId),
    );
    expect(new URL(row?.backups?.[0]?.backupDownloadURL ?? "").protocol).toBe("https:");
  });

  test("is refused with a wrong secret and with an unknown id", async () => {
    const asked = (changes: { id?: string; secret?: string }) =>
      rejectionOf(regionsOf(clientOf(algorithm, changes)));
    expect(await asked({ secret: "another" })).toMatchObject({
      code: "SignatureDoesNotMatch",
      statusCode: 400,
    });
    expect(await asked({ id: "nobody" })).toMatchObject({
      code: "InvalidAccessKeyId.NotFound",
      statusCode: 404,
    });
  });

  test("understands throttling and a wrong page size", async () => {
    const client = clientOf(algorithm);
    const [first] = await allInstances(client);
    expect(await rejectionOf(backupsOf(client, first?.id ?? "", 31))).toMatchObject({
      code: "InvalidPageSize.Malformed",
    });
    clouds().knobs.set("alibaba", { throttle: { everyNth: 1 } });
    expect(await rejectionOf(regionsOf(client))).toMatchObject({
      name: "ThrottlingError",
      code: "Throttling.User",
      statusCode: 400,
      retryAfter: 1000,
    });
  });
});
