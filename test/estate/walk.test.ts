import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { Backup } from "../../src/domain/backup.js";
import type { Gateway } from "../../src/app.js";
import type { Connection } from "../../src/domain/connection.js";
import { gatewayOver, walkPages } from "./gateway.js";
import { sized } from "../runs.js";
import { startStillClouds } from "../stillClouds.js";

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

const WAYS = [
  { size: 200, backwards: false },
  { size: 7, backwards: true },
  { size: 1, backwards: false },
  { size: 200, backwards: true },
  { size: 7, backwards: false },
  { size: 1, backwards: true },
];

/** Every way with every order in `.ci/run`, and with one of them in `npm test`. */
function waysOf(order: (typeof ORDERS)[number]) {
  const each = sized(ORDERS.length, 1);
  return WAYS.filter((_, way) => way % each === ORDERS.indexOf(order) % each);
}

describe.each(ORDERS)("a walk over the embedded estate, its rows %s", (order) => {
  let clouds: Clouds;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startStillClouds();
    clouds.knobs.setAll({ order });
    gateway = gatewayOver(clouds);
  });
  afterAll(async () => {
    await gateway.close();
    await clouds.close();
  });

  test.each(waysOf(order))(
    "gives exactly the truth, in order: $size a page, backwards: $backwards",
    async (way) => {
      await expectTruth(clouds, await walkPages(gateway, {}, way), way.backwards);
    },
  );

  test("gives the truth oldest first", async () => {
    const pages = await walkPages(gateway, { order: "STARTED_AT_ASC" }, { size: 199 });
    await expectTruth(clouds, pages.reverse().map(turned), false);
  });
});

describe.each([
  { vendor: "tencent", variants: { tencentApi: "2.0", signatureMethod: "HmacSHA1" } },
  { vendor: "tencent", variants: { tencentApi: "2.0", signatureMethod: "HmacSHA256" } },
  { vendor: "alibaba", variants: { alibabaSignature: "v1" } },
  { vendor: null, variants: { whiteLabel: true } },
] as const)("a walk with other dialects of a vendor: %j", ({ vendor: only, variants }) => {
  test("gives exactly the truth", async () => {
    const clouds = await startStillClouds(variants);
    const accounts = clouds.accounts.filter(({ vendor }) => only === null || vendor === only);
    const gateway = gatewayOver({ ...clouds, accounts });
    const ids = accounts.map(({ id }) => id);
    await expectTruth(clouds, await walkPages(gateway, {}, { size: 150 }), false, ids);
    await gateway.close();
    await clouds.close();
  });
});

/** A page of a list in the other order, turned round. */
const turned = (page: Connection<Backup>) => ({ ...page, edges: [...page.edges].reverse() });

async function expectTruth(
  clouds: Clouds,
  pages: Pick<Connection<Backup>, "edges" | "issues">[],
  backwards: boolean,
  accounts: readonly string[] = clouds.accounts.map(({ id }) => id),
): Promise<void> {
  const rows = (backwards ? pages.reverse() : pages).flatMap(({ edges }) =>
    edges.map(({ node }) => node),
  );
  expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
  const truth = clouds.estate
    .truth()
    .filter(({ provider }) => accounts.some((account) => provider.startsWith(`${account}/`)))
    .map(factOf)
    .sort();
  expect(rows.map(factOf).sort()).toEqual(truth);
  const keys = rows.map(({ startedAt, id }) => [startedAt, id] as const);
  const sorted = [...keys].sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? 1 : -1));
  expect(keys).toEqual(sorted);
}
