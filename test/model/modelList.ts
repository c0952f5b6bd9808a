import type { Item } from "../../src/listing/shape.js";

/** A row of a model list. Instants are epoch milliseconds; steps count what happened in its world. */
export interface ModelRow extends Item {
  readonly startedAt: number;
  finishedAt: number | null;
  /** Its place among all rows that ever were: the relative order never changes. */
  readonly rank: number;
  /** The step at which it came, and that at which it went; null while it is there. */
  readonly born: number;
  died: number | null;
  /** The same by the world's clock. */
  readonly bornAt: number;
  diedAt: number | null;
  /** When an answer last lacked it that should have it, by the clock; `lostAt` if no count showed that. */
  hiddenAt: number;
  lostAt: number;
  /** When a cap ended that had cut a page before it. */
  uncappedAt: number;
  /** What the level above knows of it. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What all lists of a model share: how far its history has come, and its clock. */
export interface World {
  step: number;
  now: number;
  /** What lists that behave in one way have shown of their cap. */
  readonly caps: Map<object, CapShown>;
}

/** What lists have shown of a cap that no count shows. */
export interface CapShown {
  /** The lists that were asked for rows beyond an end that looked like the cap. */
  readonly ends: Set<unknown>;
  /** Rows behind the ends of pages that the cap cut. */
  readonly behind: Set<ModelRow>;
}

export const newWorld = (now = 0): World => ({ step: 0, now, caps: new Map() });

/** A list in which rows come and go, in a stable relative order. */
export class ModelList {
  /** Every row that ever was. */
  readonly ever: ModelRow[] = [];
  rows: ModelRow[] = [];
  /** The number of rows after each change, newest last. */
  readonly lengths: number[] = [0];
  /** Rows that the last answer showed, by place: `[from, end)`. */
  last = { from: 0, end: 0 };
  private count = 0;

  constructor(readonly world: World) {}

  /** Puts a row at a place in the list. */
  insert(
    place: number,
    row: Pick<ModelRow, "startedAt" | "finishedAt"> & Partial<Pick<ModelRow, "facts" | "key">>,
  ): ModelRow {
    const at = Math.max(0, Math.min(this.rows.length, place));
    const before = this.rows[at - 1]?.rank ?? (this.rows[at]?.rank ?? 0) - 2;
    const after = this.rows[at]?.rank ?? before + 2;
    this.world.step += 1;
    const made: ModelRow = {
      key: `r${(this.count += 1)}`,
      facts: {},
      ...row,
      rank: (before + after) / 2,
      born: this.world.step,
      died: null,
      bornAt: this.world.now,
      diedAt: null,
      hiddenAt: Number.NEGATIVE_INFINITY,
      lostAt: Number.NEGATIVE_INFINITY,
      uncappedAt: Number.NEGATIVE_INFINITY,
    };
    this.rows.splice(at, 0, made);
    this.ever.push(made);
    this.lengths.push(this.rows.length);
    return made;
  }

  delete(place: number): ModelRow | null {
    const [row] = this.rows.splice(place, 1);
    if (row === undefined) return null;
    this.world.step += 1;
    row.died = this.world.step;
    row.diedAt = this.world.now;
    this.lengths.push(this.rows.length);
    return row;
  }

  /** The place of a start in a list that is sorted that way; anywhere the fraction says otherwise. */
  placeOf(order: RowOrder, startedAt: number, fraction: number): number {
    if (order === "shuffled") return Math.round(fraction * this.rows.length);
    const before = (row: ModelRow) =>
      order === "newestFirst" ? row.startedAt > startedAt : row.startedAt < startedAt;
    const place = this.rows.findIndex((row) => !before(row));
    return place < 0 ? this.rows.length : place;
  }

  /** The number of rows that the list had so many changes ago. */
  lengthAgo(changes: number): number {
    return this.lengths.at(-1 - changes) ?? this.lengths[0] ?? 0;
  }
}

export type RowOrder = "newestFirst" | "oldestFirst" | "shuffled";

/** A change of a list; fractions choose among what there is when it happens. */
export type Change =
  | {
      readonly kind: "insert";
      readonly place: number | "sorted";
      /** When the row started, as a fraction of the list's extent. */
      readonly start: number;
      readonly lasts: number | null;
    }
  | { readonly kind: "delete"; readonly place: number }
  /** One row goes that was shown. */
  | { readonly kind: "forget"; readonly place: number }
  /** One row goes that was shown, and one comes behind: totals and lengths agree. */
  | { readonly kind: "shift"; readonly place: number; readonly start: number }
  /** A row comes at the head and goes again with the next change. */
  | { readonly kind: "unshift"; readonly place: number; readonly start: number };

/** The instants between which a list's rows start. */
export interface Extent {
  readonly oldest: number;
  readonly newest: number;
  readonly order: RowOrder;
  /** Starts are whole multiples of it, so that some are equal. */
  readonly grain: number;
}

export const startAt = ({ oldest, newest, grain }: Extent, fraction: number): number =>
  Math.round((oldest + fraction * (newest - oldest)) / grain) * grain;

/** How a list takes its changes. */
export interface ChangeRules {
  /** What the level above knows of a new row. */
  readonly factsOf?: (startedAt: number) => Readonly<Record<string, unknown>>;
  /** Rows that came after this step stay: they do not come and go between two calls. */
  readonly stayFrom?: number;
}

/** Does a change to a list. */
export function change(
  list: ModelList,
  extent: Extent,
  what: Change,
  { factsOf = () => ({}), stayFrom = Number.POSITIVE_INFINITY }: ChangeRules = {},
): void {
  const put = (place: number, start: number, lasts: number | null): void => {
    const startedAt = startAt(extent, start);
    const finishedAt = lasts === null ? null : startedAt + lasts;
    list.insert(place, { startedAt, finishedAt, facts: factsOf(startedAt) });
  };
  const drop = (place: number): void => {
    if ((list.rows[place]?.born ?? 0) <= stayFrom) list.delete(place);
  };
  const size = list.rows.length;
  if (what.kind === "insert") {
    const sorted = () => list.placeOf(extent.order, startAt(extent, what.start), what.start);
    put(what.place === "sorted" ? sorted() : Math.round(what.place * size), what.start, what.lasts);
  } else if (what.kind === "delete") drop(Math.min(size - 1, Math.floor(what.place * size)));
  else if (what.kind === "forget") drop(Math.floor(what.place * Math.min(list.last.end, size - 1)));
  else if (what.kind === "shift") {
    const shown = Math.min(list.last.end, size);
    drop(Math.floor(what.place * Math.max(shown - 1, 0)));
    const behind = Math.max(shown - 1, 0);
    put(behind + Math.round(what.place * (list.rows.length - behind)), what.start, null);
  } else {
    put(Math.floor(what.place * list.last.from), what.start, null);
  }
}
