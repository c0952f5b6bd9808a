import { describe, expect, test } from "vitest";
import { planDemo } from "../../../src/clouds/estate/demo/demo.js";
import { planPlain } from "../../../src/clouds/estate/plain.js";
import { makeEstate } from "../../../src/clouds/estate/store.js";
import type { Planned } from "../../../src/clouds/estate/store.js";
import type { AlibabaInstance, Estate, TrueBackup } from "../../../src/clouds/estate/types.js";
import { CLOUD_PRODUCTS, REGIONS } from "../../../src/clouds/estate/regions.js";

const NOON = Date.parse("2026-03-10T12:34:56Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const estateOf = (planned: readonly Planned[], now: number): Estate =>
  makeEstate({
    planned,
    regions: REGIONS,
    now: () => now,
    view: () => ({
      accounts: { ucloud: "u", tencent: "t", alibaba: "a", aws: "w", s3: "s" },
      tencentApi: "3.0",
      tencentStatuses: "all",
      ucloudWide: "allowed",
    }),
  });
const demo = (now = NOON, seed = 1): Estate => estateOf(planDemo(seed, now), now);
const listed = (estate: Estate) =>
  CLOUD_PRODUCTS.flatMap((product) =>
    REGIONS[product].flatMap((region) => [...estate.instances(product, region)]),
  );
const keyOf = ({ provider, nativeId }: TrueBackup) => `${provider} ${nativeId}`;

/** Before, at and after the time that nightly backups are made. */
const MOMENTS = ["12:34:56", "17:59:59", "19:00:00", "19:31:07", "00:00:00"].map((time) =>
  Date.parse(`2026-03-10T${time}Z`),
);

describe.each(MOMENTS)("the demo estate at %i", (now) => {
  const estate = demo(now);
  const truth = estate.truth();

  test("has 60 instances and 2,500 backups or more, each backup once", () => {
    expect(listed(estate).length).toBeGreaterThanOrEqual(60);
    expect(truth.length).toBeGreaterThanOrEqual(2500);
    expect(new Set(truth.map(keyOf)).size).toBe(truth.length);
  });

  test("shows every product among its newest 100", () => {
    const newest = new Set(truth.slice(0, 100).map(({ product }) => product));
    expect([...newest].sort()).toEqual([...CLOUD_PRODUCTS].sort());
  });

  test("has failed and running backups of the last day, and nothing of the future", () => {
    const today = truth.filter(({ startedAt }) => startedAt > now - DAY);
    const states = new Set(today.map(({ status }) => status));
    expect([...states]).toEqual(expect.arrayContaining(["FAILED", "RUNNING", "UNKNOWN"]));
    expect(truth.every(({ startedAt }) => startedAt <= now && startedAt % 1000 === 0)).toBe(true);
  });
});

describe("what is odd in the demo estate", () => {
  const estate = demo();
  const truth = estate.truth();
  const wide = (product: "UCLOUD_UREDIS" | "TENCENT_REDIS") =>
    estate.rows({ product, region: REGIONS[product][0], instance: null }, "newestFirst");

  test("equal starts are met within an instance, within a vendor and across all products", () => {
    const starts = new Map<number, TrueBackup[]>();
    for (const one of truth) starts.set(one.startedAt, [...(starts.get(one.startedAt) ?? []), one]);
    const groups = [...starts.values()];
    const most = (key: (one: TrueBackup) => string, equal: boolean) =>
      groups.some((group) => {
        const keys = new Set(group.map(key));
        return equal ? keys.size < group.length : keys.size === CLOUD_PRODUCTS.length;
      });
    expect(most((one) => one.instanceNativeId, true)).toBe(true);
    expect(most((one) => one.product, false)).toBe(true);
  });

  test("a UCloud and a Tencent region have more rows than a page", () => {
    expect(wide("UCLOUD_UREDIS").length).toBeGreaterThan(100);
    expect(wide("TENCENT_REDIS").length).toBeGreaterThan(100);
  });

  test("rows outlive their instance at URedis and at Tencent", () => {
    for (const product of ["UCLOUD_UREDIS", "TENCENT_REDIS"] as const) {
      const owners = wide(product).map(({ instanceNativeId }) => instanceNativeId);
      const gone = owners.filter((id) => estate.instance(product, id)?.deletedAt !== null);
      expect(gone.length).toBeGreaterThan(0);
      expect(truth.map(({ instanceNativeId }) => instanceNativeId)).toContain(gone[0]);
    }
  });

  test("every product has an instance without any backup", () => {
    const owners = new Set(truth.map(({ instanceNativeId }) => instanceNativeId));
    const empty = listed(estate).filter(({ nativeId }) => !owners.has(nativeId));
    // A bucket only shows instances that have files.
    expect(new Set(empty.map(({ product }) => product))).toEqual(
      new Set(CLOUD_PRODUCTS.filter((product) => product !== "S3_RDB")),
    );
  });

  test("Memcached instances are listed and none of their backups is true", () => {
    const memcached = listed(estate).filter(
      (one) =>
        (one.product === "UCLOUD_UMEM" && one.protocol === "memcache") ||
        (one.product === "TENCENT_REDIS" && one.type === 200) ||
        ("engine" in one && (one.engine === "Memcache" || one.engine === "memcached")),
    );
    const owners = new Set(truth.map(({ instanceNativeId }) => instanceNativeId));
    expect(memcached).toHaveLength(6);
    expect(memcached.some(({ nativeId }) => owners.has(nativeId))).toBe(false);
  });

  test("Alibaba has clusters of both kinds and an instance of more than 300 rows", () => {
    const instances = listed(estate).filter(
      (one): one is AlibabaInstance => one.product === "ALIBABA_KVSTORE",
    );
    const rowsOf = ({ region, nativeId }: AlibabaInstance) =>
      estate.rows({ product: "ALIBABA_KVSTORE", region, instance: nativeId }, "newestFirst");
    const clusters = instances.filter(({ architecture }) => architecture === "cluster");
    expect(new Set(clusters.map(({ cloudNative }) => cloudNative)).size).toBe(2);
    const long = instances.filter((one) => rowsOf(one).length > 300);
    expect(new Set(long.map(({ architecture }) => architecture))).toEqual(
      new Set(["standard", "cluster"]),
    );
    const headless = truth.filter(
      (one) => one.product === "ALIBABA_KVSTORE" && one.status === "FAILED" && one.shardCount === 7,
    );
    expect(headless.length).toBeGreaterThanOrEqual(2);
  });
});

describe("what is odd in the demo estate at AWS", () => {
  const estate = demo();
  const truth = estate.truth().filter(({ product }) => product.startsWith("AWS_"));
  const products = CLOUD_PRODUCTS.filter((product) => product.startsWith("AWS_"));

  test("every product has an instance with the id orders, and one whose backups are off", () => {
    for (const product of products) {
      expect(estate.instance(product, "orders")).not.toBeNull();
      const all = listed(estate).filter((one) => one.product === product);
      expect(all.some((one) => "retentionDays" in one && one.retentionDays === 0)).toBe(true);
    }
  });

  test("manual backups outlive their owner in every product, automatic ones do not", () => {
    for (const product of products) {
      const gone = truth.filter(
        (one) =>
          one.product === product && estate.instance(product, one.instanceNativeId)?.deletedAt,
      );
      expect(gone.length + (product === "AWS_ELASTICACHE" ? 1 : 0)).toBeGreaterThan(1);
      expect(new Set(gone.map(({ trigger }) => trigger))).toEqual(new Set(["MANUAL"]));
    }
    const orphans = truth.filter(
      ({ instanceNativeId }) => instanceNativeId === "retired-queue-002",
    );
    expect(orphans).toHaveLength(2);
  });

  test("every product has a list of more than a page of 50 rows", () => {
    for (const product of products) {
      const counts = listed(estate)
        .filter((one) => one.product === product)
        .map(({ region, nativeId }) =>
          estate.rows({ product, region, instance: nativeId }, "newestFirst"),
        );
      expect(Math.max(...counts.map(({ length }) => length))).toBeGreaterThan(50);
    }
  });

  test("tags, states and descriptions vary", () => {
    const instances = listed(estate).filter((one) => one.product.startsWith("AWS_"));
    const tags = instances.map((one) => one.tags?.["env"]);
    expect(new Set(tags)).toEqual(new Set(["prod", "staging", undefined]));
    // AWS shows tags of available instances only, so others would make coverage by tags incomplete.
    expect(new Set(instances.map(({ status }) => status))).toEqual(
      new Set(["available", "creating"]),
    );
    expect(new Set(truth.map(({ status }) => status))).toEqual(
      new Set(["SUCCEEDED", "LOCKED", "DELETED", "FAILED", "UNKNOWN"]),
    );
  });
});

describe("repeatability", () => {
  test("the same seed and moment give the same estate", () => {
    expect(demo().truth()).toEqual(demo().truth());
  });

  test("another seed gives other ids, but for AWS and S3, where the owners choose them", () => {
    const ids = new Set(demo().truth().map(keyOf));
    const known = demo(NOON, 2)
      .truth()
      .filter((one) => ids.has(keyOf(one)));
    expect(known.filter(({ product }) => !/^(?:AWS|S3)_/.test(product))).toEqual([]);
  });

  test("instance ids do not depend on the moment", () => {
    const ids = (estate: Estate) =>
      listed(estate)
        .map(({ nativeId }) => nativeId)
        .sort();
    expect(ids(demo(NOON))).toEqual(ids(demo(NOON + 40 * DAY + 5 * HOUR)));
  });
});

describe("a plain estate", () => {
  test("has as many instances and backups as its size says, and all of them are good", () => {
    const truth = estateOf(planPlain(1, NOON, { instances: 5, backupsEach: 7 }), NOON).truth();
    expect(truth).toHaveLength(CLOUD_PRODUCTS.length * 5 * 7);
    expect(new Set(truth.map(({ status }) => status))).toEqual(new Set(["SUCCEEDED"]));
    expect(new Set(truth.map(keyOf)).size).toBe(truth.length);
  });

  test("makes no row before a list shows it", () => {
    const planned = planPlain(1, NOON, { instances: 1000, backupsEach: 1000 });
    let made = 0;
    const counted = planned.map(({ instance, rows }) => ({
      instance,
      rows: () => {
        made += 1;
        return rows();
      },
    }));
    const estate = estateOf(counted, NOON);
    const [first] = estate.instances("TENCENT_REDIS", "ap-tokyo");
    const scope = { product: "TENCENT_REDIS", region: "ap-tokyo" } as const;
    expect(made).toBe(0);
    estate.rows({ ...scope, instance: first?.nativeId ?? null }, "newestFirst");
    expect(made).toBe(1);
  });
});
