import { expect, test } from "vitest";
import { redis2Downloads } from "../../../src/vendors/tencent/v2Lists.js";
import { tencentAccount } from "../accounts.js";
import { backup, fixture, refusalOf } from "../fixture.js";

const region = { id: "ap-guangzhou", endpoint: null };
const downloads = redis2Downloads(tencentAccount);
const stored = backup({ nativeId: "b-1", instanceNativeId: "crs-1" });
const NOW = Date.UTC(2026, 5, 1);

test("links are asked for by instance and backup", () => {
  expect(downloads.calls(stored, region)).toEqual([
    { action: "GetBackupDownloadUrl", region, params: { redisId: "crs-1", backupId: "b-1" } },
  ]);
});

test("the document's links, both at private addresses, are internal and live for twelve hours", () => {
  const links = downloads.map(fixture("tencent/GetBackupDownloadUrl"), stored, NOW);
  expect(links.map(({ url }) => new URL(url).host)).toEqual([
    "10.195.128.115:9097",
    "10.66.183.31:5500",
  ]);
  for (const link of links) {
    expect(link).toMatchObject({ internal: true, expiresAt: NOW + 12 * 3_600_000, shard: null });
  }
});

test.each([
  { what: "no link at all", data: {} },
  {
    what: "a plain link to an address that is not private",
    data: { extranet: "http://11.1.1.1/" },
  },
  { what: "a plain link to a name", data: { intranet: "http://10.evil.example/" } },
])("$what is BAD_RESPONSE", ({ data }) => {
  expect(refusalOf(() => downloads.map({ data }, stored, NOW)).kind).toBe("BAD_RESPONSE");
});
