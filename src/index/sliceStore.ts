import type { Key } from "../domain/key.js";
import type { SourceError } from "../errors.js";
import type { Direction } from "../paging/direction.js";
import { holds, type Slice } from "../paging/slice.js";
import type { Freshness } from "./settings.js";
import type { SliceKeeper, SliceMemory } from "./sliceMemory.js";

/** What one slice is read for. */
export interface SliceQuestion {
  /** The slice must hold this instant; epoch milliseconds. */
  readonly instant: number;
  readonly direction: Direction;
  readonly freshness: Freshness;
  /** When the walk began, which fixes how far back it goes; epoch milliseconds. */
  readonly walkStart: number;
  /** A vendor's total above this ends the reading, because another way is cheaper. */
  readonly giveUpAbove?: number;
}

/** The vendor's clock may be this far from ours: what is that new may be missing from a list. */
const CLOCK_MARGIN_MS = 10 * 60_000;

/** What has been read of one source: slices that do not overlap. */
export class SliceStore<T extends Key> implements SliceKeeper {
  private slices: Slice<T>[] = [];

  constructor(private readonly memory: SliceMemory) {}

  /** The slice that holds `instant`, if it was read at or after `notBefore`. */
  at(instant: number, notBefore: number): Slice<T> | null {
    const found = this.slices.find((slice) => holds(slice, instant));
    if (found === undefined || found.asOf < notBefore) return null;
    this.memory.use(found);
    return found;
  }

  /** When the slice that reaches to the newest row was read, which does not count as its use. */
  get newestAsOf(): number | null {
    return this.slices.find(({ until }) => until === Number.POSITIVE_INFINITY)?.asOf ?? null;
  }

  /** Keeps a slice; what older ones say of the same span is forgotten. */
  put(slice: Slice<T>): void {
    const rest = this.slices.flatMap((old) => without(old, slice));
    this.hold([slice, ...rest]);
  }

  /** Keeps a slice of which nothing newer is known. */
  offer(slice: Slice<T>): void {
    const overlapping = this.slices.filter(
      ({ since, until }) => since < slice.until && slice.since < until,
    );
    if (overlapping.every(({ asOf }) => asOf <= slice.asOf)) this.put(slice);
  }

  forget(slice: Slice<Key>): void {
    this.slices = this.slices.filter((held) => held !== slice);
  }

  /** Forgets all. */
  clear(): void {
    this.hold([]);
  }

  private hold(slices: Slice<T>[]): void {
    const before = this.slices;
    this.slices = slices;
    for (const slice of before) if (!slices.includes(slice)) this.memory.remove(slice);
    for (const slice of slices) if (!before.includes(slice)) this.memory.add(slice, this);
  }

  /**
   * Old data for a walk that stands at `instant`, where reading it anew failed.
   *
   * A slice read at A shows starts up to A: it is cut there, so that what is newer counts as missing. A
   * walk from the newest row gets the nearest slice at or below the instant.
   */
  staleAt(
    instant: number,
    direction: Direction,
    notBefore: number,
    error: SourceError,
  ): Slice<T> | null {
    const usable = this.slices
      .filter(({ asOf }) => asOf >= notBefore)
      .map((slice) => clipped(slice, error))
      .filter(({ since, until }) => since < until);
    const holding = usable.find((slice) => slice.since <= instant && instant < slice.until);
    if (holding !== undefined || direction === "oldestFirst") return holding ?? null;
    const below = usable.filter(({ until }) => until <= instant);
    below.sort((a, b) => b.until - a.until);
    return below[0] ?? null;
  }
}

/** What is left of `old` beside the span of `slice`. */
function without<T extends Key>(old: Slice<T>, slice: Slice<T>): Slice<T>[] {
  if (old.until <= slice.since || slice.until <= old.since) return [old];
  const below = cutTo(old, old.since, slice.since);
  const above = cutTo(old, slice.until, old.until);
  return [above, below].filter(({ since, until }) => since < until);
}

function cutTo<T extends Key>(slice: Slice<T>, since: number, until: number): Slice<T> {
  const rows = slice.rows.filter((row) => row.startedAt >= since && row.startedAt < until);
  return { ...slice, since, until, rows };
}

function clipped<T extends Key>(slice: Slice<T>, { kind, message }: SourceError): Slice<T> {
  const until = Math.min(slice.until, slice.asOf - CLOCK_MARGIN_MS);
  return { ...cutTo(slice, slice.since, until), stale: { code: kind, message } };
}
