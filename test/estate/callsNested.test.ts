import { describe, expect, test } from "vitest";
import { askGateway } from "./askGateway.js";
import {
  answerAtOnce,
  askedOf,
  gatewayFor,
  leastByAction,
  startSized,
  sumOf,
} from "./callsLeast.js";
import { UNCACHED } from "./gateway.js";
import { startClock } from "../stillClouds.js";

const INSTANCES = `{ instances(first: 200) { nodes { id } } }`;
const LATEST = `{ instances(first: 200) { nodes { backups(first: 5) { nodes { id } } } } }`;
const NEWEST = `{ instances(first: 200) { nodes { latestBackup { id } } } }`;

describe("the latest backups of every instance cost", () => {
  test.each([LATEST, NEWEST])("one call a list, all at once: %s", async (query) => {
    const size = { instances: 6, backupsEach: 7 };
    const clouds = await startSized(size);
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
    const clouds = await startSized(size);
    const gateway = gatewayFor(clouds);
    await askGateway(gateway, INSTANCES);
    clouds.calls.reset();
    await askGateway(gateway, LATEST);
    expect(askedOf(clouds)).toEqual(leastByAction(size));
  });

  test("one call an instance where a region's list has more pages, once that is known", async () => {
    const clouds = await startSized({ instances: 3, backupsEach: 99 });
    const gateway = gatewayFor(clouds, {
      settings: UNCACHED,
      now: startClock(),
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
    const clouds = await startSized({ instances: 3, backupsEach: 41 });
    const gateway = gatewayFor(clouds, {
      settings: UNCACHED,
      now: startClock(),
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
