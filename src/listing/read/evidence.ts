import { hash } from "node:crypto";
import { SourceError } from "../../errors.js";
import type { Direction } from "../../paging/direction.js";
import type { Ask, Item, ListShape, PageAnswer } from "../shape.js";
import { keysOf, legalSize, type Bounds } from "./layout.js";

/*
 * What vendors' pages have shown, and what follows from it: whether a page ends its list, and whether a count is
 * believed. There are three records, by what they are about and how long they live:
 *
 * - `ListingMemory`: all lists of one listing of an account, for a day or until the process ends.
 * - `SourceMemory`: one list, as long as its source.
 * - `PageRecord`: one reading of one list or window.
 */

/**
 * What the pages of a listing have shown for one account: it applies to all lists of the listing. It only ever
 * makes reading more careful.
 */
export interface ListingMemory {
  /** When the first evidence that `forgetEvidence` forgets was collected; epoch milliseconds. */
  evidenceFrom: number | null;

  // The sizes of pages.

  /** The most rows that a page has had: a page with fewer rows was not cut by a hidden cap. */
  provenPage: number;
  /** Lists whose only page was as long as `provenPage`, and which had no further page; at most `SETTLED`. */
  readonly ends: Set<unknown>;
  /** The page size that the vendor honours, if it is less than the declared one. */
  cap: number | null;
  /** A page that was shorter than the vendor's default was followed by as many rows again. */
  cut: boolean;
  /** The page size whose answers can be read, if those of a larger one were too large. */
  readable: number | null;
  /** Answers of the smallest page are too large as well; false once a page was read. */
  unreadable: boolean;

  // The vendor's counts.

  /**
   * The length of the longest list whose count was right when it was read to beyond its end; infinite once a count
   * exceeded the rows of its page and was right, because then it is not that of the page.
   */
  countProven: number;
  /** A count was below the rows of its page: it confirms the end of no list. */
  countsFew: boolean;
  /** False once a total that is not compared exceeded the rows: it is ignored from then on. */
  totalTrusted: boolean;
  /** A page had a row several times, as some vendors show it once for each shard, and may count it so. */
  hasCopies: boolean;
  /** Whether the total of a window counts the rows of that window; null until it was tried. */
  countsWindow: boolean | null;
  /** Lists that ended with fewer rows than their total, and showed no more when asked again; at most `SETTLED`. */
  readonly shortLists: Set<unknown>;

  // Windows, order and parameters.

  /** False once a row lay outside the requested window: windows are not used from then on. */
  windowTrusted: boolean;
  /** The widest window to ask for, once a wider one was refused. */
  maxSpanMs: number | null;
  /** False once a page contradicted the stated order of the rows. */
  orderTrusted: boolean;
  /** The listing's alternative in use, because the account accepts only weaker parameters; -1 for none. */
  alternative: number;

  /** Lists that settle a doubt which their listing shares, and those that wait for the outcome. */
  readonly settling: { lists: number; readonly waiting: (() => void)[] };
}

/** How long what the lists of a listing have shown is believed of its other lists. Units: milliseconds. */
const EVIDENCE_MS = 86_400_000;

/** Forgets evidence that is a day old. What makes reading more careful for good stays. */
export function forgetEvidence(memory: ListingMemory, now: number): void {
  memory.evidenceFrom ??= now;
  if (now - memory.evidenceFrom < EVIDENCE_MS) return;
  memory.evidenceFrom = now;
  memory.provenPage = 0;
  memory.countProven = 0;
  memory.shortLists.clear();
  memory.ends.clear();
  memory.readable = null;
  memory.unreadable = false;
}

export const newListingMemory = (): ListingMemory => ({
  evidenceFrom: null,
  provenPage: 0,
  ends: new Set(),
  cap: null,
  cut: false,
  readable: null,
  unreadable: false,
  countProven: 0,
  countsFew: false,
  totalTrusted: true,
  hasCopies: false,
  countsWindow: null,
  shortLists: new Set(),
  windowTrusted: true,
  maxSpanMs: null,
  orderTrusted: true,
  alternative: -1,
  settling: { lists: 0, waiting: [] },
});

/** What is remembered of one source, so that the window of its next slice has the right width. */
export interface SourceMemory {
  /** The source does not fit one page. */
  large: boolean;
  /** The estimated number of its rows. */
  rows: number;
  /** Rows a millisecond in the last answer. */
  density: number | null;
  /** The last window had no row. */
  lastEmpty: boolean;
  /** Its reading has not yet shown whether a hidden cap cut its page, which may settle it for other lists too. */
  inDoubt: boolean;
  /** Outcomes of readings that were short and that asking again confirmed; see `settle` in counting.ts. */
  agreed: readonly string[];
}

export const newSourceMemory = (): SourceMemory => ({
  large: false,
  rows: 0,
  density: null,
  lastEmpty: false,
  inDoubt: false,
  agreed: [],
});

/** A list, or a window of it, that showed fewer rows than its vendor counts. */
export interface Shortage {
  readonly shown: number;
  readonly counted: number;
}

/** What one reading of a list or window has shown so far. All but `isPass` follows from the pages. */
export class PageRecord<R extends Item> {
  /** The vendor's count in the last answer. */
  counted: number | null = null;
  /** The rows of all pages. */
  readonly rows = new Map<string, R>();
  /** Whether the pages are those of one pass, and no two of them overlap. */
  isPass = false;
  /** How often each key came on one page at most: some vendors list a row once for each shard. */
  private readonly copies = new Map<string, number>();
  private came = 0;
  /** The length of the longest page. */
  longest = 0;
  /** The place up to which rows were requested. */
  reached = 0;
  /** The last page came after the first one, had nothing new, and was not cut by a rounded size. */
  endedBeyond = false;

  private hasCopies: boolean;

  constructor(
    private readonly memory: Pick<ListingMemory, "hasCopies">,
    counts: ListShape["counts"],
  ) {
    // Other pages may have shown them, if those of this reading are too short to.
    this.hasCopies = memory.hasCopies && counts === "backups";
  }

  /**
   * Notes a page that can have rows before the place `end`. `isRounded` says that its size may have been rounded
   * down, so that it proves no end.
   */
  add({ rows, total }: PageAnswer<R>, end: number, isRounded = false): void {
    const onPage = new Map<string, number>();
    const known = this.rows.size;
    for (const row of rows) {
      onPage.set(row.key, (onPage.get(row.key) ?? 0) + 1);
      this.rows.set(row.key, row);
    }
    for (const [key, times] of onPage) {
      if (times > 1) this.hasCopies = this.memory.hasCopies = true;
      this.copies.set(key, Math.max(times, this.copies.get(key) ?? 0));
    }
    const isNew = known === 0 || this.rows.size > known;
    this.endedBeyond = !isNew && end > this.rows.size && !isRounded;
    this.reached = Math.max(this.reached, end);
    this.came += rows.length;
    this.longest = Math.max(this.longest, rows.length);
    this.counted = total;
  }

  /** How many rows came, copies included. */
  private shownOf(rows: ReadonlyMap<string, R>): number {
    if (!this.hasCopies) return rows.size;
    // Copies may be divided by the edge of a page, and only a pass has each of them once.
    if (this.isPass) return this.came;
    // A later pass may lack rows that an earlier one had: only those count that the reading returns.
    return [...rows.keys()].reduce((sum, key) => sum + (this.copies.get(key) ?? 0), 0);
  }

  /** Null if the vendor counts no more rows than it returned. `rows` are the distinct ones. */
  shortageOf(rows: ReadonlyMap<string, R>): Shortage | null {
    const shown = this.shownOf(rows);
    return this.counted !== null && this.counted > shown ? { shown, counted: this.counted } : null;
  }

  /** The same text for readings that showed the same rows under the same count. */
  get outcome(): string {
    return hash("sha256", JSON.stringify([this.counted, ...[...this.rows.keys()].sort()]));
  }
}

/** A list that is about to be read. */
export interface ListReading<R extends Item> {
  readonly ask: Ask<R>;
  readonly shape: ListShape;
  readonly memory: ListingMemory;
  /** The most rows that one slice may hold. */
  readonly scanRows: number;
  /** More rows, or a total above this, end the reading, because another way is cheaper. */
  readonly giveUpAbove?: number;
  /** False if the config says that the vendor's totals are no evidence. */
  readonly trustTotals?: boolean;
  /** The most rows to ask for in one page, while it is tried whether a smaller page can be read. */
  readonly mostRows?: number;
  /** Called with a message if an answer contradicts the listing's declaration. */
  readonly onBroken?: (message: string) => void;
}

/** A request for the slice that holds an instant. */
export interface SpanRequest<R extends Item> extends ListReading<R> {
  readonly source: SourceMemory;
  /** Names the list among those that share `memory`; if absent, `source` identifies it. */
  readonly name?: string;
  readonly instant: number;
  readonly direction: Direction;
  readonly bounds: Bounds;
  /** Rows that start within this time of each other may be parts of one backup; 0 where none are. */
  readonly groupMs: number;
  /** Whether an error says that the window is too wide. */
  readonly isTooWide: (error: unknown) => boolean;
}

/** The number of rows to ask for in one page. */
export const pageSizeOf = ({
  shape,
  memory: { cap, readable },
  mostRows = Number.POSITIVE_INFINITY,
}: Pick<ListReading<Item>, "shape" | "memory" | "mostRows">): number =>
  legalSize(shape.page, Math.min(cap ?? mostRows, readable ?? mostRows, mostRows));

/** Whether a total above the rows that the vendor's pages show is evidence that some are missing. */
export const comparesTotals = ({
  shape: { counts },
  trustTotals = true,
}: Pick<ListReading<Item>, "shape" | "trustTotals">): boolean =>
  trustTotals && (counts === "rows" || counts === "backups");

/** Whether a total that equals the rows may also be evidence that none is missing. */
export const countsRows = (reading: Pick<ListReading<Item>, "shape" | "trustTotals">): boolean =>
  comparesTotals(reading) && reading.shape.counts === "rows";

/** How many lists must answer a doubt with "no more rows" before it is settled for the whole listing. */
export const SETTLED = 3;

/** The smallest hidden cap that is suspected below the vendor's default before anything has shown one. */
const LEAST_CAP = 5;

/**
 * Whether the vendor's list ends with this page.
 *
 * A token list ends where the vendor gives no token, and nowhere else. In other lists a full page proves
 * nothing, and a total alone proves nothing either. A page ends the list if it is shorter than requested
 * and a hidden cap cannot have cut it: it has fewer rows than an earlier page, or three lists of its length
 * had no further page. Before any of this is known, a total that confirms the first page is believed if the
 * page has no length that caps have, so that most lists cost one call.
 */
export function endsList<R extends Item>(
  reading: Pick<ListReading<R>, "shape" | "memory" | "trustTotals">,
  answer: PageAnswer<R>,
  offset: number,
  size: number,
): boolean {
  const { rows, total } = answer;
  const { shape, memory } = reading;
  if (shape.page.style === "token") return answer.next === null;
  if (total !== null && total > offset + rows.length && rows.length > 0) return false;
  if (offset === 0 && isCounted(reading, answer)) return true;
  if (rows.length >= size) return false;
  if (rows.length === 0 || rows.length < memory.provenPage) return true;
  // Without a total, nothing but a longer page shows that there is no cap at the default or above.
  if (isSettled(memory)) return total !== null || rows.length < shape.defaultSize;
  const isConfirmed = total !== null && !memory.countsFew && !isBelowRows(answer);
  const isFew = rows.length < Math.min(shape.defaultSize, LEAST_CAP);
  return offset === 0 && isConfirmed && !memory.cut && (isFew || !looksLikeCap(rows.length));
}

/** Whether a page would end the list if the doubts of its listing were settled. */
export const endsOnceSettled = <R extends Item>(
  reading: Pick<ListReading<R>, "shape" | "memory" | "trustTotals">,
  answer: PageAnswer<R>,
): boolean => {
  const settled = { countProven: Number.POSITIVE_INFINITY, ends: ENOUGH };
  const memory = { ...reading.memory, ...settled };
  return endsList({ ...reading, memory }, answer, 0, pageSizeOf(reading));
};

/** As many lists as settle a doubt. */
const ENOUGH: Set<unknown> = new Set(Array.from({ length: SETTLED }).keys());

/**
 * Does `work` unless other lists of the listing settle the doubt first, and then returns null. As many lists
 * as can settle it are asked again at a time: a thousand lists that are read together would all be asked
 * twice otherwise.
 */
export async function unlessSettled<T>(
  { settling }: ListingMemory,
  isSettled: () => boolean,
  work: () => Promise<T>,
): Promise<T | null> {
  while (!isSettled() && settling.lists >= SETTLED)
    await new Promise<void>((resolve) => settling.waiting.push(resolve));
  if (isSettled()) {
    settling.waiting.shift()?.();
    return null;
  }
  settling.lists += 1;
  let isDone = false;
  try {
    const result = await work();
    isDone = true;
    return result;
  } finally {
    settling.lists -= 1;
    // The limits that end one would end the others too, and those still at work may settle it.
    if (isDone || settling.lists === 0)
      for (const resolve of settling.waiting.splice(0, SETTLED)) resolve();
  }
}

/** Whether one page holds all rows that the vendor counts, and its count is proven to count rows. */
const isCounted = <R extends Item>(
  reading: Pick<ListReading<R>, "shape" | "memory" | "trustTotals">,
  { rows, total }: PageAnswer<R>,
): boolean =>
  countsRows(reading) &&
  rows.length <= reading.memory.countProven &&
  total === rows.length &&
  keysOf(rows) === total;

/** Whether the vendor counts fewer rows than it shows on this page. */
const isBelowRows = ({ rows, total }: PageAnswer<Item>): boolean =>
  total !== null && total < rows.length && total < keysOf(rows);

/** Whether lists as long as the longest page have shown that there is no cap; false once a cap was seen. */
const isSettled = ({ ends, cut }: ListingMemory): boolean => ends.size >= SETTLED && !cut;

/**
 * Whether only the total suggests that more pages follow: the page is not full, and its length is not one
 * that caps have. Asking for the next page settles it. In a list of parts, the last page of a part is not
 * full either.
 */
export function seemsLast<R extends Item>(
  reading: Pick<ListReading<R>, "shape" | "memory">,
  answer: PageAnswer<R>,
): boolean {
  const { length } = answer.rows;
  const { shape, memory } = reading;
  if (shape.page.style === "token") return answer.endsPart === true;
  if (length >= pageSizeOf(reading)) return false;
  const isUncapped = length < Math.max(shape.defaultSize, memory.provenPage);
  return isUncapped || isSettled(memory) || !looksLikeCap(length);
}

/** Caps are round numbers, so a page of such a length needs a second look. */
export const looksLikeCap = (rows: number): boolean => rows % 5 === 0 || isPowerOfTwo(rows);

const isPowerOfTwo = (rows: number): boolean => (rows & (rows - 1)) === 0;

/**
 * Remembers what a page showed; `read` is the number of rows before it.
 * @throws {SourceError} SCAN_LIMIT if the slice holds more rows than it may.
 */
export function notePage<R extends Item>(
  reading: Pick<ListReading<R>, "shape" | "memory" | "scanRows" | "giveUpAbove">,
  answer: PageAnswer<R>,
  read: number,
): void {
  const { rows, total, next } = answer;
  const { shape, memory, scanRows, giveUpAbove = Number.POSITIVE_INFINITY } = reading;
  if (rows.length > memory.provenPage) {
    memory.provenPage = rows.length;
    memory.ends.clear();
  }
  if (shape.counts === "rows" && isBelowRows(answer)) {
    memory.countsFew = true;
    memory.countProven = 0;
  }
  const known = read + rows.length;
  // A count of something else, of all rows of the account, say, does not make this list longer.
  const counted = shape.counts === "other" ? 0 : (total ?? 0);
  // Behind a token there is at least one more row.
  const atLeast = Math.max(counted, next === null ? known : known + 1);
  if (known > scanRows || atLeast > giveUpAbove) {
    const message = `The list has more than ${Math.min(scanRows, giveUpAbove)} rows.`;
    throw new SourceError("SCAN_LIMIT", message, { retryable: false });
  }
}

/**
 * Remembers what the end of a list showed: how long a list the vendor counts rightly, and that no hidden cap
 * had cut its only page, if a page with nothing new reached beyond the end.
 */
export function noteEnd<R extends Item>(
  request: SpanRequest<R>,
  { first, record, rows }: { first: PageAnswer<R>; record: PageRecord<R>; rows: number },
): true {
  const { memory } = request;
  if (rows <= first.rows.length && !record.endedBeyond) return true;
  if (record.counted === rows && !memory.countsFew)
    memory.countProven = record.longest < rows ? Infinity : Math.max(memory.countProven, rows);
  // Copies of a row that a cap cut off look like those before it.
  const isOnePage = rows === first.rows.length && rows === keysOf(first.rows);
  if (isOnePage && rows >= memory.provenPage) noteList(memory.ends, request);
  return true;
}

/** Counts a list that settles a doubt once: one that is read again says nothing about other lists. */
export function noteList<R extends Item>(
  lists: Set<unknown>,
  { name, source }: SpanRequest<R>,
): void {
  if (lists.size < SETTLED) lists.add(name ?? source);
}

/** The error for pages that repeat and never end. */
export function endless({ onBroken }: Pick<ListReading<Item>, "onBroken">): SourceError {
  const message = "The vendor's pages repeat and do not come to an end.";
  onBroken?.(message);
  return new SourceError("BAD_RESPONSE", message, { retryable: true });
}
