import { getOrMake } from "../../src/domain/maps.js";
import { SourceError } from "../../src/errors.js";
import type { ListShape, PageAnswer, PageQuestion } from "../../src/listing/shape.js";
import {
  cappedBy,
  countedMore,
  isCompared,
  isHidden,
  roundedSize,
  type PageFault,
  type Rounding,
} from "./modelFaults.js";
import type { CapShown, ModelList, ModelRow } from "./modelList.js";

/** How a model vendor behaves where its documents are silent. */
export interface Behaviour {
  /**
   * No page has more rows, and the answer does not say so. If the count does not show it either, the vendor has
   * this limit no longer once `PROOFS` lists that are exactly as long have ended: lists cannot show it then. Pages
   * that it cut before look complete from then on: no vendor is promised to be understood that changes its limit.
   */
  readonly cap: number | null;
  /**
   * How page sizes are rounded. If that makes the largest pages shorter, `cap` is that limit. Sizes of pages on
   * which the copies of a row stand apart are not: such a list is read again in the size that its first page had.
   */
  readonly rounds: Rounding | null;
  /** Right, left out, of so many changes ago, or wrong by so many rows for good. */
  readonly totals:
    | { readonly kind: "exact" }
    | { readonly kind: "absent" }
    | { readonly kind: "stale"; readonly changes: number }
    | { readonly kind: "wrong"; readonly by: number };
  /** How often a row is listed. */
  readonly copies: number;
  /** Whether the copies of a row stand apart: two rows, then the same in the other order. */
  readonly copiesApart: boolean;
  readonly windowSelects: "start" | "end";
  readonly windowBounds: "inclusive" | "exclusive";
  /** How a row's instant is rounded to the window's precision before it is compared. */
  readonly windowRounds: "not" | "down" | "up";
  /** The widest window that is not refused. */
  readonly windowSpanMs: number | null;
  /** Whether a token holds a row offset, or the place behind the last row. */
  readonly tokens: "offset" | "place";
}

export const PLAIN: Behaviour = {
  cap: null,
  rounds: null,
  totals: { kind: "exact" },
  copies: 1,
  copiesApart: false,
  windowSelects: "start",
  windowBounds: "inclusive",
  windowRounds: "not",
  windowSpanMs: null,
  tokens: "offset",
};

export const TOO_WIDE = "WindowTooWide";

/** Lists that are as long as a cap settle the doubt whether there is one. */
const PROOFS = 3;

/** A list as one vendor shows it. */
export interface Served {
  readonly shape: ListShape;
  readonly behaviour: Behaviour;
  /** Names a part of the list that is a list of its own, for example that of one instance. */
  readonly name?: string;
  /** Which of the list's rows are shown, for example those of one instance. */
  readonly shows?: (row: ModelRow) => boolean;
  /** What is wrong with this answer besides. */
  readonly faults?: readonly PageFault[];
}

/** Answers one page question about a list as a vendor of that shape would. */
export function servePage(
  list: ModelList,
  served: Served,
  asked: PageQuestion,
): PageAnswer<ModelRow> {
  const { shape, behaviour, shows, faults = [] } = served;
  list.world.step += 1;
  checkLegal(shape, asked);
  const own = shows === undefined ? list.rows : list.rows.filter(shows);
  const listed = windowed(own, shape, behaviour, asked.window);
  const rows = repeated(listed, behaviour);
  const isToken = shape.page.style === "token";
  const isCounted = isCompared(shape, behaviour);
  const more = isCounted ? countedMore(faults) : 0;
  // A count that has become too low shows nothing of what pages lack.
  const isShown = isCounted && more >= 0;
  const rounded = isToken || isShown ? faults : [];
  const size = roundedSize(shape.page, asked.size, behaviour.rounds, rounded);
  const question = { ...asked, size };
  const ownCap = capNow(list, rows, served, question) ?? Infinity;
  // A limit that begins or ends is promised to be found only if the count shows it.
  const cap = Math.min(ownCap, isToken || isShown ? cappedBy(faults, behaviour) : Infinity);
  const repeats = faults.some(({ kind }) => kind === "repeats");
  const place = placed(rows, shape, { ...behaviour, cap }, question);
  const { from, end } = repeats ? withinList(place, rows.length) : place;
  const cut = rows.slice(from, end);
  const shown = cut.filter((row) => !isHidden(faults, row));
  // A page without rows does not show where it was cut, and behind a few of them the list ends.
  const lacking =
    shown.length === 0 && cut.length > 0
      ? rows.slice(from)
      : cut.filter((row) => isHidden(faults, row));
  for (const row of lacking) row[isShown ? "hiddenAt" : "lostAt"] = list.world.now;
  // A page that is shorter than requested ends a list that no count shows to be longer.
  if (lacking.length > 0 && !isShown && !isToken)
    for (const row of own) row.lostAt = list.world.now;
  const total = totalOf(list, rows.length, behaviour, rows.length > 0 ? more : 0);
  // A first page with as many rows as are counted, copies or not, is the whole list, once a count was right.
  const distinct = new Set(shown.map(({ key }) => key)).size;
  const isWhole = from === 0 && (distinct === total || shown.length === total);
  if (more < 0 && isWhole && !isToken) for (const row of own) row.lostAt = list.world.now;
  // What earlier pages lacked is not shown by a count that leaves as many rows out.
  if (more < 0) for (const row of own) row.lostAt = Math.max(row.lostAt, row.hiddenAt);
  list.last = { from: Math.floor(from / behaviour.copies), end: Math.ceil(end / behaviour.copies) };
  return {
    rows: shown.map((row) => ({ ...row })),
    total,
    next: isToken ? tokenBehind(rows, { from, end }, behaviour, repeats) : null,
  };
}

/** The token of the next page; if the last page repeats itself, its own token. */
function tokenBehind(
  rows: readonly ModelRow[],
  { from, end }: Span,
  behaviour: Behaviour,
  repeats: boolean,
): string | null {
  if (end < rows.length) return tokenOf(end, rows[end - 1], behaviour);
  return repeats ? tokenOf(from, rows[from - 1], behaviour) : null;
}

/** The page that a vendor shows that repeats its last page for every place beyond the end. */
function withinList({ from, end }: Span, length: number): Span {
  if (from < length || length === 0) return { from, end };
  const most = end - from;
  const last = Math.floor((length - 1) / most) * most;
  return { from: last, end: last + most };
}

/** Places of a list: `[from, end)`. */
interface Span {
  readonly from: number;
  readonly end: number;
}

/** The cap of this answer: whether it still holds. */
function capNow(
  list: ModelList,
  rows: readonly ModelRow[],
  { shape, behaviour, name }: Served,
  question: PageQuestion,
): number | null {
  const { caps, now } = list.world;
  const { cap, totals } = behaviour;
  const isMore = totals.kind === "wrong" && totals.by > 0 && shape.counts === "rows";
  const isShown = totals.kind === "exact" || isMore;
  if (cap === null || isShown || shape.page.style === "token") return cap;
  const { ends, behind } = getOrMake<object, CapShown>(caps, behaviour, () => ({
    ends: new Set(),
    behind: new Set(),
  }));
  if (ends.size >= PROOFS) return null;
  const isBeyond = Number(question.at) > (shape.page.style === "offset" ? 0 : 1);
  if (isBeyond && rows.length === cap) ends.add(name ?? list);
  const { end } = placed(rows, shape, { ...behaviour, cap }, question);
  if (question.size > cap) for (const row of rows.slice(end)) behind.add(row);
  if (ends.size >= PROOFS) for (const row of behind) row.uncappedAt = now;
  return cap;
}

/** Whether a cap that had cut lists has ended. */
export const hasEnded = ({ ends, behind }: CapShown): boolean =>
  ends.size >= PROOFS && behind.size > 0;

/** The rows with their copies: `a a b b`, or `a b b a`. */
function repeated(
  rows: readonly ModelRow[],
  { copies, copiesApart }: Behaviour,
): readonly ModelRow[] {
  if (copies === 1) return rows;
  const width = copiesApart ? 2 : 1;
  const groups = rows.flatMap((_, at) => (at % width === 0 ? [rows.slice(at, at + width)] : []));
  return groups.flatMap((group) => {
    const turned = [...group].reverse();
    return Array.from({ length: copies }, (_, copy) => (copy % 2 === 0 ? group : turned)).flat();
  });
}

/** The engine never asks what the vendor's documents forbid. */
function checkLegal({ page, window: windowShape }: ListShape, question: PageQuestion): void {
  const { size, at, window } = question;
  if (!Number.isInteger(size) || size < 1 || size > page.max) illegal(`size ${size}`);
  if (page.style !== "token" && page.sizes !== undefined && !page.sizes.includes(size))
    illegal(`size ${size}`);
  if (page.style === "offset" && page.aligned && Number(at) % size !== 0)
    illegal(`offset ${at} with limit ${size}`);
  if (page.style === "pageNumber" && !(Number.isInteger(at) && Number(at) >= 1))
    illegal(`page ${at}`);
  if (window === null && windowShape?.mandatory === true) illegal("no window");
  if (window !== null && windowShape === null) illegal("a window");
  if (window !== null && !(window.since < window.until)) illegal("an empty window");
  const unit = windowShape?.precisionMs ?? 1;
  if (window !== null && (window.since % unit !== 0 || window.until % unit !== 0))
    illegal(`a window of broken units ${window.since} ${window.until}`);
}

function illegal(what: string): never {
  throw new Error(`The vendor was asked what it does not take: ${what}.`);
}

function windowed(
  rows: readonly ModelRow[],
  { window: shape }: ListShape,
  behaviour: Behaviour,
  window: PageQuestion["window"],
): readonly ModelRow[] {
  if (window === null || shape === null) return rows;
  const { since, until } = window;
  if (behaviour.windowSpanMs !== null && until - since > behaviour.windowSpanMs)
    throw new SourceError("BAD_RESPONSE", "The window is too wide.", { code: TOO_WIDE });
  return rows.filter((row) => {
    const exact =
      behaviour.windowSelects === "end" ? (row.finishedAt ?? row.startedAt) : row.startedAt;
    const at = rounded(exact, shape.precisionMs, behaviour.windowRounds);
    return behaviour.windowBounds === "inclusive"
      ? at >= since && at <= until
      : at > since && at < until;
  });
}

function rounded(instant: number, unit: number, way: Behaviour["windowRounds"]): number {
  if (way === "not") return instant;
  return (way === "down" ? Math.floor(instant / unit) : Math.ceil(instant / unit)) * unit;
}

function placed(
  rows: readonly ModelRow[],
  { page }: ListShape,
  { cap, tokens }: { readonly cap: number; readonly tokens: Behaviour["tokens"] },
  { size, at }: PageQuestion,
): Span {
  const most = Math.min(size, cap);
  if (page.style === "offset") return { from: Number(at), end: Number(at) + most };
  if (page.style === "pageNumber") {
    const from = (Number(at) - 1) * most;
    return { from, end: from + most };
  }
  if (at === null) return { from: 0, end: most };
  if (tokens === "offset") return { from: Number(at), end: Number(at) + most };
  const behind = rows.findIndex(({ rank }) => rank > Number(at));
  const from = behind < 0 ? rows.length : behind;
  return { from, end: from + most };
}

/** The token of the page from a place on, behind a row; `undefined` is the beginning of the list. */
const tokenOf = (place: number, behind: ModelRow | undefined, { tokens }: Behaviour): string =>
  String(tokens === "offset" ? place : (behind?.rank ?? Number.NEGATIVE_INFINITY));

function totalOf(
  list: ModelList,
  rows: number,
  { totals, copies }: Behaviour,
  more: number,
): number | null {
  if (totals.kind === "absent") return null;
  if (totals.kind === "exact") return Math.max(0, rows + more);
  if (totals.kind === "wrong") return Math.max(0, rows + totals.by);
  const moved = list.lengthAgo(totals.changes) - list.rows.length;
  return Math.max(0, rows + moved * copies);
}
