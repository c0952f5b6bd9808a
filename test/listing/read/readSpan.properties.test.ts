import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../../src/errors.js";
import type { Direction } from "../../../src/paging/direction.js";
import { newListingMemory, newSourceMemory } from "../../../src/listing/read/evidence.js";
import type { SpanRead } from "../../../src/listing/read/layout.js";
import type { PageQuestion } from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { instantAfter, type Slice } from "../../../src/paging/slice.js";
import {
  change,
  ModelList,
  newWorld,
  startAt,
  type Change,
  type ModelRow,
} from "../../model/modelList.js";
import { servePage, TOO_WIDE } from "../../model/modelPages.js";
import {
  anyChange,
  canOverlap,
  EPOCH,
  listScenario,
  rowsMove,
  type ListScenario,
} from "../../model/scenarios.js";
import { runs } from "../../runs.js";

const DAY = 86_400_000;

/** What happens between two calls: often nothing, and at times a great deal at once. */
const between = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Change[]>([]) },
    { weight: 3, arbitrary: fc.array(anyChange, { minLength: 1, maxLength: 2 }) },
    { weight: 2, arbitrary: fc.array(rowsMove, { minLength: 2, maxLength: 5 }) },
  ),
  { maxLength: 12 },
);

/**
 * A list whose vendor says that its count counts rows, whether that is true or not. A count that was
 * right once and lags later is believed, so there is none here.
 */
const counting = ({ shape, behaviour, ...rest }: ListScenario): ListScenario => {
  const isBelieved = behaviour.copies === 1 && behaviour.totals.kind !== "stale";
  return { ...rest, shape: { ...shape, counts: isBelieved ? "rows" : "other" }, behaviour };
};

const reading = fc.record({
  scenario: listScenario(40).map(counting),
  direction: fc.constantFrom<Direction>("newestFirst", "oldestFirst"),
  between,
});

/** Fills a list with a scenario's rows. */
function listOf({ extent, rows }: ListScenario): ModelList {
  const list = new ModelList(newWorld(EPOCH));
  for (const { start, lasts } of rows) {
    const startedAt = startAt(extent, start);
    const finishedAt = lasts === null ? null : startedAt + lasts;
    list.insert(list.placeOf(extent.order, startedAt, start), { startedAt, finishedAt });
  }
  return list;
}

interface Reading {
  readonly read: SpanRead<ModelRow>;
  readonly instant: number;
  readonly began: number;
  readonly ended: number;
}

/** Reads a list slice by slice, as a walk through all of it would. */
async function readWhole(
  {
    scenario,
    direction,
    between,
  }: { scenario: ListScenario; direction: Direction; between: Change[][] },
  list: ModelList,
): Promise<Reading[]> {
  const { shape, extent } = scenario;
  const changes = [...between];
  const memory = newListingMemory();
  const source = newSourceMemory();
  const slices: Reading[] = [];
  // Where pages cannot overlap, rows that come and go within one reading may deceive it.
  const overlaps = canOverlap(scenario);
  let began = 0;
  let calls = 0;
  const ask = async (question: PageQuestion) => {
    calls += 1;
    expect(calls).toBeLessThan(3_000);
    for (const what of changes.shift() ?? [])
      change(list, extent, what, { stayFrom: overlaps ? Infinity : began });
    return servePage(list, scenario, question);
  };
  let instant: number | null =
    direction === "newestFirst" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  while (instant !== null) {
    began = list.world.step;
    const left = changes.length;
    try {
      const read: SpanRead<ModelRow> = await readSpan<ModelRow>({
        ask,
        shape,
        memory,
        scanRows: 10_000,
        source,
        instant,
        direction,
        bounds: { lowest: EPOCH - 15 * DAY, newest: EPOCH + DAY },
        groupMs: 0,
        isTooWide: (error) => error instanceof SourceError && error.details.code === TOO_WIDE,
      });
      slices.push({ read, instant, began, ended: list.world.step });
      instant = instantAfter(direction, read as unknown as Slice<never>);
    } catch (error) {
      // A list that moves too fast is a failed source, and is asked again.
      if (!(error instanceof SourceError) || changes.length === left) throw error;
    }
  }
  return slices;
}

const within = ({ since, until }: SpanRead<ModelRow>, { startedAt }: ModelRow): boolean =>
  startedAt >= since && startedAt < until;

describe("reading a list slice by slice", () => {
  test("shows every row that exists throughout the reading of a slice, once", async () => {
    await fc.assert(
      fc.asyncProperty(reading, async (sample) => {
        const list = listOf(sample.scenario);
        for (const { read, began, ended } of await readWhole(sample, list)) {
          const shown = new Set(
            read.items.filter((row) => within(read, row)).map(({ key }) => key),
          );
          const lost = list.ever.filter(
            (row) =>
              within(read, row) &&
              row.born <= began &&
              (row.died === null || row.died > ended) &&
              !shown.has(row.key),
          );
          expect(lost).toEqual([]);
        }
      }),
      runs(1_000),
    );
  });

  test("shows exactly the rows of a list that does not change", async () => {
    await fc.assert(
      fc.asyncProperty(reading, async (sample) => {
        const list = listOf(sample.scenario);
        const slices = await readWhole({ ...sample, between: [] }, list);
        const shown = slices.flatMap(({ read, instant }) => {
          // A slice may be wider than what a walk still asks for.
          const ahead = ({ startedAt }: ModelRow) =>
            sample.direction === "newestFirst" ? startedAt <= instant : startedAt >= instant;
          const own = read.items.filter((row) => within(read, row) && ahead(row));
          return [...new Set(own.map(({ key }) => key))];
        });
        expect(shown.sort()).toEqual(list.rows.map(({ key }) => key).sort());
        const codes = new Set(slices.flatMap(({ read }) => read.notices.map(({ code }) => code)));
        const { behaviour } = sample.scenario;
        const { copies, totals } = behaviour;
        const isShort = copies === 1 && totals.kind === "wrong" && totals.by > 0;
        expect([...codes]).toEqual(isShort ? ["SHORT"] : []);
      }),
      runs(300),
    );
  });
});
