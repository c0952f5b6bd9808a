import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareKeys, type Key } from "../../../src/domain/key.js";
import { SourceError } from "../../../src/errors.js";
import { closingKey, walkOrigin, type Direction } from "../../../src/paging/direction.js";
import { MergedView, type HeldSource } from "../../../src/lists/mergedCache/mergedView.js";
import { takePage } from "../../../src/paging/page.js";
import type { Page } from "../../../src/paging/takenPage.js";
import { holds, type Slice } from "../../../src/paging/slice.js";
import { runs } from "../../runs.js";

/** One source: its rows, the instants at which its slices meet, and which of them are at hand at first. */
interface SourceSample {
  readonly starts: readonly number[];
  readonly meets: readonly number[];
  readonly atHand: readonly boolean[];
}

const instant = fc.integer({ min: 0, max: 30 });

const source: fc.Arbitrary<SourceSample> = fc.record({
  starts: fc.array(instant, { maxLength: 12 }),
  meets: fc.uniqueArray(instant, { maxLength: 3 }),
  atHand: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
});

const question = fc.record({
  from: fc.nat(),
  limit: fc.integer({ min: 1, max: 8 }),
  modulus: fc.integer({ min: 1, max: 3 }),
  end: fc.option(instant, { nil: null }),
  lookAhead: fc.boolean(),
  /** Slices that are read before the next question. */
  reads: fc.boolean(),
});

/** A source that can be read here alone, as its model. */
class Held implements HeldSource<Key> {
  readonly slices: Slice<Key>[];

  constructor(
    readonly name: string,
    { starts, meets }: SourceSample,
    readonly atHand: boolean[],
  ) {
    const bounds = [-Infinity, ...[...meets].sort((a, b) => a - b), Infinity];
    const rows = starts.map((startedAt, i) => ({ startedAt, id: `${name}${i}xx` }));
    rows.sort((a, b) => compareKeys(b, a));
    this.slices = bounds.slice(1).map((until, i) => {
      const since = bounds[i] as number;
      const within = rows.filter(({ startedAt }) => startedAt >= since && startedAt < until);
      return { since, until, rows: within, asOf: 0, notices: [], stale: null };
    });
  }

  readonly peek = (at: number): Slice<Key> | null => {
    const index = this.slices.findIndex((slice) => holds(slice, at));
    return this.atHand[index] === true ? (this.slices[index] as Slice<Key>) : null;
  };
}

const merged = (sources: readonly Held[]) =>
  sources.map(({ name, peek }) => ({
    name,
    low: null,
    high: null,
    read: (at: number) => {
      const slice = peek(at);
      if (slice === null) throw new SourceError("CUT", "not at hand");
      return slice;
    },
  }));

const shown = ({ rows, more, end, endsAtRow, stateAfter }: Page<Key>) => ({
  ids: rows.map(({ row, late }) => [row.id, late]),
  states: rows.map((_, index) => stateAfter(index)),
  more,
  end,
  endsAtRow,
});

describe("a merged view", () => {
  test("gives the page that a merge of what is at hand gives, and none where that needs more", async () => {
    let given = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(source, { minLength: 1, maxLength: 5 }),
        fc.array(question, { minLength: 1, maxLength: 6 }),
        fc.constantFrom<Direction>("newestFirst", "oldestFirst"),
        async (samples, questions, direction) => {
          const sources = samples.map((one, i) => new Held(`s${i}`, one, [...one.atHand]));
          const view = new MergedView<Key>(direction, sources, 1_000);
          const keys = sources.flatMap(({ slices }) => slices.flatMap(({ rows }) => rows));
          for (const { from, limit, modulus, end, lookAhead, reads } of questions) {
            // As cursors do, a position names a row by the head of its id.
            const at = keys[from % (keys.length + 1)];
            const { startedAt, id } = at ?? { startedAt: 0, id: "" };
            const position =
              at === undefined
                ? walkOrigin(direction)
                : closingKey(direction, { startedAt, id: id.slice(0, -1) });
            const request = {
              position,
              end: end === null ? null : { startedAt: end, id: "" },
              limit,
              matches: (row: Key) => row.startedAt % modulus === 0,
              lookAhead,
              scanLimit: 100,
            };
            const anew = await takePage({
              ...request,
              direction,
              sources: merged(sources),
              state: { position, debts: [] },
              policy: "each",
            });
            const page = view.page(request);
            const isFromOrigin = at === undefined && end === null;
            if (anew.cuts.length > 0) expect(page).toBeNull();
            // A view begins where the order does: what lies before the page must be at hand as well.
            else if (isFromOrigin) expect(page).not.toBeNull();
            if (page !== null) {
              given += 1;
              expect(shown(page)).toEqual(shown(anew));
              const before = await takePage({
                ...request,
                end: null,
                direction: direction === "newestFirst" ? "oldestFirst" : "newestFirst",
                sources: merged(sources),
                state: { position, debts: [] },
                limit: 1,
                lookAhead: false,
                policy: "each",
              });
              expect(view.hasBetween(null, position, request.matches)).toBe(before.rows.length > 0);
            }
            if (reads) for (const { atHand } of sources) atHand.fill(true);
          }
        },
      ),
      runs(400),
    );
    expect(given).toBeGreaterThan(runs(400).numRuns);
  });

  test("merges no more rows than it is told to", () => {
    const rows = Array.from({ length: 9 }, (_, i) => i);
    const held = new Held("s", { starts: rows, meets: [], atHand: [] }, [true]);
    const view = new MergedView<Key>("newestFirst", [held], 5);
    const ask = (limit: number) =>
      view.page({
        position: walkOrigin("newestFirst"),
        end: null,
        limit,
        matches: () => true,
        lookAhead: true,
        scanLimit: 100,
      });
    expect([ask(4)?.rows.length, ask(4)?.more, ask(5)]).toEqual([4, true, null]);
  });
});
