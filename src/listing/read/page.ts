import { SourceError } from "../../errors.js";
import type { ListShape, PageAnswer, PageQuestion, PageShape } from "../shape.js";

/** A row as far as reading a list needs it. Instants are epoch milliseconds. */
export interface Item {
  /** Identity of the wire row. */
  readonly key: string;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** Asks the vendor for one page. */
export type Ask<R extends Item> = (question: PageQuestion) => Promise<PageAnswer<R>>;

/** What the pages of a listing have shown for one account. It only ever makes reading more careful. */
export interface ListMemory {
  /** When the first evidence below was collected, in epoch milliseconds; see `forgetEvidence`. */
  evidenceFrom: number | null;
  /** The most rows that a page has had: a page with fewer rows was not cut by a hidden cap. */
  provenPage: number;
  /** The page size that the vendor honours, if it is less than the declared one. */
  cap: number | null;
  /** The page size whose answers can be read, if those of a larger one were too large. */
  readable: number | null;
  /** Answers of the smallest page are too large as well; false once a page was read. */
  unreadable: boolean;
  /**
   * The length of the longest list whose count was right when it was read to beyond its end; infinite once a count
   * exceeded the rows of its page and was right, because then it is not that of the page.
   */
  countProven: number;
  /** A count was below the rows of its page: it confirms the end of no list. */
  countsFew: boolean;
  /** A page that was shorter than the vendor's default was followed by as many rows again. */
  cut: boolean;
  /** False once a total that is not compared exceeded the rows: it is ignored from then on. */
  totalTrusted: boolean;
  /** A page had a row several times, as some vendors show it once for each shard, and may count it so. */
  hasCopies: boolean;
  /** Whether the total of a window counts the rows of that window; null until it was tried. */
  countsWindow: boolean | null;
  /** Lists that ended with fewer rows than their total, and showed no more when asked again; at most `SETTLED`. */
  readonly shortLists: Set<unknown>;
  /** Lists whose only page was as long as `provenPage`, and which had no further page; at most `SETTLED`. */
  readonly ends: Set<unknown>;
  /** False once a row lay outside the requested window: windows are not used from then on. */
  windowTrusted: boolean;
  /** False once a page contradicted the stated order of the rows. */
  orderTrusted: boolean;
  /** The widest window to ask for, once a wider one was refused. */
  maxSpanMs: number | null;
  /** The listing's alternative in use, because the account accepts only weaker parameters; -1 for none. */
  alternative: number;
  /** Lists that settle a doubt which their listing shares, and those that wait for the outcome. */
  readonly settling: { lists: number; readonly waiting: (() => void)[] };
}

/** How long what the lists of a listing have shown is believed of its other lists. Units: milliseconds. */
const EVIDENCE_MS = 86_400_000;

/** Forgets evidence that is a day old. What makes reading more careful for good stays. */
export function forgetEvidence(memory: ListMemory, now: number): void {
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

export const newListMemory = (): ListMemory => ({
  evidenceFrom: null,
  provenPage: 0,
  cap: null,
  readable: null,
  unreadable: false,
  countProven: 0,
  countsFew: false,
  cut: false,
  totalTrusted: true,
  hasCopies: false,
  countsWindow: null,
  shortLists: new Set(),
  ends: new Set(),
  windowTrusted: true,
  orderTrusted: true,
  maxSpanMs: null,
  alternative: -1,
  settling: { lists: 0, waiting: [] },
});

/** A list that is about to be read. */
export interface ListReading<R extends Item> {
  readonly ask: Ask<R>;
  readonly shape: ListShape;
  readonly memory: ListMemory;
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

/** How many pages in a row may have no new row before a list counts as endless. */
export const PATIENCE = 12;

/** The position of the first page. */
export const firstPage = ({ page }: ListShape): PageQuestion["at"] =>
  page.style === "offset" ? 0 : page.style === "pageNumber" ? 1 : null;

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
  { settling }: ListMemory,
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

/** How many different rows a page has. */
export const keysOf = (rows: readonly Item[]): number => new Set(rows.map(({ key }) => key)).size;

/** Whether lists as long as the longest page have shown that there is no cap; false once a cap was seen. */
const isSettled = ({ ends, cut }: ListMemory): boolean => ends.size >= SETTLED && !cut;

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

/** Vendors may round the sizes of pages to multiples of these numbers. */
const UNITS = [2, 4, 5, 10, 20, 25, 50];

/** Whether a page may be shorter than requested only because the vendor rounds its size: 99 to 90, say. */
export function mayBeRounded(
  { page }: ListShape,
  { length }: readonly Item[],
  size: number,
): boolean {
  if (page.style === "token" || page.sizes !== undefined) return false;
  if (length === 0 || length >= size) return false;
  for (const unit of UNITS) if (length === Math.floor(size / unit) * unit) return true;
  return false;
}

/** Caps are round numbers, so a page of such a length needs a second look. */
export const looksLikeCap = (rows: number): boolean => rows % 5 === 0 || isPowerOfTwo(rows);

const isPowerOfTwo = (rows: number): boolean => (rows & (rows - 1)) === 0;

/**
 * Remembers what a page showed.
 * @throws {SourceError} SCAN_LIMIT if the slice holds more rows than it may.
 */
export function note<R extends Item>(
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

/** The error for pages that repeat and never end. */
export function endless({ onBroken }: Pick<ListReading<Item>, "onBroken">): SourceError {
  const message = "The vendor's pages repeat and do not come to an end.";
  onBroken?.(message);
  return new SourceError("BAD_RESPONSE", message, { retryable: true });
}

/** The position of the page that follows one, in pages of one size. */
export function nextPage<R extends Item>(
  { page: shape }: ListShape,
  at: PageQuestion["at"],
  { rows, next }: PageAnswer<R>,
  size: number,
): PageQuestion["at"] {
  if (shape.style === "token") return next;
  if (shape.style === "pageNumber") return Number(at) + 1;
  // A page may have more rows than were requested, if it repeats some.
  return Number(at) + (shape.aligned || rows.length === 0 ? size : Math.min(rows.length, size));
}

/** Where a page begins, and how many rows to ask for. */
export interface PagePlace {
  readonly at: PageQuestion["at"];
  /** The place of its first row in the list. */
  readonly offset: number;
  readonly size: number;
}

/**
 * The page that begins at or before `row` and reaches furthest beyond it. Null if no legal page holds both
 * that row and the next one, or if pages have no places.
 *
 * If an offset must be a multiple of the limit, as with page numbers, another limit moves the edges of the
 * pages: after rows 0 to 99 comes the second page of 99 rows, which begins with row 99.
 */
export function placeAround(page: PageShape, row: number, most: number): PagePlace | null {
  if (page.style === "token" || most < 2) return null;
  if (page.style === "offset" && !page.aligned) return { at: row, offset: row, size: most };
  const sizes = page.sizes ?? Array.from({ length: most }, (_, index) => most - index);
  let best: PagePlace | null = null;
  for (const size of sizes) {
    if (size > most) continue;
    const place = placeOf(page, row, size);
    const reach = place.offset + size;
    if (reach > (best === null ? row + 1 : best.offset + best.size)) best = place;
  }
  return best;
}

/** The page of a size that holds a row, of pages that follow each other without overlapping. */
export function placeOf(page: PageShape, row: number, size: number): PagePlace {
  const pages = Math.floor(row / size);
  const offset = pages * size;
  return { at: page.style === "pageNumber" ? pages + 1 : offset, offset, size };
}

/** The largest legal size of at most `most` rows, or the smallest legal size if all are larger. */
export function legalSize(page: PageShape, most: number): number {
  const least = page.style === "token" ? (page.min ?? 1) : 1;
  if (page.style === "token" || page.sizes === undefined)
    return Math.max(least, Math.min(page.max, most));
  const fitting = page.sizes.filter((size) => size <= most);
  return fitting.length === 0 ? Math.min(...page.sizes) : Math.max(...fitting);
}
