import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { EVERY_BACKUP, type BackupFilter } from "../../src/domain/filter.js";
import { instanceId } from "../../src/domain/id.js";
import { BACKUPS, gatewayOver, readsOf, walkPages } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { type PageArgs, wanted } from "../wantedPage.js";

type Truth = ReturnType<Clouds["estate"]["truth"]>[number];

describe("filters over the embedded estate", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startStillClouds();
    gateway = gatewayOver(clouds);
  });
  afterAll(async () => {
    await gateway.close();
    await clouds.close();
  });

  const idOf = (row: Truth): string => instanceId(row.provider, row.region, row.instanceNativeId);
  const DAY = 86_400_000;

  test.each<[string, () => Partial<BackupFilter>, (row: Truth) => boolean]>([
    ["vendors", () => ({ vendors: ["TENCENT"] }), (row) => row.provider === "demo-tencent/redis"],
    [
      "providers",
      () => ({ providers: ["demo-ucloud/umem", "nobody/umem"] }),
      (row) => row.provider === "demo-ucloud/umem",
    ],
    ["regions", () => ({ regions: ["hk", "ap-tokyo"] }), (row) => /hk|ap-tokyo/.test(row.region)],
    [
      "statuses",
      () => ({ statuses: ["FAILED", "RUNNING"] }),
      (row) => row.status === "FAILED" || row.status === "RUNNING",
    ],
    ["triggers", () => ({ triggers: ["MANUAL"] }), (row) => row.trigger === "MANUAL"],
    [
      "a span of starts",
      () => ({ startedAfter: MOMENT - 20 * DAY, startedBefore: MOMENT - 3 * DAY }),
      (row) => row.startedAt >= MOMENT - 20 * DAY && row.startedAt < MOMENT - 3 * DAY,
    ],
    ["an empty list", () => ({ regions: [] }), () => false],
  ])("%s select exactly what the truth says", async (_, filter, matches) => {
    const wanted = clouds.estate.truth().filter(matches);
    for (const order of ["STARTED_AT_DESC", "STARTED_AT_ASC"] as const) {
      const query = { filter: { ...EVERY_BACKUP, ...filter() }, order };
      const pages = await walkPages(gateway, query, { size: 50 });
      const ids = pages.flatMap(({ edges }) => edges.map(({ node }) => node.nativeId));
      expect(ids.sort()).toEqual(wanted.map(({ nativeId }) => nativeId).sort());
      expect(await pages[0]?.totalCount()).toBe(wanted.length);
      expect(pages.every(({ complete }) => complete)).toBe(true);
    }
  });

  test("the bounds of a span are inclusive below and exclusive above", async () => {
    const [first] = clouds.estate.truth().filter(({ status }) => status === "SUCCEEDED");
    const at = (first as Truth).startedAt;
    const count = async (filter: Partial<BackupFilter>) =>
      (await walkPages(gateway, { filter: { ...EVERY_BACKUP, ...filter } }, { size: 200 })).flatMap(
        ({ edges }) => edges.filter(({ node }) => node.startedAt === at),
      ).length;
    const all = clouds.estate.truth().filter(({ startedAt }) => startedAt === at).length;
    expect(await count({ startedAfter: at, startedBefore: at + 1 })).toBe(all);
    expect(await count({ startedAfter: at + 1 })).toBe(0);
    expect(await count({ startedBefore: at })).toBe(0);
  });

  test("instance ids select their backups, also of an instance that is gone", async () => {
    const listed = new Set(
      clouds.estate.instances("UCLOUD_UREDIS", "cn-bj2").map(({ nativeId }) => nativeId),
    );
    const truth = clouds.estate.truth();
    const gone = truth.find(
      (row) =>
        row.provider === "demo-ucloud/uredis" &&
        row.region === "cn-bj2" &&
        !listed.has(row.instanceNativeId),
    ) as Truth;
    const chosen = [
      gone,
      truth.find(({ provider }) => provider === "demo-alibaba/kvstore") as Truth,
    ];
    const instanceIds = [
      ...chosen.map(idOf),
      instanceId("demo-ucloud/uredis", "cn-bj2", "no-such"),
    ];
    const pages = await walkPages(
      gateway,
      { filter: { ...EVERY_BACKUP, instanceIds } },
      { size: 30 },
    );
    const wanted = truth.filter((row) => instanceIds.includes(idOf(row)));
    const ids = pages.flatMap(({ edges }) => edges.map(({ node }) => node.nativeId));
    expect(ids.sort()).toEqual(wanted.map(({ nativeId }) => nativeId).sort());
    expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
  });

  test("pageInfo is right in both directions, from the middle of a walk", async () => {
    const read = (page: PageArgs) => readsOf(gateway).backups({ ...BACKUPS, page: wanted(page) });
    const first = await read({ first: 5 });
    expect([await first.hasPreviousPage(), await first.hasNextPage()]).toEqual([false, true]);
    const second = await read({ first: 5, after: first.endCursor });
    expect([await second.hasPreviousPage(), await second.hasNextPage()]).toEqual([true, true]);
    const back = await read({ last: 5, before: second.startCursor });
    expect(back.edges.map(({ node }) => node.id)).toEqual(first.edges.map(({ node }) => node.id));
    expect([await back.hasPreviousPage(), await back.hasNextPage()]).toEqual([false, true]);
    const last = await read({ last: 3 });
    expect([await last.hasPreviousPage(), await last.hasNextPage()]).toEqual([true, false]);
    const none = await read({ first: 0 });
    expect([none.edges.length, await none.hasNextPage()]).toEqual([0, true]);
    const upTo = await read({ first: 200, before: second.endCursor });
    expect(upTo.edges).toHaveLength(9);
  });

  test("every backup of a page is found again by its id", async () => {
    const page = await readsOf(gateway).backups({ ...BACKUPS, page: wanted({ last: 40 }) });
    const ids = page.edges.map(({ node }) => node.id);
    const found = await readsOf(gateway).backupsById([...ids, "nonsense"]);
    expect(found.map((one) => (one instanceof Error ? one : (one?.id ?? null)))).toEqual([
      ...ids,
      null,
    ]);
  });
});
