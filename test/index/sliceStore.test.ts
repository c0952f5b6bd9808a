import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../../src/domain/id.js";
import { SourceError } from "../../src/errors.js";
import {
  CLOCK_MARGIN_MS,
  type EngineSettings,
  freshnessOf,
  SliceMemory,
  SliceStore,
} from "../../src/index/sliceStore.js";
import type { Slice } from "../../src/paging/slice.js";

/** A slice of a whole list: one row an instant, newest first. */
const wholeSlice = (rows: number, asOf = 0): Slice<Key> => ({
  since: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
  rows: Array.from({ length: rows }, (_, i) => ({ startedAt: rows - i, id: `${i}` })),
  asOf,
  notices: [],
  stale: null,
});

const newest = (store: SliceStore<Key>) => store.at(Number.POSITIVE_INFINITY, 0);

describe("when memory is full", () => {
  test("the source that was used least recently loses its oldest rows, and keeps its newest", () => {
    const memory = new SliceMemory(2_500);
    const [idle, used, added] = [0, 1, 2].map(() => new SliceStore<Key>(memory)) as [
      SliceStore<Key>,
      SliceStore<Key>,
      SliceStore<Key>,
    ];
    idle.put(wholeSlice(1_000));
    used.put(wholeSlice(1_000));
    newest(used);
    newest(idle);
    newest(used);
    added.put(wholeSlice(600));
    expect(newest(used)?.rows).toHaveLength(1_000);
    expect(newest(added)?.rows).toHaveLength(600);
    expect(newest(idle)?.rows.map(({ startedAt }) => startedAt)).toEqual(
      Array.from({ length: 500 }, (_, i) => 1_000 - i),
    );
    expect(idle.at(501, 0)).not.toBeNull();
    expect(idle.at(500, 0), "what was given up is not known to be empty").toBeNull();
  });

  test("a slice larger than memory keeps its newest rows", () => {
    const memory = new SliceMemory(300);
    const store = new SliceStore<Key>(memory);
    store.put(wholeSlice(1_000));
    expect(newest(store)?.rows[0]?.startedAt).toBe(1_000);
    expect(memory.size).toBeLessThanOrEqual(300);
  });

  test("rows of one start are given up together", () => {
    const memory = new SliceMemory(250);
    const store = new SliceStore<Key>(memory);
    const rows = Array.from({ length: 400 }, (_, i) => ({ startedAt: 7, id: `${i}` }));
    store.put({ ...wholeSlice(0), rows });
    expect([newest(store), memory.size]).toEqual([null, 0]);
  });
});

test("old slices that were read within ten seconds end at the same instant", () => {
  const READ_AT = 1_800_000_000_000;
  const error = new SourceError("TIMEOUT", "It hangs.");
  const from = { instant: Number.POSITIVE_INFINITY, direction: "newestFirst" } as const;
  const ends = [0, 1, 9_999, 10_000].map((ms) => {
    const store = new SliceStore<Key>(new SliceMemory(100));
    store.put(wholeSlice(3, READ_AT + ms));
    return store.staleAt(from, 0, error, CLOCK_MARGIN_MS)?.until;
  });
  const [first] = ends as [number];
  expect(ends).toEqual([first, first, first, first + 10_000]);
  expect(first).toBeLessThanOrEqual(READ_AT);
});

test("memory holds no more rows than allowed, every slice is whole, and watchers are called when one is gone", () => {
  const puts = fc.array(fc.record({ source: fc.nat(5), rows: fc.nat(400), use: fc.nat(5) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(puts, fc.integer({ min: 1, max: 1_500 }), (script, limit) => {
      const memory = new SliceMemory(limit);
      const stores = Array.from({ length: 6 }, () => new SliceStore<Key>(memory));
      const lengths = new Map<SliceStore<Key>, number>();
      const watched = new Set<Slice<Key>>();
      script.forEach(({ source, rows, use }, at) => {
        const store = stores[source] as SliceStore<Key>;
        store.put(wholeSlice(rows, at));
        lengths.set(store, rows);
        newest(stores[use] as SliceStore<Key>);
        expect(memory.size).toBeLessThanOrEqual(Math.max(limit, 0));
        for (const each of stores) {
          const slice = newest(each);
          if (slice === null) continue;
          const total = lengths.get(each) as number;
          const expected = Array.from({ length: total }, (_, i) => total - i);
          const inside = expected.filter((start) => start >= slice.since);
          expect(slice.rows.map(({ startedAt }) => startedAt)).toEqual(inside);
          if (memory.watch(slice, { gone: (gone) => void watched.delete(gone) }))
            watched.add(slice);
        }
        const held = stores.flatMap((each) => newest(each) ?? []);
        expect(memory.size).toBe(held.reduce((sum, slice) => sum + slice.rows.length + 8, 0));
        for (const slice of watched) expect(held).toContain(slice);
      });
    }),
    { numRuns: 100 },
  );
});

const of = (ttlMs: number): EngineSettings => ({
  ttlMs,
  staleIfErrorMs: 0,
  scanRows: 1,
  cacheRows: 1,
});

const time = fc.integer({ min: 0, max: 100_000 });

test("no data is fresh for a walk that was read more than ttl before the walk began", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), time, time, (ttlMs, start, later) => {
      expect(freshnessOf(of(ttlMs), start, start + later).notBefore).toBe(start - ttlMs);
    }),
  );
});

test("data that was read within ttl is fresh for a walk that begins later than the operation", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), time, time, (ttlMs, now, later) => {
      expect(freshnessOf(of(ttlMs), now + later, now).notBefore).toBe(now - ttlMs);
    }),
  );
});

test("without a cache, only data that the operation itself read is fresh", () => {
  expect(freshnessOf(of(0), 5, 70).notBefore).toBe(70);
});
