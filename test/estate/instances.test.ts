import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import type { Gateway } from "../../src/app.js";
import type { InstanceQuery } from "../../src/domain/reads.js";
import { gatewayOver, NO_PAGE, readsOf } from "./gateway.js";

const INSTANCES: InstanceQuery = {
  parent: { type: "Query" },
  page: NO_PAGE,
  filter: null,
  onSourceError: "PARTIAL",
};

describe("the list of instances, page by page", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startClouds();
    gateway = gatewayOver(clouds);
  });
  afterAll(async () => {
    await gateway.close();
    await clouds.close();
  });

  const pageAfter = (after: string | null, first: number) =>
    readsOf(gateway).instances({ ...INSTANCES, page: { ...NO_PAGE, first, after } });

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
