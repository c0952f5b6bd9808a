import { hash } from "node:crypto";
import { SourceError } from "../../errors.js";
import type { Notice } from "../../paging/slice.js";
import type { ListShape, PageAnswer, PageQuestion } from "../shape.js";
import {
  comparesTotals,
  countsRows,
  endsList,
  endsOnceSettled,
  firstPage,
  keysOf,
  legalSize,
  looksLikeCap,
  mayBeRounded,
  note,
  pageSizeOf,
  SETTLED,
  unlessSettled,
  type Item,
  type ListMemory,
} from "./page.js";
import { readPages, straightPages } from "./pages.js";
import type { SpanRequest } from "./span.js";

/** How many pages in a row may have no new row before asking again gives up. */
const IDLE_PAGES = 2;

/** How many times a list is asked again at most. */
const MOST_PASSES = 4;

/** How many agreed readings are remembered of one list. */
const KEPT_AGREEMENTS = 8;

/** A list, or a window of it, that showed fewer rows than its vendor counts. */
interface Shortage {
  readonly shown: number;
  readonly counted: number;
}

/** All rows of a list or window, and the shortage that remains. */
export interface CountedRows<R extends Item> {
  readonly rows: ReadonlyMap<string, R>;
  readonly shortage: Shortage | null;
}

/** The notice of a list that is short. */
export const shortNotice = ({ shown, counted }: Shortage): Notice => ({
  code: "SHORT",
  message: `The vendor counts ${counted}, its pages show ${shown}.`,
});

/**
 * Reads all rows of a list, or of a window of it, whose first page is `first`, and compares them with the
 * vendor's count. A count below the rows proves nothing. A count above them is a doubt: the list is asked
 * again in other ways, and is short only if that shows no more rows. `isList` says that this is the whole
 * list, whose end then says something about all lists of the listing.
 */
export async function readCounted<R extends Item>(
  request: SpanRequest<R>,
  window: PageQuestion["window"],
  first: PageAnswer<R>,
  isList = false,
): Promise<CountedRows<R>> {
  const { shape, memory, source } = request;
  const record = new PageRecord<R>(memory, shape.counts);
  record.add(first);
  record.reached = pageSizeOf(request);
  let isNoted = !isList;
  const ask = async (question: PageQuestion) => {
    const answer = await request.ask(question);
    record.add(answer);
    const end = endOf(shape, question);
    const isBeyond = end > record.rows.size && !mayBeRounded(shape, answer.rows, question.size);
    record.endedBeyond &&= isBeyond;
    record.reached = Math.max(record.reached, end);
    // The same count beyond the end of the only page is evidence before a second pass confirms it.
    const isSame = record.counted === first.rows.length && record.rows.size === first.rows.length;
    if (!isNoted && record.endedBeyond && isSame)
      isNoted = noteEnd(request, { first, record, rows: record.rows.size });
    return answer;
  };
  const isEnd = () => endsList(request, first, 0, pageSizeOf(request));
  const readOn = async () => {
    const read = await readPages({ ...request, ask }, window, first);
    if (!isNoted && record.shortageOf(read) === null)
      noteEnd(request, { first, record, rows: read.size });
    // A second pass has refuted it.
    if (isNoted && isList && read.size > first.rows.length) memory.ends.clear();
    return read;
  };
  source.inDoubt = isList && endsOnceSettled(request, first);
  const reading = source.inDoubt ? unlessSettled(memory, isEnd, readOn) : isEnd() ? null : readOn();
  const rows = (await reading) ?? new Map(first.rows.map((row) => [row.key, row]));
  source.inDoubt = false;
  const isDoubtful = record.shortageOf(rows) !== null;
  if (!comparesTotals(request)) {
    if (isDoubtful) memory.totalTrusted = false;
    return { rows, shortage: null };
  }
  if (!isDoubtful || !(await countsWindow(request, window, record)))
    return { rows, shortage: null };
  // The last of several passes may lack rows that an earlier one had.
  for (const [key, row] of record.rows) if (!rows.has(key)) rows.set(key, row);
  return { rows, shortage: await settle(request, window, rows, record) };
}

/** The place behind the last row that a page can have; infinite for tokens, which end where the list does. */
const endOf = ({ page: { style } }: ListShape, { at, size }: PageQuestion): number =>
  style === "token" ? Infinity : style === "offset" ? Number(at) + size : Number(at) * size;

/**
 * Remembers what the end of a list showed: how long a list the vendor counts rightly, and that no hidden cap
 * had cut its only page, if a page with nothing new reached beyond the end.
 */
function noteEnd<R extends Item>(
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
function noteList<R extends Item>(lists: Set<unknown>, { name, source }: SpanRequest<R>): void {
  if (lists.size < SETTLED) lists.add(name ?? source);
}

/** What a reading of one list or window has shown so far. */
class PageRecord<R extends Item> {
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
    private readonly memory: Pick<ListMemory, "hasCopies">,
    counts: ListShape["counts"],
  ) {
    // Other pages may have shown them, if those of this reading are too short to.
    this.hasCopies = memory.hasCopies && counts === "backups";
  }

  add({ rows, total }: PageAnswer<R>): void {
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
    this.endedBeyond = known > 0 && this.rows.size === known;
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

/**
 * Whether the count of a list or window says something about its rows. A count that ignores the window does
 * not: then it is the same for a window in the future, which is asked for once.
 */
async function countsWindow<R extends Item>(
  request: SpanRequest<R>,
  window: PageQuestion["window"],
  { rows, counted }: PageRecord<R>,
): Promise<boolean> {
  const { shape, memory, bounds, ask } = request;
  if (window === null || shape.window === null || !Number.isFinite(bounds.newest)) return true;
  if (memory.countsWindow === null && rows.size > 0) {
    const unit = shape.window.precisionMs;
    const since = (Math.ceil(Math.max(bounds.newest, window.until) / unit) + 2) * unit;
    const future = { since, until: since + 2 * unit };
    try {
      const size = pageSizeOf(request);
      const answer = await ask({ window: future, size, at: firstPage(shape) });
      memory.countsWindow = answer.rows.length > 0 || answer.total !== counted;
    } catch (error) {
      // A vendor may refuse a window in the future, and then its count stays evidence.
      if (!(error instanceof SourceError) || error.kind !== "BAD_RESPONSE") throw error;
      memory.countsWindow = true;
    }
  }
  return memory.countsWindow ?? true;
}

/**
 * Asks a list again that showed fewer rows than its vendor counts, and adds what it finds to `rows`. Returns
 * the shortage that the readings agree on, or null if the list is whole after all.
 *
 * Neither an empty page, a page shorter than requested nor a page of known rows ends a list while the vendor
 * counts more. The other ways are straight passes over all pages: in the usual size, and in the size of the
 * longest page, because a hidden cap may have cut it.
 */
async function settle<R extends Item>(
  request: SpanRequest<R>,
  window: PageQuestion["window"],
  rows: Map<string, R>,
  record: PageRecord<R>,
): Promise<Shortage | null> {
  const { memory, source } = request;
  const { outcome } = record;
  const isSettled =
    memory.shortLists.size >= SETTLED &&
    record.reached >= (record.counted ?? 0) &&
    !looksLikeCap(record.longest);
  if (isSettled || source.agreed.includes(outcome)) return record.shortageOf(rows);
  const found = rows.size;
  const tried: number[] = [];
  let size: number | null = pageSizeOf(request);
  let pass = record;
  let shortage: Shortage | null = null;
  for (let count = 0; count < MOST_PASSES && size !== null; count += 1) {
    tried.push(size);
    pass = await countedPass(request, window, size, rows);
    shortage = pass.shortageOf(rows);
    if (shortage === null) return null;
    // The cap may have begun after the first page came.
    const capped: number = capSize(request, pass.longest);
    const isRare = capped !== pageSizeOf(request);
    // Only pages of that size show what a cap hid, so they are believed twice. If rows came or went
    // meanwhile, one more pass decides.
    if (tried.filter((one) => one === capped).length < (isRare ? 2 : 1)) size = capped;
    else size = pass.outcome === outcome ? null : pageSizeOf(request);
  }
  // Where only the passes found some of the rows, the next reading needs them too.
  if (rows.size > found) return shortage;
  noteList(memory.shortLists, request);
  source.agreed = [...source.agreed, outcome, pass.outcome].slice(-KEPT_AGREEMENTS);
  return shortage;
}

/** The legal page size that is nearest to the longest page, in case a hidden cap cut it. */
function capSize<R extends Item>(request: SpanRequest<R>, longest: number): number {
  const { page } = request.shape;
  return page.style === "token" || longest === 0 ? pageSizeOf(request) : legalSize(page, longest);
}

/** Reads a list page by page, in pages of one size, to beyond the vendor's count. */
async function countedPass<R extends Item>(
  request: SpanRequest<R>,
  window: PageQuestion["window"],
  size: number,
  rows: Map<string, R>,
): Promise<PageRecord<R>> {
  const record = new PageRecord<R>(request.memory, request.shape.counts);
  record.isPass = true;
  let idle = 0;
  let last: readonly Item[] = [];
  const isOffset = request.shape.page.style === "offset";
  for await (const { page, at } of straightPages(request, { window, size, first: null })) {
    const end = endOf(request.shape, { window, at, size });
    note(request, page, record.rows.size);
    const before = record.rows.size;
    // Behind a page that lacks rows, the next one may begin too early, and behind the end the last may be repeated.
    const isAgain = isOffset
      ? last.length < size || Number(at) >= (page.total ?? Infinity)
      : page.rows.length === last.length && page.rows.every(({ key }, i) => key === last[i]?.key);
    if (isAgain && page.rows.some(({ key }) => record.rows.has(key))) record.isPass = false;
    last = page.rows;
    record.add(page);
    for (const row of page.rows) rows.set(row.key, row);
    idle = record.rows.size > before ? 0 : idle + 1;
    if (countsRows(request) && record.shortageOf(rows) === null) break;
    const isBeyond = idle > 0 && end >= (page.total ?? 0);
    if (request.shape.page.style !== "token" && (isBeyond || idle > IDLE_PAGES)) break;
  }
  return record;
}
