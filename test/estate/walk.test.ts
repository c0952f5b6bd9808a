import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import type { Backup } from "../../src/domain/backup.js";
import type { Gateway } from "../../src/app.js";
import { gatewayOver, walkPages } from "./gateway.js";

const ORDERS = ["newestFirst", "oldestFirst", "shuffled"] as const;

const factOf = (row: {
  provider: string;
  region: string;
  instanceNativeId: string;
  nativeId: string;
  startedAt: number;
  status: string;
  shardCount: number | null;
}) =>
  [
    row.startedAt,
    row.provider,
    row.region,
    row.instanceNativeId,
    row.nativeId,
    row.status,
    row.shardCount ?? "",
  ].join(" ");

describe.each(ORDERS)("a walk over the embedded estate, its rows %s", (order) => {
  let clouds: Clouds;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startClouds();
    clouds.knobs.setAll({ order });
    gateway = gatewayOver(clouds);
  });
  afterAll(async () => {
    await gateway.close();
    await clouds.close();
  });

  test.each([
    { size: 200, backwards: false },
    { size: 7, backwards: false },
    { size: 200, backwards: true },
    { size: 7, backwards: true },
  ])("gives exactly the truth, in order: $size a page, backwards: $backwards", async (way) => {
    const pages = await walkPages(gateway, {}, way);
    const rows: Backup[] = (way.backwards ? pages.reverse() : pages).flatMap(({ edges }) =>
      edges.map(({ node }) => node),
    );
    expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
    const truth = clouds.estate.truth().map(factOf).sort();
    expect(rows.map(factOf).sort()).toEqual(truth);
    const keys = rows.map(({ startedAt, id }) => [startedAt, id] as const);
    const sorted = [...keys].sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? 1 : -1));
    expect(keys).toEqual(sorted);
  });
});
