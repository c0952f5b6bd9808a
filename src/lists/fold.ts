import { setImmediate } from "node:timers/promises";
import type { Key } from "../domain/id.js";
import { SourceError } from "../errors.js";
import { openingOf } from "../paging/direction.js";
import type { Page } from "../paging/page.js";
import { instantAfter, type MergeSource, type Reading } from "../paging/slice.js";
import { isWhole } from "./issues.js";
import type { KeyRange } from "./walk.js";

/** What reading lists completely has to report. */
type FoldReport<T extends Key> = {
  readonly [Part in "failures" | "cuts" | "stales" | "notices"]: Page<T>[Part][number][];
};

/** The rows of a list to pass. */
interface Fold<T extends Key> {
  readonly range: KeyRange;
  /** Rows of one source that are passed at most; after more, its reading ends with SCAN_LIMIT. */
  readonly scanRows: number;
  readonly pass: (row: T) => void;
}

/** After so many rows, other work of the process has its turn. */
const TURN_ROWS = 20_000;

/** Counts the matching rows of sources; null if one fails, is stale, or has something to report. */
export async function countRows<T extends Key>(
  sources: readonly MergeSource<T>[],
  matches: (row: T) => boolean,
  range: KeyRange,
): Promise<number | null> {
  let count = 0;
  const pass = (row: T): void => {
    if (matches(row)) count += 1;
  };
  const report = await foldRows(sources, { range, scanRows: Number.POSITIVE_INFINITY, pass });
  return isWhole(report) ? count : null;
}

/**
 * Passes every row of sources once, in no particular order over several sources. It has a loop of its own,
 * because a `Merge` of each source takes eight times as long: 5 ms instead of 0.6 for 1,000 sources of 30 rows.
 *
 * Cost:   the slices that a walk of the same range reads; those that all sources need first are requested
 *         together.
 * Errors: none of a source; those are in the report. `pass` must not throw.
 */
export async function foldRows<T extends Key>(
  sources: readonly MergeSource<T>[],
  fold: Fold<T>,
): Promise<FoldReport<T>> {
  const { low, high } = fold.range;
  const instant = high === null ? Number.POSITIVE_INFINITY : high.startedAt - 1;
  if (low !== null && instant < low.startedAt) return joined([]);
  const folding = sources.map((source, ticket) => new SourceFold(source, fold, ticket));
  const first = folding.map((one) => ({ one, requested: one.request(instant) }));
  const reports: Promise<FoldReport<T>>[] = [];
  let passed = 0;
  for (const { one, requested } of first) {
    reports.push(one.run(instant, requested));
    passed += one.passed;
    if (passed < TURN_ROWS) continue;
    passed = 0;
    await setImmediate();
  }
  return joined(await Promise.all(reports));
}

const joined = <T extends Key>(reports: readonly FoldReport<T>[]): FoldReport<T> => ({
  failures: reports.flatMap(({ failures }) => failures),
  cuts: reports.flatMap(({ cuts }) => cuts),
  stales: reports.flatMap(({ stales }) => stales),
  notices: reports.flatMap(({ notices }) => notices),
});

/** Passes the rows of one source, newest first. */
class SourceFold<T extends Key> {
  passed = 0;
  private readonly report: FoldReport<T> = { failures: [], cuts: [], stales: [], notices: [] };

  constructor(
    private readonly source: MergeSource<T>,
    private readonly fold: Fold<T>,
    private readonly ticket: number,
  ) {}

  /** Reads what is not there yet. */
  request(instant: number): Promise<Reading<T>> | null {
    const { source } = this;
    return source.peek(instant, "newestFirst") === null
      ? source.read(instant, "newestFirst")
      : null;
  }

  /** Waits only for what is not there: otherwise all sources would take turns slice by slice. */
  async run(first: number, requested: Promise<Reading<T>> | null): Promise<FoldReport<T>> {
    const { source, fold } = this;
    const low = fold.range.low?.startedAt ?? Number.NEGATIVE_INFINITY;
    let reading = requested === null ? null : await requested;
    for (let instant: number | null = first; ; reading = null) {
      reading ??=
        source.peek(instant, "newestFirst") ?? (await source.read(instant, "newestFirst"));
      instant = this.take(reading, instant);
      if (instant === null || instant < low) return this.report;
    }
  }

  /** Passes the rows of a slice; the instant to read next, or null. */
  private take(slice: Reading<T>, asked: number): number | null {
    const { source, ticket, report } = this;
    const from = openingOf("newestFirst", asked);
    if (slice instanceof SourceError) {
      const failed = slice.kind === "CUT" ? report.cuts : report.failures;
      failed.push({ source, ticket, from, error: slice });
      return null;
    }
    if (slice.stale !== null) report.stales.push({ source, ticket, from, slice, to: slice.until });
    for (const notice of slice.notices) report.notices.push({ source, notice });
    this.passRows(slice.rows, asked);
    const next = instantAfter("newestFirst", slice);
    const { scanRows } = this.fold;
    if (next === null || this.passed <= scanRows) return next;
    const message =
      `Counting ended after ${this.passed} backups of one list, more than limits.scanRows. ` +
      "Count shorter periods, or raise the limit.";
    const error = new SourceError("SCAN_LIMIT", message, { retryable: false });
    report.failures.push({ source, ticket, from: openingOf("newestFirst", next), error });
    return null;
  }

  private passRows(rows: readonly T[], asked: number): void {
    const { range, pass } = this.fold;
    const since = range.low?.startedAt ?? Number.NEGATIVE_INFINITY;
    for (const row of rows) {
      // A slice may begin above the instant, where rows have been passed already.
      if (row.startedAt > asked || row.startedAt < since) continue;
      this.passed += 1;
      pass(row);
    }
  }
}
