import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Direction } from "../../../src/paging/direction.js";
import { newListingMemory, newSourceMemory } from "../../../src/listing/read/evidence.js";
import type { SpanRead } from "../../../src/listing/read/layout.js";
import type { ListShape, PageQuestion, PageShape } from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { instantAfter, type Slice } from "../../../src/paging/slice.js";
import {
  change,
  ModelList,
  newWorld,
  startAt,
  type Change,
  type Extent,
  type ModelRow,
} from "../../model/modelList.js";
import { PLAIN, servePage, type Behaviour } from "../../model/modelPages.js";
import { EPOCH } from "../../model/scenarios.js";
import { runs } from "../../runs.js";

const DAY = 86_400_000;
const NOT_IN_ORDER =
  "The vendor's rows are not in the order that it states; its lists are read whole.";
const MAX = 6;

const PAGES: readonly PageShape[] = [
  { style: "offset", offset: "o", limit: "l", max: MAX, aligned: false },
  { style: "offset", offset: "o", limit: "l", max: MAX, aligned: true },
  { style: "token", token: "t", size: "s", max: MAX },
  { style: "token", token: "t", size: "s", max: MAX, keyed: true },
];

/** Changes that leave the stated order as it is: rows come where their start belongs, and rows go. */
const orderly: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant("insert" as const),
    place: fc.constant("sorted" as const),
    start: fc.integer({ min: 0, max: 64 }).map((part) => part / 64),
    lasts: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant("delete" as const),
    place: fc.integer({ min: 0, max: 63 }).map((part) => part / 64),
  }),
);

const sample = fc.record({
  page: fc.constantFrom(...PAGES),
  order: fc.constantFrom("newestFirst" as const, "oldestFirst" as const),
  direction: fc.constantFrom<Direction>("newestFirst", "oldestFirst"),
  cap: fc.constantFrom(null, 4),
  grain: fc.constantFrom(1, 3_600_000),
  starts: fc.array(fc.integer({ min: 0, max: 64 }), { maxLength: 30 }),
  between: fc.array(fc.array(orderly, { maxLength: 2 }), { maxLength: 8 }),
});

type Sample = typeof sample extends fc.Arbitrary<infer T> ? T : never;

const shapeOf = ({ page, order }: Pick<Sample, "page" | "order">): ListShape => ({
  page,
  window: null,
  defaultSize: 2,
  order,
  counts: "rows",
});

const behaviourOf = ({ page, cap }: Pick<Sample, "page" | "cap">): Behaviour => ({
  ...PLAIN,
  cap,
  tokens: page.style === "token" && page.keyed === true ? "place" : "offset",
});

const extentOf = ({ order, grain }: Pick<Sample, "order" | "grain">): Extent => ({
  oldest: EPOCH - 10 * DAY,
  newest: EPOCH - 3_600_000,
  order,
  grain,
});

/** One list and a reader of it, which notes every slice with what happened meanwhile. */
function reader(it: Omit<Sample, "direction">) {
  const extent = extentOf(it);
  const list = new ModelList(newWorld(EPOCH));
  for (const start of it.starts) {
    const startedAt = startAt(extent, start / 64);
    const place = list.placeOf(it.order, startedAt, start / 64);
    list.insert(place, { startedAt, finishedAt: null });
  }
  const changes = [...it.between];
  const broken: string[] = [];
  const [memory, source] = [newListingMemory(), newSourceMemory()];
  const shape = shapeOf(it);
  let calls = 0;
  let began = 0;
  const ask = async (question: PageQuestion) => {
    calls += 1;
    for (const what of changes.shift() ?? []) change(list, extent, what, { stayFrom: began });
    return servePage(list, { shape, behaviour: behaviourOf(it) }, question);
  };
  const read = async (instant: number, direction: Direction): Promise<SpanRead<ModelRow>> => {
    began = list.world.step;
    return readSpan<ModelRow>({
      ask,
      shape,
      memory,
      scanRows: 10_000,
      source,
      instant,
      direction,
      bounds: { lowest: EPOCH - 15 * DAY, newest: EPOCH + DAY },
      groupMs: 0,
      isTooWide: () => false,
      onBroken: (message) => broken.push(message),
    });
  };
  return { list, broken, read, calls: () => calls, began: () => began };
}

const inSpan = ({ since, until }: SpanRead<ModelRow>, { startedAt }: ModelRow): boolean =>
  startedAt >= since && startedAt < until;

describe("a list whose order the vendor states", () => {
  test("shows every row that exists throughout the reading of a slice, once", async () => {
    await fc.assert(
      fc.asyncProperty(sample, async (it) => {
        const { list, read, began, broken } = reader(it);
        let instant: number | null = it.direction === "newestFirst" ? Infinity : -Infinity;
        let slices = 0;
        while (instant !== null) {
          slices += 1;
          expect(slices).toBeLessThan(60);
          const span: SpanRead<ModelRow> = await read(instant, it.direction);
          expect(span.since <= instant && (instant < span.until || span.until === Infinity)).toBe(
            true,
          );
          const shown = new Set(
            span.items.filter((row) => inSpan(span, row)).map(({ key }) => key),
          );
          const lost = list.ever.filter(
            (row) =>
              inSpan(span, row) && row.born <= began() && row.died === null && !shown.has(row.key),
          );
          expect(lost).toEqual([]);
          instant = instantAfter(it.direction, span as unknown as Slice<never>);
        }
        expect(broken).not.toContain(NOT_IN_ORDER);
      }),
      runs(1_500),
    );
  });

  test("costs one call for its newest rows, however long it is", async () => {
    const starts = Array.from({ length: 60 }, (_, index) => index + 1);
    for (const page of PAGES) {
      const it = { page, order: "newestFirst", cap: null, grain: 1, starts, between: [] } as const;
      const { read, calls } = reader({ ...it, starts: [...starts], between: [] });
      const span = await read(Infinity, "newestFirst");
      expect([span.items.length, calls()]).toEqual([MAX, 1]);
      expect(span.since).toBe((span.items.at(-1)?.startedAt ?? 0) + 1);
      const rest = await read(span.since - 1, "newestFirst");
      expect(new Set(rest.items.map(({ key }) => key)).size).toBe(60);
    }
  });

  test("is read whole once its rows break that order, with one warning", async () => {
    const it = {
      page: PAGES[0] as PageShape,
      order: "newestFirst" as const,
      cap: null,
      grain: 1 as const,
      starts: [],
      between: [],
    };
    const { list, read, broken } = reader(it);
    for (const [place, at] of [5, 9, 1, 7, 3, 8, 2, 6, 4].entries())
      list.insert(place, { startedAt: EPOCH - at * 3_600_000, finishedAt: null });
    const span = await read(Infinity, "newestFirst");
    expect([span.items.length, span.since, span.until]).toEqual([9, -Infinity, Infinity]);
    await read(Infinity, "newestFirst");
    expect(broken).toEqual([NOT_IN_ORDER]);
  });
});

describe("a list whose tokens name the last row of a page", () => {
  test("is read in one pass, and loses no row that exists throughout", async () => {
    const keyed = PAGES[3] as PageShape;
    await fc.assert(
      fc.asyncProperty(sample, async (one) => {
        const it = { ...one, page: keyed, cap: null, order: "unknown" as never };
        const { list, read, calls } = reader({ ...it, between: [] });
        const still = await read(Infinity, "newestFirst");
        expect(calls()).toBe(Math.max(1, Math.ceil(list.rows.length / MAX)));
        expect(still.items).toHaveLength(list.rows.length);
        const moving = reader(it);
        const shown = new Set(
          (await moving.read(Infinity, "newestFirst")).items.map(({ key }) => key),
        );
        const lost = moving.list.ever.filter(
          ({ born, died, key }) => born <= moving.began() && died === null && !shown.has(key),
        );
        expect(lost).toEqual([]);
      }),
      runs(500),
    );
  });
});
