import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MappedBackup } from "../../../src/domain/backup.js";
import { askPage, type ListItem } from "../../../src/listing/askPage.js";
import type { CallVendor } from "../../../src/listing/callVendor.js";
import type { BackupListing, Params } from "../../../src/listing/declaration.js";
import { CallLog } from "../../../src/listing/operation.js";
import { newListingMemory, newSourceMemory } from "../../../src/listing/read/evidence.js";
import type { SpanRead } from "../../../src/listing/read/layout.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { runs } from "../../runs.js";

const MAX = 4;
const NOON = Date.UTC(2026, 10, 1, 12);

/** A list in parts, each in the order of its starts, whose pages begin behind a start. */
class Parts {
  calls = 0;
  /** Starts that were listed when the reading began and still are. */
  readonly steady: Set<number>;

  constructor(
    readonly parts: readonly Set<number>[],
    private readonly changes: { part: number; start: number; isNew: boolean }[],
  ) {
    this.steady = new Set(parts.flatMap((starts) => [...starts]));
  }

  readonly call: CallVendor = async ({ params }) => {
    this.calls += 1;
    this.change();
    const { part, after = null, since = null, until = null, size } = params;
    const low = Math.max(Number(after ?? -Infinity), Number(since ?? -Infinity));
    const behind = [...(this.parts[Number(part)] ?? [])]
      .sort((a, b) => a - b)
      .filter((at) => at > low);
    const shown = behind.slice(0, Number(size));
    const end = Number(until ?? Infinity);
    const isLast = behind.length === shown.length || Number(shown.at(-1)) > end;
    return {
      rows: shown.filter((at) => at <= end).map((at) => ({ part, at })),
      next: isLast ? null : String(shown.at(-1)),
    };
  };

  private change(): void {
    const change = this.changes.shift();
    if (change === undefined) return;
    const starts = this.parts[change.part % this.parts.length];
    if (change.isNew) starts?.add(change.start);
    else {
      starts?.delete(change.start);
      this.steady.delete(change.start);
    }
  }
}

/** `part` in a start keeps those of the parts apart. */
const listingOf = (parts: number, isWindowed: boolean): BackupListing => ({
  name: "list",
  action: "List",
  scope: "region",
  shape: {
    page: { style: "token", token: "after", size: "size", max: MAX, keyed: true },
    window: isWindowed
      ? {
          since: "since",
          until: "until",
          precisionMs: 1,
          mandatory: false,
          open: true,
          selects: "start",
          longestMs: 0,
          maxSpanMs: null,
        }
      : null,
    defaultSize: MAX,
    order: "unknown",
    counts: "none",
  },
  refusedBy: [],
  words: {},
  sizes: "none",
  params: () => ({}),
  parts: () => Array.from({ length: parts }, (_, part): Params => ({ part })),
  formatInstant: String,
  rows: ({ rows }) => rows as readonly unknown[],
  total: () => null,
  nextToken: ({ next }) => next as string | null,
  keyOf: ({ part, at }) => `${String(part)} ${String(at)}`,
  map: ({ at }) => ({ startedAt: at, finishedAt: at }) as MappedBackup,
  withoutLinks: (row) => row,
});

const operation = {
  signal: new AbortController().signal,
  deadline: Number.POSITIVE_INFINITY,
  calls: new CallLog(),
  budget: { left: Number.POSITIVE_INFINITY },
};

/** Reads the whole list, slice by slice. */
async function walk(world: Parts, isWindowed: boolean, direction: "newestFirst" | "oldestFirst") {
  const listing = listingOf(world.parts.length, isWindowed);
  const context = {
    listing,
    scope: { region: null, instance: null },
    memory: newListingMemory(),
    call: world.call,
    scanRows: 1_000,
  };
  const [memory, source] = [newListingMemory(), newSourceMemory()];
  const slices: SpanRead<ListItem<MappedBackup>>[] = [];
  let instant = direction === "newestFirst" ? Infinity : -Infinity;
  for (;;) {
    const read = await readSpan<ListItem<MappedBackup>>({
      ask: (question) => askPage(context, question, operation),
      shape: listing.shape,
      memory,
      source,
      instant,
      direction,
      scanRows: 1_000,
      bounds: { lowest: NOON - 1_000, newest: NOON + 1_000 },
      groupMs: 0,
      isTooWide: () => false,
    });
    // A slice may hold what the walk has passed.
    slices.push(
      direction === "newestFirst"
        ? { ...read, until: Math.min(read.until, instant + 1) }
        : { ...read, since: Math.max(read.since, instant) },
    );
    const end = direction === "newestFirst" ? read.since : read.until;
    if (!Number.isFinite(end)) return slices;
    instant = direction === "newestFirst" ? end - 1 : end;
  }
}

const startsOf = (slices: readonly SpanRead<ListItem<MappedBackup>>[]): (number | null)[] =>
  slices.flatMap(({ items, since, until }) => {
    const inside = items.filter(({ startedAt: at }) => Number(at) >= since && Number(at) < until);
    return [...new Map(inside.map((item) => [item.key, item])).values()].map(
      ({ startedAt }) => startedAt,
    );
  });

/** Some lie outside the bounds: long before them, and in the future. */
const start = fc.integer({ min: -60, max: 60 }).map((at) => NOON + at * 40);
const worlds = fc.record({
  parts: fc.array(fc.uniqueArray(start, { maxLength: 14 }), { minLength: 1, maxLength: 4 }),
  changes: fc.array(fc.record({ part: fc.nat(3), start, isNew: fc.boolean() }), { maxLength: 12 }),
  isWindowed: fc.boolean(),
  direction: fc.constantFrom("newestFirst" as const, "oldestFirst" as const),
});

describe("a list in parts", () => {
  test("gives each row that stays exactly once, whatever comes and goes", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ parts, changes, isWindowed, direction }) => {
        // No two parts have a row of the same start, so that a start names a row.
        const apart = parts.map((starts, part) => new Set(starts.map((at) => at + part)));
        const world = new Parts(
          apart,
          changes.map((change) => ({
            ...change,
            start: change.start + (change.part % parts.length),
          })),
        );
        const seen = startsOf(await walk(world, isWindowed, direction));
        expect(new Set(seen).size).toBe(seen.length);
        for (const at of world.steady) expect(seen).toContain(at);
      }),
      runs(400),
    );
  });

  test.each([true, false])(
    "takes one call a part if each fits a page, with windows: %s",
    async (isWindowed) => {
      const world = new Parts([new Set([NOON]), new Set(), new Set([NOON - 1, NOON - 2])], []);
      expect(startsOf(await walk(world, isWindowed, "newestFirst"))).toHaveLength(3);
      expect(world.calls).toBe(3);
    },
  );

  test("may have many parts without a row", async () => {
    const world = new Parts(
      Array.from({ length: 40 }, (_, part) => new Set(part === 39 ? [NOON] : [])),
      [],
    );
    expect(startsOf(await walk(world, false, "newestFirst"))).toEqual([NOON]);
    expect(world.calls).toBe(40);
  });
});
