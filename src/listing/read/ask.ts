import { SourceError } from "../../errors.js";
import type { ListShape, PageAnswer, PageQuestion } from "../shape.js";
import { legalSize } from "./place.js";

/** A row as far as reading a list needs it. Instants are epoch milliseconds. */
export interface Item {
  /** Identity of the wire row. */
  readonly key: string;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** Asks the vendor for one page. */
export type Ask<R extends Item> = (question: PageQuestion) => Promise<PageAnswer<R>>;

/** What has been learnt of a listing of one account; it only ever makes reading more careful. */
export interface ListMemory {
  /** The most rows that a page has brought: a page with fewer is not silently capped. */
  provenPage: number;
  /** The page size that the vendor honours, where it is less than the declared one. */
  cap: number | null;
  /** False once a list ended with fewer rows than the vendor counted: its totals are no evidence any more. */
  totalTrusted: boolean;
  /** False once a row lay outside the window it was asked in: windows are no longer trusted. */
  windowTrusted: boolean;
  /** The widest window that was not refused, where one was refused. */
  maxSpanMs: number | null;
}

export const newListMemory = (): ListMemory => ({
  provenPage: 0,
  cap: null,
  totalTrusted: true,
  windowTrusted: true,
  maxSpanMs: null,
});

/** A list about to be read. */
export interface ListReading<R extends Item> {
  readonly ask: Ask<R>;
  readonly shape: ListShape;
  readonly memory: ListMemory;
  /** Rows that one slice may hold. */
  readonly scanRows: number;
  /** A vendor's total above this ends the reading at once: another way is cheaper. */
  readonly giveUpAbove?: number;
  /** Told where the answers contradict what is declared of the list. */
  readonly onBroken?: (message: string) => void;
}

/** The number of rows to ask for in one page. */
export const pageSizeOf = ({
  shape,
  memory,
}: Pick<ListReading<Item>, "shape" | "memory">): number =>
  legalSize(shape.page, memory.cap ?? Number.POSITIVE_INFINITY);

/** The position of the first page. */
export const firstPage = ({ page }: ListShape): PageQuestion["at"] =>
  page.style === "offset" ? 0 : page.style === "pageNumber" ? 1 : null;

/**
 * Whether the vendor's list ends with this page.
 *
 * A token list ends where the vendor gives no token, and nowhere else. Otherwise a full page proves
 * nothing, and neither does a total alone: a page ends the list when it is shorter than asked and
 * cannot have been capped silently, because it has fewer rows than the vendor gives unasked or than
 * it has given before, or because the total agrees and the length is none that caps have.
 */
export function endsList<R extends Item>(
  reading: Pick<ListReading<R>, "shape" | "memory">,
  answer: PageAnswer<R>,
  offset: number,
  size: number,
): boolean {
  const { rows, total } = answer;
  if (reading.shape.page.style === "token") return answer.next === null;
  if (total !== null && total > offset + rows.length && rows.length > 0) return false;
  if (rows.length >= size) return false;
  if (isUncapped(reading, answer)) return true;
  return total !== null && !looksLikeCap(rows.length);
}

/** Whether a page has fewer rows than the vendor gives unasked or has given: it is not silently capped. */
const isUncapped = <R extends Item>(
  { shape, memory }: Pick<ListReading<R>, "shape" | "memory">,
  { rows }: PageAnswer<R>,
): boolean => rows.length < Math.max(shape.defaultSize, memory.provenPage);

/**
 * Whether nothing but the vendor's total speaks against a page's being the last: it is not full, and has
 * no length that caps have. The next page shows it.
 */
export function seemsLast<R extends Item>(
  reading: Pick<ListReading<R>, "shape" | "memory">,
  answer: PageAnswer<R>,
): boolean {
  const { length } = answer.rows;
  if (reading.shape.page.style === "token" || length >= pageSizeOf(reading)) return false;
  return isUncapped(reading, answer) || !looksLikeCap(length);
}

/** Caps are round numbers; a list of such a length is asked once more. */
const looksLikeCap = (rows: number): boolean => rows % 5 === 0 || isPowerOfTwo(rows);

const isPowerOfTwo = (rows: number): boolean => (rows & (rows - 1)) === 0;

/** Remembers what a page showed, and refuses a slice that has grown too large. */
export function note<R extends Item>(
  reading: Pick<ListReading<R>, "memory" | "scanRows" | "giveUpAbove">,
  { rows, total }: PageAnswer<R>,
  read: number,
): void {
  const { memory, scanRows, giveUpAbove = Number.POSITIVE_INFINITY } = reading;
  memory.provenPage = Math.max(memory.provenPage, rows.length);
  if (read + rows.length > scanRows || (total ?? 0) > giveUpAbove) {
    const message = `The list has more than ${Math.min(scanRows, giveUpAbove)} rows.`;
    throw new SourceError("SCAN_LIMIT", message, { retryable: false });
  }
}

/** The vendor's paging does not lead to an end. */
export function endless({ onBroken }: Pick<ListReading<Item>, "onBroken">): SourceError {
  const message = "The vendor's pages repeat and do not come to an end.";
  onBroken?.(message);
  return new SourceError("BAD_RESPONSE", message, { retryable: true });
}
