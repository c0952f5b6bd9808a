import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { graphql } from "graphql";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import type { Gateway } from "../../src/app.js";
import { ANYONE } from "../../src/domain/principal.js";
import { buildGatewaySchema } from "../../src/graphql/schema.js";
import { makeLoaders } from "../../src/loaders/loaders.js";
import { gatewayOver, readsOf } from "./gateway.js";

const QUERY = `{
  instances(first: 200) {
    nodes {
      latestBackup { id }
      a: backups(first: 5) { nodes { id } }
      b: backups(first: 3) { nodes { id } }
    }
  }
}`;

const schema = buildGatewaySchema();

const run = async (gateway: Gateway, source: string) => {
  const reads = readsOf(gateway);
  const contextValue = {
    reads,
    loaders: makeLoaders(reads),
    principal: ANYONE,
    requestId: "r",
    signal: new AbortController().signal,
    limits: { first: 200 },
  };
  const result = await graphql({ schema, source, contextValue });
  expect(result.errors).toBeUndefined();
  return { data: result.data, calls: reads.calls() };
};

describe("200 instances, 50 of each product, with 9 backups each", () => {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await startClouds({ estate: { instances: 50, backupsEach: 9, regions: 1 } });
  });
  afterAll(() => clouds.close());

  test("nested lists under two aliases cost the fewest calls", async () => {
    const gateway = gatewayOver(clouds);
    const { calls } = await run(gateway, QUERY);
    const count = (action: string) =>
      calls.filter((call) => call.action === action).reduce((sum, call) => sum + call.count, 0);
    console.log(calls);
    expect(count("DescribeBackups")).toBeLessThanOrEqual(50);
    expect(count("DescribeUMemBackup")).toBeLessThanOrEqual(50);
    expect(count("DescribeURedisBackup")).toBeLessThanOrEqual(5);
    expect(count("DescribeInstanceBackups")).toBeLessThanOrEqual(5);
    await gateway.close();
  });
});
