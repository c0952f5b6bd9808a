import { wholeSecond } from "../rows.js";
import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { S3Instance } from "../types.js";
import { EMPTY, PARTIAL, STRAY } from "../words.js";
import { chanceOf, commonFacts, dailyStarts, someSecond, steadyStarts, withRows } from "./plan.js";
import { DAY, HOUR, MINUTE, SHARED_SECOND } from "./plan.js";
import type { Plan } from "./plan.js";

const GIBIBYTE = 1_073_741_824;

/** RDB files of Redis of one's own, in three buckets with layouts of their own. */
export const planS3 = (plan: Plan): readonly Planned[] => [
  ...["checkout", "wishlists", "search-index"].map((name) => nightlyDumps(plan, name)),
  // Names that must be encoded in URLs and in XML.
  ...["rate limits & quotas", "café+bar", "50%"].map((name) => nightlyDumps(plan, name)),
  oddDumps(plan),
  hourlyDumps(plan),
  ...["graph", "timeline"].map((name) => clusterDumps(plan, name)),
  oddCluster(plan),
  ...["managed-cache", "azure-sessions"].map((name, index) => exportOf(plan, name, index)),
];

const instanceOf = (plan: Plan, bucket: S3Instance["bucket"], nativeId: string): S3Instance => ({
  ...commonFacts(plan, chanceOf(plan, `s3 ${nativeId}`)),
  product: "S3_RDB",
  region: "eu-west-1",
  zone: "",
  nativeId,
  name: nativeId,
  status: "",
  bucket,
  shardCount: bucket === "redis-clusters" ? 3 : 1,
});

/** A month of nights. After a week, files are moved to an archive. */
const nightly = (plan: Plan, second: number): readonly RowFacts[] =>
  dailyStarts(plan, second, 30).map((startedAt, back) => ({
    startedAt,
    status: back < 7 ? "STANDARD" : back < 14 ? "STANDARD_IA" : "DEEP_ARCHIVE",
  }));

const nightlyDumps = (plan: Plan, name: string): Planned =>
  withRows(plan, instanceOf(plan, "redis-dumps", name), (random) =>
    nightly(plan, name === "checkout" ? SHARED_SECOND : someSecond(random)),
  );

/** An empty file, two files of one second, a file that is archived, and keys that match no template. */
function oddDumps(plan: Plan): Planned {
  const instance = instanceOf(plan, "redis-dumps", "ledger");
  const stray = (name: string): RowFacts => ({
    startedAt: plan.now - 2 * HOUR,
    nativeId: `redis-dumps/prod/${name}`,
    status: STRAY,
    sizeBytes: 120,
  });
  return withRows(plan, instance, () => [
    { startedAt: plan.now - 40 * MINUTE, finishedAt: plan.now + 25 * MINUTE },
    { startedAt: plan.now - 3 * HOUR, status: EMPTY, sizeBytes: 0 },
    { startedAt: plan.now - 5 * HOUR },
    { startedAt: plan.now - 5 * HOUR },
    { startedAt: plan.now - 8 * DAY, status: "GLACIER", sizeBytes: 6 * GIBIBYTE + 1 },
    stray("README.md"),
    stray("ledger/latest.txt"),
    stray("ledger/20260101T000000Z-abcd.rdb.md5"),
    ...nightly(plan, SHARED_SECOND),
  ]);
}

/** More files than a page. */
const hourlyDumps = (plan: Plan): Planned =>
  withRows(plan, instanceOf(plan, "redis-dumps", "ticker"), () =>
    steadyStarts(plan.now - 35 * MINUTE, HOUR, 1_100).map((startedAt) => ({ startedAt })),
  );

const clusterDumps = (plan: Plan, name: string): Planned =>
  withRows(plan, instanceOf(plan, "redis-clusters", name), (random) =>
    nightly(plan, someSecond(random)).slice(0, 20),
  );

/** A cluster whose last upload is under way, and one of whose earlier ones was cut off. */
function oddCluster(plan: Plan): Planned {
  // No other file of the cluster starts in that second of a minute.
  const before = (ms: number): number => Math.floor((plan.now - ms) / MINUTE) * MINUTE + 17_000;
  return withRows(plan, instanceOf(plan, "redis-clusters", "orders"), () => [
    partial(before(20 * MINUTE), 2),
    partial(before(5 * HOUR), 1),
    { startedAt: before(9 * HOUR), status: EMPTY, sizeBytes: 0 },
    ...nightly(plan, SHARED_SECOND).slice(0, 10),
  ]);
}

const partial = (startedAt: number, blockCount: number): RowFacts => ({
  startedAt,
  finishedAt: startedAt + 3 * MINUTE,
  status: PARTIAL,
  blockCount,
});

/** A file that each export replaces. */
const exportOf = (plan: Plan, name: string, index: number): Planned =>
  withRows(plan, instanceOf(plan, "redis-exports", name), () => [
    {
      startedAt: plan.now - (index * 30 + 4) * HOUR,
      finishedAt: wholeSecond(plan.now - (index * 30 + 4) * HOUR),
    },
  ]);
