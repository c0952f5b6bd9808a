import { expect, test } from "vitest";
import type { Clouds } from "../../src/clouds/clouds.js";
import { CLOUD_VENDORS, type CloudVendor } from "../../src/clouds/vendorCloud.js";
import type { Account } from "../../src/domain/account.js";
import type { ElastiCacheInstance } from "../../src/clouds/estate/types.js";
import { startStack } from "../server/stack.js";
import { nativeIdsOf, pagesOf } from "./graphqlWalk.js";

const HOUR = 3_600_000;

/** Less than the largest page of each vendor takes, and more than the smallest one. Units: bytes. */
const LIMITS: Readonly<Record<string, number>> = {
  ucloud: 12_000,
  tencent: 12_000,
  alibaba: 30_000,
  aws: 36_000,
  s3: 12_000,
};

const idsIn = ({ estate }: Clouds): string[] =>
  estate
    .truth()
    .map(({ nativeId }) => nativeId)
    .sort();

/** A walk within limits, and the calls that it took of each vendor. */
async function walkWithin(limits: Readonly<Record<string, number>>) {
  const { url, clouds } = await startStack({
    clouds: {
      estate: { instances: 2, regions: 1, backupsEach: 120 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    },
    accounts: (own) =>
      own.map((account) => ({
        ...account,
        upstream: {
          ...account.upstream,
          maxResponseBytes: limits[account.vendor] ?? account.upstream.maxResponseBytes,
        },
      })) as readonly Account[],
  });
  const pages = await pagesOf(url, { first: 200 });
  expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
  expect(nativeIdsOf(pages).sort()).toEqual(idsIn(clouds));
  return (vendor: CloudVendor) => clouds.calls.count({ vendor });
}

test("lists of every vendor are read in smaller pages where a page is larger than maxResponseBytes", async () => {
  const [within, whole] = [await walkWithin(LIMITS), await walkWithin({})];
  const isMore = CLOUD_VENDORS.map((vendor) => [vendor, within(vendor) > whole(vendor)]);
  expect(isMore).toEqual(CLOUD_VENDORS.map((vendor) => [vendor, true]));
});

test("30 snapshots of ElastiCache of 500 shards, too many elements for one page, are all read", async () => {
  const { url, clouds } = await startStack({
    clouds: {
      estate: { instances: 1, regions: 1, backupsEach: 0 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    },
    accounts: (own) => own.filter(({ vendor }) => vendor === "aws"),
  });
  const { estate } = clouds;
  const product = "AWS_ELASTICACHE";
  const [plain] = estate.instances(product, "eu-west-1") as readonly ElastiCacheInstance[];
  const huge = { ...(plain as ElastiCacheInstance), nativeId: "huge", shardCount: 500 };
  estate.insertInstance({ ...huge, replicas: 0 });
  for (let back = 1; back <= 30; back += 1)
    estate.insertBackup({
      product,
      instanceNativeId: "huge",
      startedAt: Math.floor(estate.now() / 1_000) * 1_000 - back * HOUR,
    });
  const pages = await pagesOf(url, { first: 200 });
  expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
  expect(idsIn(clouds)).toHaveLength(30);
  expect(nativeIdsOf(pages).sort()).toEqual(idsIn(clouds));
});
