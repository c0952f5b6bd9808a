import { afterEach, describe, expect, test } from "vitest";
import type { Gateway, GatewayParts } from "../../src/app.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { askGateway } from "./askGateway.js";
import { answerAtOnce, askedOf, leastByAction, sumOf, type Size } from "./callsLeast.js";
import { gatewayOver, inOneRegion } from "./gateway.js";

const INSTANCES = `{ instances(first: 200) { nodes { id } } }`;
const LATEST = `{ instances(first: 200) { nodes { backups(first: 5) { nodes { id } } } } }`;
const NEWEST = `{ instances(first: 200) { nodes { latestBackup { id } } } }`;

describe("the latest backups of every instance cost", () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function start(size: Size): Promise<Clouds> {
    const clouds = await startClouds({
      estate: { ...size, regions: 1 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64, timeoutMs: 5_000 },
    });
    closing.push(() => clouds.close());
    return clouds;
  }

  function gatewayFor(clouds: Clouds, parts: Partial<GatewayParts> = {}): Gateway {
    const gateway = gatewayOver(clouds, { accounts: inOneRegion(clouds), ...parts });
    closing.push(() => gateway.close());
    return gateway;
  }

  test.each([LATEST, NEWEST])("one call a list, all at once: %s", async (query) => {
    const size = { instances: 6, backupsEach: 7 };
    const clouds = await start(size);
    const gateway = gatewayFor(clouds);
    await askGateway(gateway, INSTANCES);
    clouds.calls.reset();
    const least = leastByAction(size);
    answerAtOnce(clouds, sumOf(least));
    await askGateway(gateway, query);
    expect(askedOf(clouds)).toEqual(least);
  });

  test("the pages of a region's list where those are fewer than its instances", async () => {
    const size = { instances: 21, backupsEach: 19 };
    const clouds = await start(size);
    const gateway = gatewayFor(clouds);
    await askGateway(gateway, INSTANCES);
    clouds.calls.reset();
    await askGateway(gateway, LATEST);
    expect(askedOf(clouds)).toEqual(leastByAction(size));
  });

  test("one call an instance where a region's list has more pages, once that is known", async () => {
    const clouds = await start({ instances: 3, backupsEach: 99 });
    const gateway = gatewayFor(clouds, {
      settings: { ttlMs: 0, staleIfErrorMs: 0, scanRows: 20_000, cacheRows: 200_000 },
    });
    const query = LATEST.replace("first: 200", "first: 200, filter: { vendors: [UCLOUD] }");
    await askGateway(gateway, query);
    clouds.calls.reset();
    await askGateway(gateway, query);
    // The region's list has three pages, which three instances do not pay for.
    const { DescribeURedisBackup, DescribeUMemBackup } = askedOf(clouds);
    expect([DescribeURedisBackup, DescribeUMemBackup]).toEqual([3, 3]);
  });

  test("one call an instance where a region's list of tokens takes more, once that is known", async () => {
    const clouds = await start({ instances: 3, backupsEach: 41 });
    const gateway = gatewayFor(clouds, {
      settings: { ttlMs: 0, staleIfErrorMs: 0, scanRows: 20_000, cacheRows: 200_000 },
    });
    const query = LATEST.replace("first: 200", "first: 200, filter: { vendors: [AWS] }");
    await askGateway(gateway, query);
    // Three instances of 35 days or more with a snapshot a day: the region's list is not begun. MemoryDB does
    // not say how old its clusters are, so the first page of the region is read as well.
    expect(askedOf(clouds)).toMatchObject({
      "elasticache:DescribeSnapshots": 3,
      "elasticache:DescribeServerlessCacheSnapshots": 3,
      "memorydb:DescribeSnapshots": 1 + 3,
    });
    clouds.calls.reset();
    await askGateway(gateway, query);
    // The region's list has three pages, which would be read twice.
    expect(askedOf(clouds)).toMatchObject({
      "elasticache:DescribeSnapshots": 3,
      "elasticache:DescribeServerlessCacheSnapshots": 3,
      "memorydb:DescribeSnapshots": 3,
    });
  });
});
