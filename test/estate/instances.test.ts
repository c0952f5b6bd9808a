import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { Gateway } from "../../src/app.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import type { InstanceQuery } from "../../src/domain/reads.js";
import { gatewayOver, readsOf } from "./gateway.js";
import { startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const INSTANCES: InstanceQuery = {
  parent: { type: "Query" },
  page: wanted({}),
  filter: EVERY_INSTANCE,
  onSourceError: "PARTIAL",
};

/** Some ids begin with others, and some sort after every ASCII character. */
const NAMESAKES = [
  "r-a",
  "r-a-replica",
  "r-a0",
  "r-ab",
  "r-a\u00e9",
  "\u7f13\u5b58",
  "\u7f13\u5b58-2",
];

describe("instances whose ids begin with the ids of others", () => {
  test.each([true, false])("come once each, forwards: %s", async (isForwards) => {
    const clouds = await startStillClouds({ estate: { instances: 0, backupsEach: 0 } });
    const { estate } = clouds;
    const facts = { region: "cn-hangzhou", zone: "z", name: "n", status: "Normal" } as const;
    const size = { engineVersion: "7.0", memoryMb: 1024, shardCount: 1 };
    const kind = {
      product: "ALIBABA_KVSTORE",
      architecture: "standard",
      cloudNative: false,
    } as const;
    const age = { createdAt: estate.now() - 86_400_000, deletedAt: null };
    for (const nativeId of NAMESAKES)
      estate.insertInstance({ ...facts, ...size, ...kind, ...age, nativeId });
    const gateway = gatewayOver(clouds);
    const walked: string[] = [];
    for (let cursor: string | null = null; ;) {
      const page = isForwards
        ? wanted({ first: 1, after: cursor })
        : wanted({ last: 1, before: cursor });
      const found = await readsOf(gateway).instances({ ...INSTANCES, page });
      walked.push(...found.edges.map(({ node }) => node.nativeId));
      if (!(await (isForwards ? found.hasNextPage() : found.hasPreviousPage()))) break;
      cursor = isForwards ? found.endCursor : found.startCursor;
    }
    expect(isForwards ? walked : walked.toReversed()).toEqual(NAMESAKES);
    await gateway.close();
    await clouds.close();
  });
});

describe("the list of instances, page by page", () => {
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

  const pageAfter = (after: string | null, first: number) =>
    readsOf(gateway).instances({ ...INSTANCES, page: wanted({ first, after }) });

  test.each([1, 7, 30])("of %i gives each instance once, in order", async (size) => {
    const whole = (await pageAfter(null, 200)).edges.map(({ node }) => node.nativeId);
    expect(whole.length).toBeGreaterThan(60);
    const walked: string[] = [];
    for (let after: string | null = null; ;) {
      const page = await pageAfter(after, size);
      walked.push(...page.edges.map(({ node }) => node.nativeId));
      if (!(await page.hasNextPage())) break;
      after = page.endCursor;
    }
    expect(walked).toEqual(whole);
  });
});
