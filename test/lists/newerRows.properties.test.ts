import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import { compareKeys } from "../../src/domain/id.js";
import { listBackups } from "../../src/lists/backups.js";
import { expected } from "../model/expectations.js";
import { ModelEstate } from "../model/modelEstate.js";
import {
  accounts,
  arrivals,
  EPOCH,
  estateChange,
  PATIENCE_MS,
  plan,
  steps,
  walks,
  wayIn,
} from "../model/scenarios.js";
import { ModelGateway, positionOf, queryOf, SETTINGS, UNBOUNDED, walk } from "../model/walker.js";
import { type PageArgs, wanted } from "../wantedPage.js";

/** What a client that waits for new rows does between two of its requests. */
const waits = fc.array(
  fc.record({ arrivals, waitMs: fc.constantFrom(1_000, 12_000, SETTINGS.ttlMs, 700_000) }),
  { minLength: 2, maxLength: 4 },
);

describe("a client that asks for newer rows", () => {
  test.each([
    { order: "STARTED_AT_DESC" as const, isPlain: false },
    { order: "STARTED_AT_ASC" as const, isPlain: false },
    { order: "STARTED_AT_DESC" as const, isPlain: true },
  ])(
    "gets each backup within ttl of its being listed, once, however old its cursor is: %j",
    async ({ order, isPlain }) => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            way: plan(steps(estateChange)),
            size: fc.integer({ min: 0, max: 9 }),
            waits,
          }),
          async (sample) => {
            const estate = new ModelEstate(sample.accounts, EPOCH);
            const gateway = new ModelGateway(estate, {}, { isPlain });
            const way = { ...wayIn(estate, sample.way), order, backwards: false };
            const isDescending = order === "STARTED_AT_DESC";
            const ask = (args: PageArgs) =>
              listBackups(gateway.open(), { ...queryOf(way), page: wanted(args) });
            // Of an ascending list the newest rows come last.
            const size = Math.max(1, sample.size);
            const first = await ask(isDescending ? { first: size } : { last: size });
            let cursor = isDescending ? first.startCursor : first.endCursor;
            const polling = { order, backwards: isDescending, filter: way.filter };
            estate.startsAreFresh = true;
            const seen: string[] = [];
            for (const { arrivals: changes, waitMs } of sample.waits) {
              for (const one of changes) estate.change(one);
              estate.world.now += waitMs;
              const from = positionOf(polling, cursor);
              const page = await ask(
                isDescending ? { last: 200, before: cursor } : { first: 200, after: cursor },
              );
              const since = estate.world.now - SETTINGS.ttlMs;
              const due = expected(estate, { ...way, steps: [] }, since).filter(
                (row) => compareKeys(row, from) > 0,
              );
              const shown = page.edges.map(({ node }) => node.id);
              expect(due.filter(({ id }) => !shown.includes(id))).toEqual([]);
              seen.push(...shown);
              cursor = isDescending ? page.startCursor : page.endCursor;
              expect(cursor).not.toBeNull();
            }
            expect(new Set(seen).size).toBe(seen.length);
          },
        ),
        walks(0.05),
      );
    },
    PATIENCE_MS,
  );
});

test("a poll within ttl of the one before makes no vendor call", async () => {
  const estate = new ModelEstate(fc.sample(accounts, { numRuns: 1, seed: 1 })[0] ?? [], EPOCH);
  const gateway = new ModelGateway(estate);
  const way = { order: "STARTED_AT_DESC" as const, backwards: false, filter: EVERY_BACKUP };
  const step = { size: 5, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };
  await walk(gateway, { ...way, steps: [step] });
  const ask = (before: string | null) =>
    listBackups(gateway.open(), { ...queryOf(way), page: wanted({ last: 20, before }) });
  const { startCursor } = await listBackups(gateway.open(), {
    ...queryOf(way),
    page: wanted({ first: 5 }),
  });
  estate.world.now += 2 * SETTINGS.ttlMs;
  await ask(startCursor);
  const { calls } = estate;
  estate.world.now += SETTINGS.ttlMs / 2;
  await ask(startCursor);
  expect(estate.calls).toBe(calls);
});
