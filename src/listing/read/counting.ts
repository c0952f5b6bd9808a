import { SourceError } from "../../errors.js";
import type { Notice } from "../../paging/slice.js";
import {
  comparesTotals,
  countsRows,
  endsList,
  endsOnceSettled,
  looksLikeCap,
  noteEnd,
  noteList,
  notePage,
  PageRecord,
  pageSizeOf,
  SETTLED,
  unlessSettled,
  type Shortage,
  type SpanRequest,
} from "./evidence.js";
import { firstPage, legalSize, mayBeRounded } from "./layout.js";
import type { Item, ListShape, PageAnswer, PageQuestion } from "../shape.js";
import { readPages, straightPages } from "./pages.js";

/** How many pages in a row may have no new row before asking again gives up. */
const IDLE_PAGES = 2;

/** How many times a list is asked again at most. */
const MOST_RECOUNTS = 4;

/** How many agreed readings are remembered of one list. */
const KEPT_AGREEMENTS = 8;

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
  record.add(first, pageSizeOf(request));
  let isNoted = !isList;
  const ask = async (question: PageQuestion) => {
    const answer = await request.ask(question);
    const isRounded = mayBeRounded(shape, answer.rows, question.size);
    record.add(answer, endOf(shape, question), isRounded);
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
  for (let count = 0; count < MOST_RECOUNTS && size !== null; count += 1) {
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
    notePage(request, page, record.rows.size);
    const before = record.rows.size;
    // Behind a page that lacks rows, the next one may begin too early, and behind the end the last may be repeated.
    const isAgain = isOffset
      ? last.length < size || Number(at) >= (page.total ?? Infinity)
      : page.rows.length === last.length && page.rows.every(({ key }, i) => key === last[i]?.key);
    if (isAgain && page.rows.some(({ key }) => record.rows.has(key))) record.isPass = false;
    last = page.rows;
    record.add(page, end);
    for (const row of page.rows) rows.set(row.key, row);
    idle = record.rows.size > before ? 0 : idle + 1;
    if (countsRows(request) && record.shortageOf(rows) === null) break;
    const isBeyond = idle > 0 && end >= (page.total ?? 0);
    if (request.shape.page.style !== "token" && (isBeyond || idle > IDLE_PAGES)) break;
  }
  return record;
}
