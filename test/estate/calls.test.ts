import { describe, expect, test } from "vitest";
import type { Gateway, GatewayParts } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import { ROW_ORDERS } from "../../src/clouds/estate/types.js";
import { EVERY_BACKUP, type BackupFilter, EVERY_INSTANCE } from "../../src/domain/filter.js";
import type { BackupQuery } from "../../src/domain/reads.js";
import {
  answerAtOnce,
  askedOf,
  gatewayFor,
  leastByAction,
  startSized,
  sumOf,
  type Size,
} from "./callsLeast.js";
import { BACKUPS, readsOf, walkPages } from "./gateway.js";
import { type PageArgs, wanted } from "../wantedPage.js";

/** Lists of no length that looks like a cap, each on one page. */
const SHORT: readonly Size[] = [
  { instances: 6, backupsEach: 7 },
  { instances: 4, backupsEach: 11 },
  { instances: 3, backupsEach: 13 },
];
/** Lists of whole regions on several pages. */
const LONG: Size = { instances: 23, backupsEach: 23 };

describe("the vendors are asked no more than", () => {
  /** A gateway that knows the instances and nothing else. */
  async function warm(clouds: Clouds, parts: Partial<GatewayParts> = {}): Promise<Gateway> {
    const gateway = gatewayFor(clouds, parts);
    await instances(gateway);
    clouds.calls.reset();
    return gateway;
  }

  const instances = (gateway: Gateway) =>
    readsOf(gateway).instances({
      parent: { type: "Query" },
      page: wanted({ first: 200 }),
      filter: EVERY_INSTANCE,
      onSourceError: "PARTIAL",
    });

  const pageOf = (gateway: Gateway, page: PageArgs, query: Partial<BackupQuery> = {}) =>
    readsOf(gateway).backups({ ...BACKUPS, ...query, page: wanted(page) });

  test.each(SHORT)("one call a list, all at once, for a first page: %j", async (size) => {
    const clouds = await startSized(size);
    const least = leastByAction(size);
    const gateway = await warm(clouds);
    answerAtOnce(clouds, sumOf(least));
    const page = await pageOf(gateway, { first: 100 });
    expect([page.complete, page.edges.length]).toEqual([true, 100]);
    expect(askedOf(clouds)).toEqual(least);
  });

  test.each(SHORT)("one call a list for all pages of a walk, both ways: %j", async (size) => {
    const clouds = await startSized(size);
    const gateway = await warm(clouds);
    for (const way of [{ size: 100 }, { size: 7 }, { size: 50, backwards: true }]) {
      const pages = await walkPages(gateway, {}, way);
      expect(pages.flatMap(({ edges }) => edges)).toHaveLength(
        CLOUD_PRODUCTS.length * size.instances * size.backupsEach,
      );
      expect(askedOf(clouds)).toEqual(leastByAction(size));
    }
  });

  test.each(ROW_ORDERS)("each list's pages for a whole walk, its rows %s", async (order) => {
    const clouds = await startSized(LONG);
    clouds.knobs.setAll({ order });
    const gateway = await warm(clouds);
    const pages = await walkPages(gateway, {}, { size: 100 });
    expect(pages.flatMap(({ edges }) => edges)).toHaveLength(CLOUD_PRODUCTS.length * 23 * 23);
    const { DescribeInstanceBackups: windowed = 0, ...others } = askedOf(clouds);
    const { DescribeInstanceBackups: least = 0, ...leastOthers } = leastByAction(LONG);
    expect(others).toEqual(leastOthers);
    // Whether a list fits a page is asked first, then its newest window: two more than its pages.
    expect(windowed).toBeLessThanOrEqual(least + 2);
  });

  test.each(ROW_ORDERS)(
    "two calls for a first page of a list with windows, its rows %s",
    async (order) => {
      const clouds = await startSized({ instances: 100, backupsEach: 7 });
      clouds.knobs.setAll({ order });
      const gateway = await warm(clouds);
      const page = await pageOf(
        gateway,
        { first: 50 },
        { filter: { ...EVERY_BACKUP, vendors: ["TENCENT"] } },
      );
      expect([page.complete, page.edges.length]).toEqual([true, 50]);
      expect(askedOf(clouds)).toEqual({ DescribeInstanceBackups: 2 });
    },
  );

  test("one call more than the windows that hold a list of mandatory windows", async () => {
    const clouds = await startSized({ instances: 3, backupsEach: 701 });
    const gateway = await warm(clouds);
    const filter: BackupFilter = { ...EVERY_BACKUP, vendors: ["ALIBABA"] };
    const pages = await walkPages(gateway, { filter }, { size: 100 });
    expect(pages.flatMap(({ edges }) => edges)).toHaveLength(3 * 701);
    // Windows are made for 270 rows of the 300 that a page holds.
    expect(sumOf(askedOf(clouds))).toBe(3 * (1 + Math.ceil(701 / 270)));
  });

  test("the lists that a filter leaves", async () => {
    const [size] = SHORT as [Size];
    const clouds = await startSized(size);
    const gateway = await warm(clouds);
    await pageOf(gateway, { first: 50 }, { filter: { ...EVERY_BACKUP, vendors: ["TENCENT"] } });
    expect(askedOf(clouds)).toEqual({ DescribeInstanceBackups: 1 });
    const all = await instances(gateway);
    const some = all.edges
      .map(({ node }) => node)
      .filter(({ provider }) => provider === "demo-alibaba/kvstore")
      .slice(0, 3);
    clouds.calls.reset();
    const filter = { ...EVERY_BACKUP, instanceIds: some.map(({ id }) => id) };
    const page = await pageOf(gateway, { first: 50 }, { filter });
    expect(page.edges).toHaveLength(3 * size.backupsEach);
    expect(askedOf(clouds)).toEqual({ DescribeBackups: 3 });
  });

  /** One more call where a full page, or a length that caps have, proves nothing. */
  test.each([
    { rows: 99, umem: 1, alibaba: 1 },
    { rows: 100, umem: 2, alibaba: 2 },
    { rows: 101, umem: 2, alibaba: 1 },
    { rows: 35, umem: 2, alibaba: 2 },
    { rows: 64, umem: 2, alibaba: 2 },
    { rows: 9, umem: 1, alibaba: 1 },
    // No page overlaps the smallest page there is: two passes of two pages.
    { rows: 30, umem: 2, alibaba: 4 },
  ])("$umem and $alibaba calls for lists of $rows", async ({ rows, umem, alibaba }) => {
    const clouds = await startSized({ instances: 2, backupsEach: rows });
    const gateway = await warm(clouds);
    await walkPages(gateway, {}, { size: 200 });
    const asked = askedOf(clouds);
    expect([asked["DescribeUMemBackup"], asked["DescribeBackups"]]).toEqual([
      2 * umem,
      2 * alibaba,
    ]);
  });
});
