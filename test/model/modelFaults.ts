import fc from "fast-check";
import type { ListShape, PageShape } from "../../src/listing/shape.js";
import type { ModelRow } from "./modelList.js";
import type { Behaviour } from "./modelPages.js";

/** What a vendor does wrong to the pages of a list. */
export type PageFault =
  /** Rows whose number modulo `MODULUS` is among these are taken out after the page was cut. */
  | { readonly kind: "hides"; readonly which: readonly number[] }
  /** A page has no rows, and a token as if it had them. */
  | { readonly kind: "empties" }
  /** Pages beyond the end repeat the last page, and its token is its own. */
  | { readonly kind: "repeats" }
  /** No page has more rows. */
  | { readonly kind: "caps"; readonly most: number }
  /** Pages have the requested size, rounded. */
  | ({ readonly kind: "rounds" } & Rounding)
  /** The count is so much more, or less if negative, than the rows, if there are any: else it seems to ignore the window. */
  | { readonly kind: "counts"; readonly more: number };

/** Page sizes become the multiple of a unit below them, at least one unit, or that above them. */
export interface Rounding {
  readonly unit: number;
  readonly way: "down" | "up";
}

/** A fault of one list, which begins with its call number `from` and ends `calls` later. */
export interface PassingFault {
  readonly fault: PageFault;
  readonly from: number;
  readonly calls: number;
}

/** The faults of an estate's lists: for each list, in the order in which lists are first asked, and again. */
export type Faults = readonly (readonly PassingFault[])[];

/** The faults that a list shows in its call of that number. */
export const faultsAt = (faults: readonly PassingFault[], call: number): PageFault[] =>
  faults.flatMap(({ fault, from, calls }) => (call >= from && call < from + calls ? [fault] : []));

const MODULUS = 5;

/** Whether a page lacks a row: all rows of a set of shards are hidden together. */
export function isHidden(faults: readonly PageFault[], { key, facts }: ModelRow): boolean {
  const number = Number(facts["slot"] ?? key.slice(1)) % MODULUS;
  return faults.some(
    (fault) => fault.kind === "empties" || (fault.kind === "hides" && fault.which.includes(number)),
  );
}

/** Whether the vendor's count is right and compared, so that it shows what pages lack. */
export const isCompared = ({ counts }: ListShape, { totals }: Pick<Behaviour, "totals">): boolean =>
  totals.kind === "exact" && (counts === "rows" || counts === "backups");

/** The most rows of a page: a page has room for the copies of a row, and shows whether they stand apart. */
export function cappedBy(
  faults: readonly PageFault[],
  { copies, copiesApart }: Pick<Behaviour, "copies" | "copiesApart">,
): number {
  const least = copies === 1 ? 1 : copiesApart ? 4 : copies + 1;
  const caps = faults.map((fault) => (fault.kind === "caps" ? fault.most : Infinity));
  return Math.max(least, Math.min(...caps, Infinity));
}

/** The size of a page of the requested size. */
export function roundedSize(
  page: PageShape,
  size: number,
  own: Rounding | null,
  faults: readonly PageFault[],
): number {
  if (!maySizesBeRounded(page)) return size;
  const all = [own ?? [], faults.filter((fault) => fault.kind === "rounds")].flat();
  return all.reduce((rounded, rounding) => Math.min(page.max, roundedBy(rounding, rounded)), size);
}

/** A vendor takes the sizes that its documents list as they are. */
export const maySizesBeRounded = (page: PageShape): boolean =>
  page.style === "token" || page.sizes === undefined;

export const roundedBy = ({ unit, way }: Rounding, size: number): number =>
  (way === "up" ? Math.ceil(size / unit) : Math.max(1, Math.floor(size / unit))) * unit;

export const rounding: fc.Arbitrary<Rounding> = fc.record({
  unit: fc.constantFrom(2, 4, 5, 10),
  way: fc.constantFrom("down" as const, "down" as const, "up" as const),
});

export const countedMore = (faults: readonly PageFault[]): number =>
  faults.reduce((sum, fault) => sum + (fault.kind === "counts" ? fault.more : 0), 0);

const anyFault: fc.Arbitrary<PageFault> = fc.oneof(
  fc.record({
    kind: fc.constant("hides" as const),
    which: fc.uniqueArray(fc.nat(MODULUS - 1), { minLength: 1, maxLength: 3 }),
  }),
  fc.constant({ kind: "empties" as const }),
  fc.constant({ kind: "repeats" as const }),
  fc.record({ kind: fc.constant("caps" as const), most: fc.integer({ min: 1, max: 6 }) }),
  rounding.map((how) => ({ kind: "rounds" as const, ...how })),
  fc.record({
    kind: fc.constant("counts" as const),
    more: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -4, max: -1 })),
  }),
);

const passingFault: fc.Arbitrary<PassingFault> = fc
  .record({
    fault: anyFault,
    from: fc.nat(12),
    calls: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 40 })),
    lasts: fc.constantFrom(false, false, true),
  })
  .map(({ lasts, ...one }) => ({
    ...one,
    // Lists of tokens with many pages that repeat or are empty for ever fail for ever, and a walk waits for them.
    calls:
      lasts && !["repeats", "empties"].includes(one.fault.kind)
        ? Number.POSITIVE_INFINITY
        : one.calls,
  }));

/** Faults that begin and end while an estate is read, at some of its lists. */
export const faults: fc.Arbitrary<Faults> = fc.array(
  fc.oneof(fc.constant([]), fc.array(passingFault, { minLength: 1, maxLength: 2 })),
  { minLength: 1, maxLength: 6 },
);
