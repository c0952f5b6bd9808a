import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ask } from "../server/harness.js";
import { startStack } from "../server/stack.js";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";

const TTL_MS = 200;
const POLLS = 100;
const PAUSE_MS = 10;

interface Page {
  readonly nodes: readonly { readonly nativeId: string }[];
  readonly complete: boolean;
  readonly pageInfo: { readonly startCursor: string | null; readonly endCursor: string | null };
}

const FIELDS = "nodes { nativeId } complete pageInfo { startCursor endCursor }";

/** How a client of each order starts at the newest rows, and asks for newer ones. */
const WAYS = {
  STARTED_AT_DESC: { first: "first: 3", newer: "last: 20, before", end: "startCursor" },
  STARTED_AT_ASC: { first: "last: 3", newer: "first: 20, after", end: "endCursor" },
} as const;

const cases = CLOUD_PRODUCTS.flatMap((product) =>
  (["STARTED_AT_DESC", "STARTED_AT_ASC"] as const).map((order) => ({ product, order })),
);

test.each(cases)(
  "a client that polls over HTTP in the order $order gets a new backup of $product soon after ttl",
  async ({ product, order }) => {
    const { url, clouds } = await startStack({
      clouds: { now: Date.now, estate: { instances: 2, backupsEach: 4 } },
      gateway: {
        settings: {
          ttlMs: TTL_MS,
          staleIfErrorMs: 600_000,
          scanRows: 20_000,
          cacheRows: 200_000,
        },
      },
    });
    const page = async (args: string): Promise<Page> => {
      const { body } = await ask(url, `{ backups(orderBy: ${order}, ${args}) { ${FIELDS} } }`);
      expect(body.errors).toBeUndefined();
      return (body.data as { backups: Page }).backups;
    };
    const { first, newer, end } = WAYS[order];
    const begin = await page(first);
    expect(begin.nodes).toHaveLength(3);
    let cursor = begin.pageInfo[end];
    const poll = async (): Promise<string[]> => {
      const { nodes, complete, pageInfo } = await page(`${newer}: ${JSON.stringify(cursor)}`);
      expect(complete).toBe(true);
      expect(pageInfo[end]).not.toBeNull();
      cursor = pageInfo[end];
      return nodes.map(({ nativeId }) => nativeId);
    };
    expect(await poll()).toEqual([]);
    const region = clouds.estate.regions[product][0] as string;
    const instance = clouds.estate.instances(product, region)[0];
    const startedAt = Math.floor(Date.now() / 1_000) * 1_000;
    const instanceNativeId = instance?.nativeId as string;
    const made = clouds.estate.insertBackup({
      product,
      instanceNativeId,
      startedAt,
      // Alibaba lists a backup when it has finished.
      finishedAt: startedAt,
      listedFrom: startedAt,
    });
    const seen: string[] = [];
    for (let polls = 0; seen.length === 0; polls += 1) {
      expect(polls).toBeLessThan(POLLS);
      seen.push(...(await poll()));
      if (seen.length === 0) await sleep(PAUSE_MS);
    }
    expect(seen).toEqual([made.nativeId]);
    // Once it was shown, it does not come again.
    expect(await poll()).toEqual([]);
  },
);
