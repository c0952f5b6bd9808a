import fc from "fast-check";
import type { ListShape, PageShape, WindowShape } from "../../src/listing/shape.js";
import { filterIn, filters, type FilterScenario } from "./filterScenarios.js";
import {
  ModelEstate,
  PLAIN_LIST,
  type AccountScenario,
  type EstateChange,
  type Failures,
  type ListBehaviour,
} from "./modelEstate.js";
import { UNBOUNDED, type Bounds, type Step, type WalkPlan } from "./walker.js";
import {
  maySizesBeRounded,
  roundedBy,
  rounding,
  type Faults,
  type Rounding,
} from "./modelFaults.js";
import type { Behaviour } from "./modelPages.js";
import type { Change, Extent, RowOrder } from "./modelList.js";
import { runs } from "../runs.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A moment from which model worlds count. */
export const EPOCH = Date.UTC(2026, 10, 1);

/** The walks of one property: a share of 2,000 in `npm test`, the smaller the longer one walk takes. */
export const walks = (share: number): { numRuns: number } => runs(2_000 * share);

/** How long a property may take on a machine that does much else; nothing waits for it. */
export const PATIENCE_MS = 600_000;

/** A vendor's list: how it is declared, how it behaves, and the extent of its rows. */
export interface ListScenario {
  readonly shape: ListShape;
  readonly behaviour: Behaviour;
  readonly extent: Extent;
  /** Starts and durations of the rows that are there at first. */
  readonly rows: readonly { readonly start: number; readonly lasts: number | null }[];
}

/** Parts of a whole, spread evenly, with more at both ends. */
const fraction = fc
  .integer({ min: -4, max: 68 })
  .map((part) => Math.min(64, Math.max(0, part)) / 64);

/** The most rows that a vendor's silent cap may allow. */
const MOST_CAP = 20;

const totals = fc.oneof(
  fc.constant({ kind: "exact" as const }),
  fc.constant({ kind: "absent" as const }),
  fc.record({ kind: fc.constant("stale" as const), changes: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("wrong" as const), by: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant("wrong" as const), by: fc.integer({ min: -8, max: -1 }) }),
);

/** Whether a vendor's count may be less than its rows. */
const countsTooFew = (totals: Behaviour["totals"]): boolean =>
  totals.kind === "stale" || (totals.kind === "wrong" && totals.by < 0);

/** The page shapes, with the sizes that their vendors take. */
const pageShape = (max: number): fc.Arbitrary<PageShape> =>
  fc.constantFrom<PageShape>(
    { style: "offset", offset: "o", limit: "l", max, aligned: false },
    { style: "offset", offset: "o", limit: "l", max, aligned: true },
    { style: "pageNumber", page: "p", size: "s", max },
    { style: "pageNumber", page: "p", size: "s", max, sizes: sizesUpTo(max) },
    { style: "token", token: "t", size: "s", max },
  );

/** A few legal sizes, as a vendor has them that does not take any. */
const sizesUpTo = (max: number): number[] => [
  ...new Set([Math.max(2, Math.floor(max / 3)), Math.max(2, Math.floor(max / 2)), max]),
];

/**
 * Whether pages can be asked for so that each holds a row of the one before: by row offsets, or where no
 * place of a model list is an edge of pages of every legal size.
 */
export function canOverlap({ shape: { page }, behaviour }: ListScenario): boolean {
  const { cap, copies, copiesApart } = behaviour;
  // A key that appears again elsewhere does not identify a place.
  if (page.style === "token" || (copies > 1 && copiesApart)) return false;
  if (page.style === "offset" && !page.aligned) return true;
  const most = Math.min(page.max, cap ?? page.max);
  const sizes = page.sizes ?? Array.from({ length: most }, (_, index) => index + 1);
  const edges = Array.from({ length: MOST_PLACES }, (_, index) => index + 1);
  return !edges.some((edge) => sizes.every((size) => size > most || edge % size === 0));
}

/** No model list has more places. */
const MOST_PLACES = 200;

/** How long rows of a model may last at most. */
export const LONGEST = 2 * HOUR;

const windowShape: fc.Arbitrary<{
  readonly declared: WindowShape;
  readonly selects: Behaviour["windowSelects"];
  readonly spanMs: number | null;
}> = fc
  .record({
    precisionMs: fc.constantFrom(1000, MINUTE),
    mandatory: fc.boolean(),
    isKnown: fc.boolean(),
    selects: fc.constantFrom("start" as const, "end" as const),
    span: fc.constantFrom("none", "declared", "found out"),
    spanMs: fc.constantFrom(2 * DAY, 20 * DAY),
  })
  .map(({ precisionMs, mandatory, isKnown, selects, span, spanMs }) => ({
    declared: {
      since: "since",
      until: "until",
      precisionMs,
      mandatory,
      selects: isKnown ? selects : ("unknown" as const),
      longestMs: isKnown && selects === "start" ? 0 : LONGEST,
      maxSpanMs: span === "declared" ? spanMs : null,
    },
    selects,
    spanMs: span === "none" ? null : spanMs,
  }));

const extent: fc.Arbitrary<Extent> = fc.record({
  oldest: fc.constantFrom(EPOCH - 3 * DAY, EPOCH - 10 * DAY, EPOCH - 6 * HOUR),
  // The vendor's clock may be ahead of ours.
  newest: fc.constantFrom(EPOCH - HOUR, EPOCH, EPOCH + 7 * MINUTE),
  order: fc.constantFrom<RowOrder>("newestFirst", "oldestFirst", "shuffled"),
  grain: fc.constantFrom(1, 1000, 20 * MINUTE, 6 * HOUR),
});

const lasts = fc.option(fc.integer({ min: 0, max: LONGEST }), { nil: null });

/** A list of one vendor, of up to so many rows. */
export const listScenario = (most: number): fc.Arbitrary<ListScenario> =>
  fc
    .record({
      max: fc.integer({ min: 3, max: 12 }),
      least: fc.integer({ min: 2, max: 6 }),
      cap: fc.option(fc.integer({ min: 1, max: MOST_CAP })),
      sizes: fc.option(rounding, { freq: 2 }),
      totals,
      copies: fc.constantFrom(1, 1, 1, 2, 3),
      bounds: fc.constantFrom("inclusive" as const, "exclusive" as const),
      rounds: fc.constantFrom("not" as const, "down" as const, "up" as const),
      areApart: fc.boolean(),
      tokens: fc.constantFrom("offset" as const, "place" as const),
      window: fc.option(windowShape, { freq: 2 }),
      extent,
      rows: fc.array(fc.record({ start: fraction, lasts }), { maxLength: most }),
    })
    .chain((parts) => fc.record({ parts: fc.constant(parts), page: pageShape(parts.max) }))
    .map(({ parts, page }) => {
      const { max, window } = parts;
      // Where only some sizes are legal, the default is one of them.
      const isPicky = page.style !== "token" && page.sizes !== undefined;
      const defaultSize = isPicky
        ? Math.max(2, Math.floor(max / 3))
        : Math.min(parts.least, max - 1);
      const rounds = maySizesBeRounded(page) ? parts.sizes : null;
      const pageRows = rowsOf(rounds, Math.min(max, parts.cap ?? max), max);
      const isCap = pageRows < max;
      // A count that equals a page of such a length is believed: `docs/paging.md` says so.
      const isBelieved = isCap && !isRound(pageRows) && countsTooFew(parts.totals);
      const totals = isBelieved ? { kind: "exact" as const } : parts.totals;
      return {
        shape: {
          page,
          window: window?.declared ?? null,
          defaultSize,
          order: "unknown",
          counts: countsOf(totals.kind, page, parts),
        } as ListShape,
        behaviour: {
          cap: isCap ? pageRows : null,
          rounds,
          totals,
          // The same row again and again leaves no room on a small page.
          copies: parts.copies < pageRows ? parts.copies : 1,
          // A page shows that they are apart, and a token that names a row identifies one place.
          copiesApart: parts.areApart && parts.tokens === "offset" && pageRows >= 4,
          windowSelects: window?.selects ?? "start",
          windowBounds: parts.bounds,
          windowRounds: parts.rounds,
          windowSpanMs: window?.spanMs ?? null,
          tokens: parts.tokens,
        },
        extent: parts.extent,
        rows: parts.rows,
      };
    });

/** The most rows of a page: a limit is one of the sizes to which others are rounded. */
const rowsOf = (rounds: Rounding | null, limit: number, max: number): number =>
  rounds === null || (rounds.way === "up" && limit === max)
    ? limit
    : Math.min(max, roundedBy({ ...rounds, way: "down" }, limit));

/** Whether a cap of that size is suspected although the vendor's count agrees with the page. */
export const isRound = (rows: number): boolean => rows % 5 === 0 || [8, 16].includes(rows);

/** A list that shows a row once for each shard may count shards, and some counts are wrong. */
function countsOf(
  totals: Behaviour["totals"]["kind"],
  { style }: PageShape,
  { copies, areApart }: { readonly copies: number; readonly areApart: boolean },
): ListShape["counts"] {
  // A token that names a row passes over its other copies, which are counted.
  if (!["exact", "absent"].includes(totals) || (style === "token" && copies > 1)) return "other";
  return copies === 1 && !areApart ? "rows" : "backups";
}

/** A row that was shown goes, and at times one comes behind it: the rows behind it move up. */
export const rowsMove: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("shift" as const), place: fraction, start: fraction }),
  fc.record({ kind: fc.constant("forget" as const), place: fraction }),
);

/** A change of a list. */
export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("shift" as const), place: fraction, start: fraction }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("insert" as const),
      place: fc.oneof(fc.constant("sorted" as const), fraction),
      start: fraction,
      lasts,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), place: fraction }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("unshift" as const),
      place: fraction,
      start: fraction,
    }),
  },
);

const list = (most: number): fc.Arbitrary<ListBehaviour> =>
  listScenario(most).map(({ shape, behaviour }) => ({ shape, behaviour }));

/** A list without a window, as instance lists are. */
const plainList: fc.Arbitrary<ListBehaviour> = list(0).map(({ shape, behaviour }) => ({
  shape: { ...shape, window: null },
  behaviour,
}));

/** A window that a vendor limits, of a list whose beginning is not known, takes years of questions. */
const isEndless = ({ shape, behaviour }: ListBehaviour): boolean =>
  shape.window?.mandatory === true && behaviour.windowSpanMs !== null;

/** Stands for the age of an instance whose first backup began, by another clock, before itself. */
const JUST = -1;

const ageOf = ({ oldest }: Extent): number => EPOCH - oldest - 5 * MINUTE;

const someAccount: fc.Arbitrary<AccountScenario> = fc.record({
  own: list(0),
  wide: fc
    .option(list(0), { freq: 2 })
    .map((wide) => (wide === null || isEndless(wide) ? null : wide)),
  refusesWide: fc.constantFrom(false, false, false, true),
  sharded: fc.constantFrom(false, false, true),
  tagsByCall: fc.boolean(),
  instanceList: fc.oneof(fc.constant(PLAIN_LIST), plainList),
  extent,
  regions: fc.constantFrom(1, 1, 2),
  instances: fc.array(
    fc.record({
      region: fc.nat(1),
      ageMs: fc.constantFrom(null, JUST, 20 * DAY),
      listed: fc.constantFrom(true, true, true, false),
      shards: fc.constantFrom(1, 2, 3),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  rows: fc.array(fc.record({ instance: fc.nat(3), start: fraction, lasts }), { maxLength: 16 }),
});

const account = someAccount.map((scenario) => ({
  ...scenario,
  // No vendor that lists shards has a list of a whole region.
  wide: scenario.sharded ? null : scenario.wide,
  instances: scenario.instances.map((instance) => {
    const ageMs = instance.ageMs ?? (isEndless(scenario.own) ? 11 * DAY : null);
    return { ...instance, ageMs: ageMs === JUST ? ageOf(scenario.extent) : ageMs };
  }),
}));

/** A few accounts and what they hold. */
export const accounts: fc.Arbitrary<AccountScenario[]> = fc.array(account, {
  minLength: 1,
  maxLength: 3,
});

const place = fc.nat(5);

/** A change somewhere in an estate's lists of backups. */
export const backupChange: fc.Arbitrary<EstateChange> = fc.record({
  place,
  instance: place,
  what: anyChange,
});

/** The same, or an instance comes or goes. */
export const estateChange: fc.Arbitrary<EstateChange> = fc.oneof(
  { weight: 8, arbitrary: backupChange },
  {
    weight: 1,
    arbitrary: fc.record({
      place,
      instance: place,
      what: fc.constantFrom(
        "create instance" as const,
        "delete instance" as const,
        "turn wide" as const,
      ),
    }),
  },
);

/** What comes while nobody looks: new instances among it, and their first backups. */
export const arrivals: fc.Arbitrary<EstateChange[]> = fc.array(
  fc.oneof(
    estateChange,
    fc.record({ place, instance: place, what: fc.constant("create instance" as const) }),
    backupChange,
  ),
  { maxLength: 8 },
);

/** Steps of a client that changes its mind about sizes. */
export const steps = (
  change: fc.Arbitrary<EstateChange>,
  bounds: fc.Arbitrary<Bounds> = fc.constant(UNBOUNDED),
): fc.Arbitrary<Step[]> =>
  fc
    .array(
      fc.record({
        size: fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: 1, max: 9 }) },
          { weight: 1, arbitrary: fc.constant(0) },
        ),
        takes: fc.oneof(fc.constant(1), fraction),
        waitMs: fc.constantFrom(0, 0, 0, 1000, 25_000, 100_000, HOUR + MINUTE),
        changes: fc.array(change, { maxLength: 2 }),
        bounds,
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map(([first, ...rest]) => [{ ...(first as Step), size: first?.size || 1 }, ...rest]);

const UNBOUNDED_PARTS = {
  vendorCalls: fc.constant(UNBOUNDED.vendorCalls),
  deadlineMs: fc.constant(UNBOUNDED.deadlineMs),
  scanRows: fc.constant(UNBOUNDED.scanRows),
};

/** Operations too short to ask every source once, or to pass over what does not match. */
export const narrowBounds: fc.Arbitrary<Bounds> = fc.oneof(
  fc.record({ ...UNBOUNDED_PARTS, vendorCalls: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ ...UNBOUNDED_PARTS, deadlineMs: fc.integer({ min: 10, max: 60 }) }),
  fc.record({ ...UNBOUNDED_PARTS, scanRows: fc.integer({ min: 0, max: 4 }) }),
);

/** Failures that may pass. What a vendor refuses is not owed. */
const kinds = fc.constantFrom(
  "UNAVAILABLE" as const,
  "TIMEOUT" as const,
  "THROTTLED" as const,
  "BAD_RESPONSE" as const,
  "UNAUTHENTICATED" as const,
  "TOKEN" as const,
);

/** For each list, which of its first calls fail. */
export const failures: fc.Arbitrary<Failures> = fc.array(
  fc.array(fc.option(kinds, { freq: 2 }), { maxLength: 8 }),
  { minLength: 1, maxLength: 8 },
);

/** What changes before each call. */
export const changes = (most: number): fc.Arbitrary<EstateChange[][]> =>
  fc.array(fc.array(estateChange, { maxLength: most }), { maxLength: 10 });

/** The estate of a sample, with what changes and fails in it while it is read. */
export function estateOf(sample: {
  readonly accounts: readonly AccountScenario[];
  readonly changes: readonly EstateChange[][];
  readonly failures?: Failures;
  readonly faults?: Faults;
}): ModelEstate {
  const estate = new ModelEstate(sample.accounts, EPOCH);
  estate.script.changes = [...sample.changes];
  estate.script.failures = sample.failures ?? [];
  estate.script.faults = sample.faults ?? [];
  return estate;
}

/** A list and the way through it; `wayIn` makes its filter. */
export interface PlanScenario extends Omit<WalkPlan, "filter"> {
  readonly filter: FilterScenario | null;
}

export const plan = (steps: fc.Arbitrary<Step[]>): fc.Arbitrary<PlanScenario> =>
  fc.record({
    order: fc.constantFrom("STARTED_AT_DESC" as const, "STARTED_AT_ASC" as const),
    backwards: fc.boolean(),
    filter: filters,
    steps,
  });

/** The walk of a plan over an estate. */
export const wayIn = (estate: ModelEstate, { filter, ...way }: PlanScenario): WalkPlan => ({
  ...way,
  filter: filterIn(estate, filter),
});
