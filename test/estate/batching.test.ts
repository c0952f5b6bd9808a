import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../src/clouds/clouds.js";
import { askGateway } from "./askGateway.js";
import { gatewayOver, inOneRegion } from "./gateway.js";
import { startStillClouds } from "../stillClouds.js";

const QUERY = `{
  instances(first: 200) {
    nodes {
      latestBackup { id }
      a: backups(first: 5) { nodes { id } }
      b: backups(first: 3) { nodes { id } }
    }
  }
}`;

describe("50 instances of each product, with 9 backups each", () => {
  let clouds: Clouds;
  beforeAll(async () => {
    // Twenty operations may keep a slow machine busy for longer than an answer may usually take.
    const upstream = { timeoutMs: 120_000 };
    const estate = { instances: 50, backupsEach: 9, regions: 1 } as const;
    clouds = await startStillClouds({ upstream, estate });
  });
  afterAll(() => clouds.close());

  test("nested lists under two aliases cost the fewest calls", async () => {
    const gateway = gatewayOver(clouds, { accounts: inOneRegion(clouds) });
    const { calls } = await askGateway(gateway, QUERY);
    const count = (...actions: string[]) =>
      calls
        .filter(({ action }) => actions.includes(action))
        .reduce((sum, one) => sum + one.count, 0);
    const backupCalls = [
      "DescribeBackups",
      "DescribeUMemBackup",
      "DescribeURedisBackup",
      "DescribeInstanceBackups",
      "elasticache:DescribeSnapshots",
      "elasticache:DescribeServerlessCacheSnapshots",
      "memorydb:DescribeSnapshots",
      "ListObjectsV2",
    ];
    expect(count("DescribeBackups")).toBeLessThanOrEqual(50);
    expect(count("DescribeUMemBackup")).toBeLessThanOrEqual(50);
    expect(count("DescribeURedisBackup")).toBeLessThanOrEqual(5);
    expect(count("DescribeInstanceBackups")).toBeLessThanOrEqual(5);
    // 450 rows of a region on pages of 50, twice.
    for (const action of backupCalls.slice(4, 7)) expect(count(action)).toBeLessThanOrEqual(18);
    // The instances of the bucket, and its 450 objects.
    expect(count("ListObjectsV2")).toBeLessThanOrEqual(2);
    const lists = calls.filter(({ action }) => !backupCalls.includes(action));
    expect(lists.reduce((sum, one) => sum + one.count, 0)).toBeLessThanOrEqual(12);
    await gateway.close();
  });

  test("twenty operations at once cost the calls of one", async () => {
    const gateway = gatewayOver(clouds, { accounts: inOneRegion(clouds) });
    clouds.calls.reset();
    await askGateway(gateway, QUERY);
    const alone = clouds.calls.counts();
    const fresh = gatewayOver(clouds, { accounts: inOneRegion(clouds) });
    clouds.calls.reset();
    const answers = await Promise.all(Array.from({ length: 20 }, () => askGateway(fresh, QUERY)));
    expect(clouds.calls.counts()).toEqual(alone);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    await Promise.all([gateway.close(), fresh.close()]);
  });

  test("one report over many cached lists leaves turns to other requests", async () => {
    const upstream = { rate: 100_000, concurrency: 64 };
    const many = await startStillClouds({ upstream, estate: { instances: 300, backupsEach: 1 } });
    const gateway = gatewayOver(many);
    const query = `{
      coverage(rpo: "PT1M", filter: { vendors: [UCLOUD] }) {
        violatingCount
        instances(first: 1, orderBy: AGE_DESC) { nodes { nativeId } }
      }
    }`;
    await askGateway(gateway, query);
    let isDone = false;
    const asked = askGateway(gateway, query).finally(() => (isDone = true));
    let turns = 0;
    for (; !isDone; turns += 1) await setImmediate();
    expect((await asked).data).toMatchObject({ coverage: { violatingCount: 600 } });
    // Of the 600 instances, 200 are judged in one turn, and 200 are sorted.
    expect(turns).toBeGreaterThanOrEqual(5);
    await Promise.all([gateway.close(), many.close()]);
  });

  test("many reports over what is cached leave turns to other requests", async () => {
    const gateway = gatewayOver(clouds, { accounts: inOneRegion(clouds) });
    const reports = Array.from({ length: 9 }, (_, i) => `c${i}: coverage { complete }`);
    const query = `{ ${reports.join(" ")} }`;
    await askGateway(gateway, query);
    let isDone = false;
    const asked = askGateway(gateway, query).finally(() => (isDone = true));
    let turns = 0;
    for (; !isDone; turns += 1) await setImmediate();
    expect(Object.values((await asked).data ?? {})).toEqual(
      reports.map(() => ({ complete: true })),
    );
    expect(turns).toBeGreaterThanOrEqual(reports.length - 2);
    await gateway.close();
  });
});
