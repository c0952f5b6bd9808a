import { expect, test } from "vitest";
import { child } from "../../../src/vendors/kit/decode.js";
import { redisDownloads } from "../../../src/vendors/tencent/v3Lists.js";
import { tencentAccount } from "../accounts.js";
import { backup, fixture, refusalOf } from "../fixture.js";

const region = { id: "ap-guangzhou", endpoint: null };
const downloads = redisDownloads(tencentAccount);
const stored = backup({ nativeId: "b-1", instanceNativeId: "crs-1" });
const NOW = Date.UTC(2026, 5, 1);

test("links are asked for by instance and backup", () => {
  expect(downloads.calls(stored, region)).toEqual([
    { action: "DescribeBackupUrl", region, params: { InstanceId: "crs-1", BackupId: "b-1" } },
  ]);
});

test("each shard has its links, which live for six hours unless they state their end", () => {
  const payload = child(fixture("tencent/DescribeBackupUrl"), "Response") ?? {};
  const host = "https://crs-backup-1250000000.cos.ap-guangzhou.myqcloud.com";
  expect(downloads.map(payload, stored, NOW)).toEqual([
    {
      url: `${host}/dump-0.rdb?q-sign-time=1780272000%3B1780279200&q-signature=a`,
      internal: false,
      shard: "dump-0.rdb",
      sizeBytes: 537,
      expiresAt: 1780279200000,
    },
    {
      url: "http://crs-backup-1250000000.cos-internal.ap-guangzhou.tencentcos.cn/dump-0.rdb?sign=b",
      internal: true,
      shard: "dump-0.rdb",
      sizeBytes: 537,
      expiresAt: NOW + 6 * 3_600_000,
    },
    {
      url: `${host}/dump-1.rdb?sign=c`,
      internal: false,
      shard: "dump-1.rdb",
      sizeBytes: null,
      expiresAt: NOW + 6 * 3_600_000,
    },
  ]);
});

test.each([
  { what: "a public link without TLS", url: "http://x.cos.ap-guangzhou.myqcloud.com/1" },
  { what: "a foreign host", url: "https://evil.example/1" },
  { what: "a name before the host", url: "https://cos.myqcloud.com@evil.example/1" },
])("$what is BAD_RESPONSE", ({ url }) => {
  const payload = { BackupInfos: [{ FileName: "a", DownloadUrl: url }] };
  expect(refusalOf(() => downloads.map(payload, stored, NOW)).kind).toBe("BAD_RESPONSE");
});

test.each([{}, { BackupInfos: null }, { BackupInfos: ["text"] }])(
  "%j is BAD_RESPONSE",
  (payload) => {
    expect(refusalOf(() => downloads.map(payload, stored, NOW)).kind).toBe("BAD_RESPONSE");
  },
);
