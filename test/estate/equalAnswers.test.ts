import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { askGateway } from "./askGateway.js";
import { gatewayOver } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startStillClouds({ estate: { instances: 3, backupsEach: 9 } });
});
afterAll(() => clouds.close());

const HOUR = 3_600_000;
const at = (ms: number): string => JSON.stringify(new Date(ms).toISOString());

const PAGE = `edges { cursor late node { id } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount complete`;

const pageOf = (args: string): string => `{ backups(${args}) { ${PAGE} } }`;

/** The first page, and the page after it. */
const cursorsOf = async (gateway: Gateway, order: string) => {
  const { data } = await askGateway(gateway, pageOf(`first: 4, orderBy: ${order}`));
  return (data as { backups: { pageInfo: { endCursor: string } } }).backups.pageInfo;
};

describe.each([false, true])("two equal requests within ttl (plain: %s)", (isPlain) => {
  test.each([
    ["a first page", pageOf("first: 5")],
    ["a page from the end", pageOf("last: 5")],
    ["a page of the oldest", pageOf("first: 5, orderBy: STARTED_AT_ASC")],
    [
      "a page that begins at a bound",
      pageOf(`first: 5, filter: {startedBefore: ${at(MOMENT - HOUR)}}`),
    ],
    [
      "a page that ends at a bound",
      pageOf(`first: 50, filter: {startedAfter: ${at(MOMENT - 9 * HOUR)}}`),
    ],
    ["a page of one status", pageOf("first: 5, filter: {statuses: [FAILED]}")],
    ["a page without rows", pageOf(`first: 5, filter: {startedBefore: "1999-01-01T00:00:00Z"}`)],
    ["a page of no size", pageOf("first: 0")],
    [
      "lists of each instance",
      `{ instances(first: 5) { edges { cursor node { backups(first: 2) { ${PAGE} } } } } }`,
    ],
    [
      "pages of a coverage report",
      '{ coverage(rpo: "PT24H") { instances(first: 3) { edges { cursor } pageInfo { endCursor } } } }',
    ],
  ])("for %s are equal to the byte", async (_, query) => {
    let ahead = 0;
    const gateway = gatewayOver(clouds, { now: () => MOMENT + ahead, isPlain });
    const first = JSON.stringify((await askGateway(gateway, query)).data);
    for (const wait of [1, 4_999, 20_000]) {
      ahead += wait;
      expect(JSON.stringify((await askGateway(gateway, query)).data)).toBe(first);
    }
    ahead += HOUR;
    const { calls } = await askGateway(gateway, query);
    expect(calls.some(({ count }) => count > 0)).toBe(true);
    await gateway.close();
  });

  test.each(["STARTED_AT_DESC", "STARTED_AT_ASC"])(
    "after a cursor are equal to the byte, in order %s",
    async (order) => {
      let ahead = 0;
      const gateway = gatewayOver(clouds, { now: () => MOMENT + ahead, isPlain });
      const { endCursor } = await cursorsOf(gateway, order);
      const next = pageOf(`first: 4, orderBy: ${order}, after: "${endCursor}"`);
      const first = JSON.stringify((await askGateway(gateway, next)).data);
      ahead += 25_000;
      expect((await cursorsOf(gateway, order)).endCursor).toBe(endCursor);
      expect(JSON.stringify((await askGateway(gateway, next)).data)).toBe(first);
      await gateway.close();
    },
  );
});
