import { describe, expect, test } from "vitest";
import { umemDownloads } from "../../../src/vendors/ucloud/umem.js";
import { uredisDownloads } from "../../../src/vendors/ucloud/uredis.js";
import { ucloudAccount } from "../accounts.js";
import { backup, fixture, refusalOf } from "../fixture.js";

const region = { id: "cn-bj2", endpoint: null };
const uredis = uredisDownloads(ucloudAccount);
const umem = umemDownloads(ucloudAccount);
const stored = backup({ nativeId: "b-1", instanceNativeId: "i-1", zone: "cn-bj2-05" });

describe("links of a master-replica backup", () => {
  test("are asked for by backup, group and zone", () => {
    expect(uredis.calls(stored, region)).toEqual([
      {
        action: "DescribeURedisBackupURL",
        region,
        params: { BackupId: "b-1", GroupId: "i-1", Zone: "cn-bj2-05" },
      },
    ]);
  });

  test("of the document lose their line feed, and open by https", () => {
    expect(uredis.map(fixture("ucloud/DescribeURedisBackupURL"), stored, 0)).toEqual([
      {
        url: "https://umembackup-5001.cn-bj.ufileos.com/uredis-onb4ha/sgbf-a75b24a9?UCloudPublicKey=example@ucloud.cn1426152414&Expires=1529927068&Signature=sbH+QOWbtx6z5o6HBxrOcU=",
        internal: false,
        shard: null,
        sizeBytes: null,
        expiresAt: 1529927068000,
      },
    ]);
  });

  test("are the new public one before the old, and the internal one", () => {
    const payload = {
      BackupPath: "https://new.cn-bj.ufileos.com/1",
      BackupURL: "https://old.cn-bj.ufileos.com/1",
      InnerBackupPath: "http://x.internal-cn-wlcb.ufileos.com/1",
    };
    expect(uredis.map(payload, stored, 0)).toMatchObject([
      { url: "https://new.cn-bj.ufileos.com/1", internal: false, expiresAt: null },
      { url: "http://x.internal-cn-wlcb.ufileos.com/1", internal: true },
    ]);
    const inner = { InnerBackupPath: "http://x.ufile.cn-north-02.ucloud.cn/1" };
    expect(uredis.map(inner, stored, 0)).toMatchObject([{ internal: true }]);
  });

  test.each([
    { what: "no link at all", payload: {} },
    { what: "an empty link", payload: { BackupPath: "\n" } },
    { what: "a foreign host", payload: { BackupPath: "https://evil.example/ufileos.com" } },
    { what: "a host that only ends alike", payload: { BackupPath: "https://evilufileos.com/1" } },
    { what: "another scheme", payload: { BackupPath: "ftp://x.cn-bj.ufileos.com/1" } },
    { what: "a word of nonsense", payload: { BackupPath: "KgVuXeBu" } },
  ])("$what is BAD_RESPONSE", ({ payload }) => {
    expect(refusalOf(() => uredis.map(payload, stored, 0)).kind).toBe("BAD_RESPONSE");
  });
});

describe("links of a distributed backup", () => {
  test("are asked for by zone, space and backup", () => {
    expect(umem.calls(stored, region)).toEqual([
      {
        action: "DescribeUMemBackupURL",
        region,
        params: { Zone: "cn-bj2-05", SpaceId: "i-1", BackupId: "b-1" },
      },
    ]);
  });

  test("come one a shard", () => {
    expect(umem.map(fixture("ucloud/DescribeUMemBackupURL"), stored, 0)).toMatchObject([
      { shard: "0", expiresAt: 1748740000000 },
      { shard: "1", expiresAt: 1748740000000 },
    ]);
  });

  test.each([{ BackupURL: "https://x.cn-bj.ufileos.com/1" }, { BackupURL: [5] }, {}])(
    "%j is BAD_RESPONSE",
    (payload) => {
      expect(refusalOf(() => umem.map(payload, stored, 0)).kind).toBe("BAD_RESPONSE");
    },
  );
});
