import { describe, expect, test } from "vitest";
import type { Row } from "../../../src/domain/row.js";
import { alibabaApi } from "../../../src/vendors/alibaba/api.js";
import { kvstoreDownloads } from "../../../src/vendors/alibaba/downloads.js";
import { alibabaAccount } from "../accounts.js";
import { backup, fixture, refusalOf } from "../fixture.js";

const region = { id: "cn-hangzhou", endpoint: null };
const downloads = kvstoreDownloads(alibabaAccount);
const payloadOf = (name: string): Row =>
  alibabaApi(alibabaAccount).open(fixture(`alibaba/${name}`), 200, {});

const common = {
  listing: "kvstore-backups",
  instanceNativeId: "r-bp1xxxxxxxxxxxxx",
  startedAt: Date.parse("2019-03-14T05:28:50Z"),
  finishedAt: Date.parse("2019-03-14T05:31:13Z"),
};
const internal = "http://rdsbak-hk45-v2.oss-cn-hongkong-internal.aliyuncs.com/xxxxxxxxxxx";

describe("a backup of one row", () => {
  test("is asked for by its id, in a window around it", () => {
    expect(downloads.calls(backup({ ...common, nativeId: "336077354" }), region)).toEqual([
      {
        action: "DescribeBackups",
        region,
        params: {
          InstanceId: "r-bp1xxxxxxxxxxxxx",
          StartTime: "2019-03-14T05:17Z",
          EndTime: "2019-03-14T05:42Z",
          PageSize: 300,
          PageNumber: 1,
          BackupId: "336077354",
        },
      },
    ]);
  });

  test("without an end is looked for a day on", () => {
    const [call] = downloads.calls(backup({ ...common, finishedAt: null }), region);
    expect(call?.params["EndTime"]).toBe("2019-03-15T05:39Z");
  });

  test("has the links of its own row only", () => {
    const stored = backup({ ...common, nativeId: "336077354" });
    expect(downloads.map(payloadOf("DescribeBackups.wrapped"), stored, 0)).toEqual([
      {
        url: "https://rdsbak-hk45-v2.oss-cn-hongkong.aliyuncs.com/xxxxxxxxxxx",
        internal: false,
        shard: null,
        sizeBytes: 1024,
        expiresAt: null,
      },
      { url: internal, internal: true, shard: null, sizeBytes: 1024, expiresAt: null },
    ]);
  });

  test.each([
    { what: "an internal link in the place of the public one", nativeId: "335538809" },
    { what: "a link glued to the internal one", nativeId: "335001607" },
  ])("$what is the internal link, once", ({ nativeId }) => {
    const stored = backup({ ...common, nativeId });
    expect(downloads.map(payloadOf("DescribeBackups.wrapped"), stored, 0)).toEqual([
      { url: internal, internal: true, shard: null, sizeBytes: 1024, expiresAt: null },
    ]);
  });

  test("that is no longer listed is NOT_FOUND", () => {
    const stored = backup({ ...common, nativeId: "1" });
    const read = () => downloads.map(payloadOf("DescribeBackups.wrapped"), stored, 0);
    expect(refusalOf(read).kind).toBe("NOT_FOUND");
  });
});

describe("a backup folded from node rows", () => {
  const stored = backup({
    ...common,
    instanceNativeId: "r-bp1cluster",
    nativeId: "336077354",
    shardCount: 2,
    raw: { shards: [{ BackupId: 336077354 }, { BackupId: 336077355 }] },
  });

  test("is asked for by its window", () => {
    const [call] = downloads.calls(stored, region);
    expect(call?.params["BackupId"]).toBeNull();
  });

  test("has the links of all its rows; a failed shard has none", () => {
    expect(downloads.map(payloadOf("DescribeBackups"), stored, 0)).toEqual([
      {
        url: "https://rdsbak.oss-cn-hangzhou.aliyuncs.com/0?Expires=1780400000&Signature=a",
        internal: false,
        shard: "r-bp1cluster-db-0",
        sizeBytes: 2048,
        expiresAt: 1780400000000,
      },
      {
        url: "http://rdsbak.oss-cn-hangzhou-internal.aliyuncs.com/0?Expires=1780400000&Signature=a",
        internal: true,
        shard: "r-bp1cluster-db-0",
        sizeBytes: 2048,
        expiresAt: 1780400000000,
      },
    ]);
  });
});

describe("a backup of a cloud-native cluster", () => {
  const stored = backup({
    ...common,
    listing: "kvstore-cluster",
    nativeId: "cb-zmdqj2m3xyxjtdt0",
    instanceNativeId: "r-t4nj72oug5r5646qog",
  });

  test("is asked for in its own list", () => {
    expect(downloads.calls(stored, region)).toMatchObject([
      {
        action: "DescribeClusterBackupList",
        params: { RegionId: "cn-hangzhou", ClusterBackupId: "cb-zmdqj2m3xyxjtdt0" },
      },
    ]);
  });

  test("has two links a shard", () => {
    const links = downloads.map(payloadOf("DescribeClusterBackupList"), stored, 0);
    expect(links.map(({ shard, internal: inside }) => [shard, inside])).toEqual([
      ["r-t4nj72oug5r5646qog-db-0", false],
      ["r-t4nj72oug5r5646qog-db-0", true],
      ["r-t4nj72oug5r5646qog-db-1", false],
      ["r-t4nj72oug5r5646qog-db-1", true],
    ]);
    expect(links.every(({ expiresAt }) => expiresAt === 1704999999000)).toBe(true);
  });
});

test("a list of another shape is BAD_RESPONSE", () => {
  expect(refusalOf(() => downloads.map({}, backup(common), 0)).kind).toBe("BAD_RESPONSE");
});
