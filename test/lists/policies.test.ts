import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { loadConfig } from "../../src/config/load.js";
import type { Account } from "../../src/domain/account.js";
import type { Backup } from "../../src/domain/backup.js";
import { EVERY_BACKUP, EVERY_INSTANCE, type InstanceFilter } from "../../src/domain/filter.js";
import type { Instance } from "../../src/domain/instance.js";
import { rpoAlone } from "../../src/domain/judge.js";
import { ANYONE } from "../../src/domain/principal.js";
import type { BackupPolicy } from "../../src/domain/policy.js";
import { SourceError } from "../../src/errors.js";
import type { FactsDeclaration, VendorDeclaration } from "../../src/listing/declaration.js";
import { tagsAt } from "../../src/vendors/kit/decode.js";
import { vendorOf } from "../../src/vendors/index.js";
import { plainly } from "../domain/plainCoverage.js";
import { BACKUPS, gatewayOver, readsOf, UNCACHED, walkPages } from "../estate/gateway.js";
import { startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const DAY = 86_400_000;

/** The policies of a config. */
const policiesOf = (yaml: string): readonly BackupPolicy[] =>
  loadConfig({
    text: `accounts: [{ id: a, vendor: ucloud, credentials: { publicKey: p, privateKey: k } }]\npolicies:\n${yaml}`,
    env: {},
  }).policies;

const POLICIES = policiesOf(`
  - name: production
    match: { tags: { env: prod } }
    rpo: PT24H
    retention: P7D
    encrypted: true
    maxSizeDrop: 0.5
  - { name: groups, match: { providers: ["*/uredis"] }, rpo: PT36H, retention: P30D, maxSizeDrop: 0.1 }
  - { name: clusters, match: { vendors: [alibaba], names: ["sharded-*"] }, rpo: P2D, maxSizeDrop: 0.3 }
  - { name: tokyo, match: { regions: [ap-tokyo] }, rpo: PT20H, retention: P20D, encrypted: true }
  - { name: default, rpo: PT48H }`);

let clouds: Clouds;
let gateway: Gateway;

beforeAll(async () => {
  const started = await startStillClouds();
  // AWS shows no tags of instances that are being created, so their policy is unknown.
  const accounts = started.accounts.filter(({ vendor }) => vendor !== "aws");
  clouds = { ...started, accounts };
  gateway = gatewayOver(clouds, { policies: POLICIES });
});
afterAll(async () => {
  await gateway.close();
  await clouds.close();
});

const coverage = (filter: Partial<InstanceFilter> = {}) =>
  readsOf(gateway).coverage(null, { ...EVERY_INSTANCE, ...filter });

const everyInstance = async (filter: Partial<InstanceFilter> = {}, first = 200) => {
  const reads = readsOf(gateway);
  return reads.instances({
    ...BACKUPS,
    filter: { ...EVERY_INSTANCE, ...filter },
    page: wanted({ first }),
  });
};

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

describe("coverage by policy", () => {
  test("finds each way in which the demo's production instances break theirs", async () => {
    const { entries, complete } = await coverage({ policies: ["production"] });
    const found = entries.map(({ instance, coverage: one }) => [
      instance.name,
      one.state,
      one.violations.join(" "),
    ]);
    expect(complete).toBe(true);
    expect(Object.fromEntries(found.map(([name, ...rest]) => [name, rest]))).toEqual({
      "payments-api": ["PROTECTED", ""],
      "payments-fraud": ["VIOLATING", "RETENTION"],
      "payments-invoices": ["VIOLATING", "ENCRYPTION"],
      "payments-history": ["VIOLATING", "RPO"],
      "payments-limits": ["VIOLATING", "SIZE_DROP"],
      "payments-refunds": ["VIOLATING", "RPO BACKUPS_OFF"],
    });
  });

  test("says what is broken, and since when", async () => {
    const { entries } = await coverage({ policies: ["production"] });
    const reasonOf = (name: string) =>
      entries.find(({ instance }) => instance.name === name)?.coverage.reason;
    expect(reasonOf("payments-history")).toMatch(
      /^No backup .* started \d{4}-.*Z, 40 hours ago\.$/,
    );
    expect(reasonOf("payments-fraud")).toMatch(/^No good backup of \d{4}-.*Z or earlier is kept/);
    expect(reasonOf("payments-invoices")).toMatch(/^The backup of .*Z is not encrypted\.$/);
    expect(reasonOf("payments-limits")).toMatch(/ is 96% smaller than the median of the 7 before/);
    expect(reasonOf("payments-refunds")).toMatch(/ started .*\. Automatic backups are off\.$/);
  });

  test("is for every instance what its demands mean in plain words", async () => {
    const report = await coverage();
    const rows = new Map<string, Backup[]>();
    for (const page of await walkPages(gateway, {}, { size: 200 }))
      for (const { node } of page.edges) {
        const key = `${node.provider} ${node.instanceNativeId}`;
        rows.set(key, [...(rows.get(key) ?? []), node]);
      }
    const names = new Set<string>();
    for (const { instance, coverage: one } of report.entries) {
      const facts = await readsOf(gateway).facts(instance, ["automaticBackups", "retentionMs"]);
      const own = rows.get(`${instance.provider} ${instance.nativeId}`) ?? [];
      if (one.policy === null) throw new Error("The policy is unknown.");
      names.add(one.policy.name);
      const expected = plainly({ ...instance, ...facts }, own, one.policy, report.checkedAt);
      const { state, violations } = one;
      expect([instance.name, { state, violations }]).toEqual([instance.name, expected]);
    }
    expect([...names].sort()).toEqual(["clusters", "default", "groups", "production", "tokyo"]);
  });

  test("costs no more calls than an RPO, if the lists already show the rest", async () => {
    let now = clouds.estate.now();
    const uncached = gatewayOver(clouds, {
      policies: POLICIES,
      settings: UNCACHED,
      now: () => now,
    });
    const calls = async (rpoMs: number | null): Promise<number> => {
      now += 1_000;
      const reads = readsOf(uncached);
      await reads.coverage(rpoMs, { ...EVERY_INSTANCE, policies: ["production", "groups"] });
      const facts = /Config$|Policy$|TDEStatus$|DescribeUMem$/;
      const lists = reads.calls().filter(({ action }) => !facts.test(action));
      return lists.reduce((sum, { count }) => sum + count, 0);
    };
    // The first report also settles doubts about the lists; the order of their answers decides by how many calls.
    await calls(DAY);
    const withRpo = await calls(DAY);
    expect(withRpo).toBeGreaterThan(0);
    expect(await calls(null)).toBeLessThanOrEqual(withRpo);
    await uncached.close();
  });

  test("with an RPO has no policy, and still sees that backups are off", async () => {
    const { entries, rpoMs } = await readsOf(gateway).coverage(DAY, {
      ...EVERY_INSTANCE,
      nameContains: "payments",
    });
    expect(rpoMs).toBe(DAY);
    expect(entries.every(({ coverage: { policy } }) => policy === null)).toBe(true);
    const found = entries
      .filter(({ coverage: { violations } }) => violations.length > 0)
      .map(({ instance, coverage: { violations } }) => `${instance.name}: ${violations.join(" ")}`);
    expect(found.sort()).toEqual(["payments-history: RPO", "payments-refunds: RPO BACKUPS_OFF"]);
  });
});

describe("coverage by a policy that asks for tags", () => {
  test("is complete in the demo, also for an instance that is being created and for files in buckets", async () => {
    const demo = await startStillClouds();
    const over = gatewayOver(demo, { policies: POLICIES });
    const { entries, complete, issues } = await readsOf(over).coverage(null, EVERY_INSTANCE);
    expect([complete, issues]).toEqual([true, []]);
    const undecided = entries.filter(({ coverage: { policy } }) => policy === null);
    expect(undecided.map(({ instance, coverage: one }) => [instance.nativeId, one.reason])).toEqual(
      [["newcomer", "The instance is being created, and its policy depends on its tags."]],
    );
    const files = entries.filter(({ instance }) => instance.provider === "demo-s3/rdb");
    expect(files.length).toBeGreaterThan(0);
    expect(new Set(files.map(({ coverage: { policy } }) => policy?.name))).toEqual(
      new Set(["default"]),
    );
    const tags = [{ key: "env", values: null }];
    const page = await readsOf(over).instances({
      ...BACKUPS,
      filter: { ...EVERY_INSTANCE, vendors: ["S3"], tags },
    });
    expect([page.edges, page.complete]).toEqual([[], true]);
    await over.close();
    await demo.close();
  });
});

test("the policies that a caller sees are those that its providers can have in their regions", async () => {
  const named = (accounts: readonly string[]) => {
    const limits = { deadline: Number.MAX_SAFE_INTEGER, vendorCalls: 0 };
    const { signal } = new AbortController();
    const reads = gateway.open({ ...ANYONE, accounts }, { ...limits, signal });
    return reads.policies().map(({ name }) => name);
  };
  expect(named(["demo-tencent"])).toEqual(["production", "tokyo", "default"]);
  // This vendor lists the regions.
  await everyInstance();
  expect(named(["demo-alibaba"])).toEqual(["production", "clusters", "default"]);
});

describe("worst first", () => {
  test.each([
    ["AGE_DESC", 1],
    ["AGE_DESC", 7],
    ["NAME", 7],
    ["INSTANCE", 13],
  ] as const)("%s in pages of %i, forwards and backwards", async (order, size) => {
    const reads = readsOf(gateway);
    const report = await reads.coverage(null, EVERY_INSTANCE);
    const selection = { state: null, order };
    const whole = await reads.coverageInstances(report, selection, wanted({ first: 200 }));
    const all = idsOf(whole.edges.map(({ node }) => node));
    expect(await whole.totalCount()).toBe(all.length);
    const walk = async (isForwards: boolean): Promise<string[]> => {
      const ids: string[] = [];
      for (let cursor: string | null = null; ;) {
        const args = isForwards
          ? wanted({ first: size, after: cursor })
          : wanted({ last: size, before: cursor });
        const page = await reads.coverageInstances(report, selection, args);
        const own = idsOf(page.edges.map(({ node }) => node));
        ids.push(...(isForwards ? own : own.toReversed()));
        if (!(await (isForwards ? page.hasNextPage() : page.hasPreviousPage()))) return ids;
        cursor = isForwards ? page.endCursor : page.startCursor;
      }
    };
    expect(await walk(true)).toEqual(all);
    expect((await walk(false)).toReversed()).toEqual(all);

    const nodes = whole.edges.map(({ node }) => node);
    if (order === "NAME") {
      const names = nodes.map(({ name }) => (name ?? "").toLowerCase());
      expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    }
    if (order !== "AGE_DESC") return;
    const starts = await Promise.all(nodes.map((node) => reads.latestBackup(node, "SUCCEEDED")));
    const ages = starts.map((backup) => backup?.startedAt ?? 0);
    expect(ages[0]).toBe(0);
    expect(ages).toEqual(ages.toSorted((a, b) => a - b));
  });

  test("refuses the cursor of another order", async () => {
    const reads = readsOf(gateway);
    const report = await reads.coverage(null, EVERY_INSTANCE);
    const args = wanted({ first: 1 });
    const page = await reads.coverageInstances(report, { state: null, order: "NAME" }, args);
    const other = reads.coverageInstances(
      report,
      { state: null, order: "AGE_DESC" },
      { ...args, after: page.endCursor },
    );
    await expect(other).rejects.toMatchObject({ code: "CURSOR_MISMATCH" });
  });
});

const TAGS = [
  [[{ key: "env", values: ["prod"] }], 6],
  [
    [
      { key: "env", values: ["test", "prod"] },
      { key: "team", values: null },
    ],
    6,
  ],
  [[{ key: "env", values: ["test"] }], 0],
  [[{ key: "env", values: [] }], 0],
  [[], 0],
  [[{ key: "Tag", values: ["Default"] }], null],
] as const;

describe("filters", () => {
  test.each(TAGS)("by the tags %j select the same instances and backups", async (tags, count) => {
    const has = (one: Instance) =>
      tags.length > 0 &&
      tags.every(({ key, values }) =>
        (one.tags ?? []).some(
          (tag) =>
            tag.key === key && (values as readonly string[] | null)?.includes(tag.value) !== false,
        ),
      );
    const all = (await everyInstance()).edges.map(({ node }) => node);
    const expected = all.filter(has);
    if (count !== null) expect(expected.length).toBe(count);
    const found = await everyInstance({ tags });
    expect(found.complete).toBe(true);
    expect(idsOf(found.edges.map(({ node }) => node))).toEqual(idsOf(expected));
    expect(await found.totalCount()).toBe(expected.length);

    const instanceIds = idsOf(expected);
    const walked = async (filter: Partial<typeof EVERY_BACKUP>): Promise<string[]> => {
      const query = { filter: { ...EVERY_BACKUP, ...filter } };
      const pages = await walkPages(gateway, query, { size: 50 });
      expect(pages.every((page) => page.complete)).toBe(true);
      return pages.flatMap(({ edges }) => edges.map(({ node }) => node.id));
    };
    expect(await walked({ tags })).toEqual(await walked({ instanceIds }));
  });

  test("by policy and by name select the same backups as the instances' ids", async () => {
    const tokyo = (await everyInstance({ policies: ["tokyo"] })).edges.map(({ node }) => node);
    expect(tokyo.length).toBeGreaterThan(5);
    expect(tokyo.every(({ region }) => region === "ap-tokyo")).toBe(true);
    const named = (await everyInstance({ nameContains: "CART" })).edges.map(({ node }) => node);
    const total = async (filter: Partial<typeof EVERY_BACKUP>) => {
      const query = { ...BACKUPS, filter: { ...EVERY_BACKUP, ...filter } };
      return (await readsOf(gateway).backups(query)).totalCount();
    };
    expect(await total({ policies: ["tokyo"] })).toBe(await total({ instanceIds: idsOf(tokyo) }));
    expect(await total({ instanceNameContains: "Cart" })).toBe(
      await total({ instanceIds: idsOf(named) }),
    );
    expect(await total({ policies: [] })).toBe(0);
  });

  test("bind cursors, whatever the order of their values", async () => {
    const page = async (filter: Partial<InstanceFilter>, after: string | null) =>
      readsOf(gateway).instances({
        ...BACKUPS,
        filter: { ...EVERY_INSTANCE, ...filter },
        page: wanted({ first: 1, after }),
      });
    const tags = [{ key: "env", values: ["prod", "test"] }];
    const { endCursor } = await page({ tags }, null);
    const same = [{ key: "env", values: ["test", "prod", "test"] }];
    expect((await page({ tags: same }, endCursor)).edges.length).toBe(1);
    for (const other of [{ tags: [] }, {}, { policies: ["production"] }])
      await expect(page(other, endCursor)).rejects.toMatchObject({ code: "CURSOR_MISMATCH" });
  });
});

/** Tencent, as if tags took a call for three instances. */
const byCalls =
  (map?: FactsDeclaration["map"]) =>
  (account: Account): VendorDeclaration => {
    const vendor = vendorOf(account);
    if (account.vendor !== "tencent") return vendor;
    const tags: FactsDeclaration = {
      name: "tags",
      action: "DescribeInstances",
      shows: ["tags"],
      most: 3,
      params: (some) => ({ InstanceIds: some.map(({ nativeId }) => nativeId), Limit: 100 }),
      map:
        map ??
        ((payload, some) => {
          const rows = payload["InstanceSet"] as Record<string, unknown>[];
          const names = { key: "TagKey", value: "TagValue" };
          expect(some.length).toBeLessThanOrEqual(3);
          return new Map(
            rows.map((row) => [
              row["InstanceId"] as string,
              { tags: tagsAt(row, "InstanceTags", names) },
            ]),
          );
        }),
    };
    return {
      ...vendor,
      products: (of) =>
        vendor.products(of).map((product) => ({
          ...product,
          facts: [...(product.facts ?? []), tags],
          instances: product.instances.map((listing) => ({
            ...listing,
            map: (row, scope) => {
              const mapped = listing.map(row, scope);
              return mapped === null ? null : { ...mapped, tags: null };
            },
          })),
        })),
    };
  };

const TENCENT: InstanceFilter = { ...EVERY_INSTANCE, vendors: ["TENCENT"] };

describe("tags that take calls", () => {
  test("are read in batches, and give the same coverage and lists", async () => {
    const other = gatewayOver(clouds, { policies: POLICIES, vendorOf: byCalls() });
    const reads = readsOf(other);
    const report = await reads.coverage(null, TENCENT);
    const made = reads.calls().find(({ action }) => action === "DescribeInstances")?.count ?? 0;
    const shown = (entries: typeof report.entries) =>
      entries.map(({ instance, coverage: { state, violations, policy } }) => [
        instance.nativeId,
        state,
        violations,
        policy?.name,
      ]);
    const plain = await coverage({ vendors: ["TENCENT"] });
    expect(shown(report.entries)).toEqual(shown(plain.entries));
    // Two lists, and a call for three instances of each region.
    const perRegion = ["ap-guangzhou", "ap-tokyo"].map(
      (region) => report.entries.filter(({ instance }) => instance.region === region).length,
    );
    expect(made).toBeGreaterThan(2);
    expect(made).toBeLessThanOrEqual(
      2 + perRegion.reduce((sum, count) => sum + Math.ceil(count / 3), 0),
    );

    const tags = [{ key: "env", values: ["prod"] }];
    const list = await readsOf(other).backups({ ...BACKUPS, filter: { ...EVERY_BACKUP, tags } });
    expect(list.complete).toBe(true);
    await other.close();
  });

  test("that cannot be read make policies and filters by tag unknown, with an issue", async () => {
    const refused = byCalls(() => {
      throw new SourceError("FORBIDDEN", "The role may not list tags.");
    });
    const other = gatewayOver(clouds, { policies: POLICIES, vendorOf: refused });
    const { entries, issues, complete } = await readsOf(other).coverage(null, TENCENT);
    expect(complete).toBe(false);
    expect(new Set(issues.map(({ code }) => code))).toEqual(new Set(["FORBIDDEN"]));
    expect(issues[0]?.message).toContain("Facts of the instance are unknown");
    for (const { coverage: one } of entries) {
      expect(one).toMatchObject({ state: "UNKNOWN", policy: null, violations: [] });
      expect(one.reason).toContain("The role may not list tags.");
    }
    const page = await readsOf(other).instances({
      ...BACKUPS,
      filter: { ...TENCENT, tags: [{ key: "env", values: null }] },
    });
    expect(page.edges).toEqual([]);
    expect(page.complete).toBe(false);
    expect(await page.totalCount()).toBeNull();
    const { filter } = {
      filter: { ...EVERY_BACKUP, vendors: ["TENCENT" as const], policies: ["default"] },
    };
    const backups = await readsOf(other).backups({ ...BACKUPS, filter });
    expect([backups.edges.length, backups.complete]).toEqual([0, false]);
    await other.close();
  });

  test("do not matter to policies that do not ask for them", async () => {
    const policies = [{ ...(POLICIES[3] as BackupPolicy) }, ...POLICIES.slice(4)];
    const refused = byCalls(() => {
      throw new SourceError("FORBIDDEN", "The role may not list tags.");
    });
    const other = gatewayOver(clouds, { policies, vendorOf: refused });
    const reads = readsOf(other);
    const { complete } = await reads.coverage(null, TENCENT);
    expect(complete).toBe(true);
    expect(reads.calls().find(({ action }) => action === "DescribeInstances")?.count).toBe(2);
    await other.close();
  });
});

test("an RPO alone demands nothing else", () => {
  expect(rpoAlone(DAY)).toEqual({
    rpoMs: DAY,
    retentionMs: null,
    encrypted: null,
    maxSizeDrop: null,
  });
});
