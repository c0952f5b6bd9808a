import { hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { type Backup, shardRowsOf } from "../domain/backup.js";
import { isDeep, isRow, type Row } from "../domain/row.js";
import { SourceError } from "../errors.js";
import type { Slice } from "../paging/slice.js";
import type { CallVendor } from "./callVendor.js";
import type { BackupListing, Listing, ListScope, Params } from "./declaration.js";
import type { Operation } from "./operation.js";
import type { ListingMemory } from "./read/evidence.js";
import type { Item, PageAnswer, PageQuestion } from "./shape.js";

/** A wire row that was read: decoded, left out on purpose, or not understood. */
export interface ListItem<T> extends Item {
  /** Without download links. */
  readonly row: Row;
  /** Null for a row that is unchanged, is not ours, or cannot be decoded. */
  readonly mapped: T | null;
  /** The backup that an unchanged row was decoded to before. */
  readonly known: Backup | null;
  /** Why the row cannot be decoded; it names fields, never values. */
  readonly fault: string | null;
}

/** Backups by the keys of their rows. */
type KnownRows = ReadonlyMap<string, Backup>;

/**
 * The backups of a slice that were made from one row each, so that an unchanged row is not decoded again:
 * a list is read every minute, and a backup changes two or three times in its life.
 */
export function knownRowsOf(
  slice: Slice<Backup> | null,
  { keyOf }: Pick<BackupListing, "keyOf">,
): KnownRows {
  const known = new Map<string, Backup>();
  for (const backup of slice?.rows ?? [])
    // A shard set changes with the time as well as with its rows.
    if (shardRowsOf(backup) === null) known.set(keyOf(backup.raw), backup);
  return known;
}

/** The parts of a listing that decode a row. */
type Decoding<T> = Pick<Listing<T>, "keyOf" | "map"> & LinkRule;
type LinkRule = Partial<Pick<BackupListing, "withoutLinks">>;

/** Instants that place a decoded row; absent if rows have no place in time. */
interface Placed {
  readonly startedAt?: number | null;
  readonly finishedAt?: number | null;
}

/**
 * Decodes one wire row. A row that cannot be decoded still counts as a row, because offsets count all rows;
 * its key is made of its content.
 */
export function itemOf<T extends Placed>(
  listing: Decoding<T>,
  value: unknown,
  scope: ListScope,
  knownRows?: KnownRows,
): ListItem<T> {
  if (!isRow(value)) return faulty(isDeep(value) ? null : value, {}, "A row is not an object.");
  try {
    const key = listing.keyOf(value);
    const known = knownRows?.get(key);
    if (known !== undefined && isUnchanged(listing, value, known.raw))
      return itemOfKnown(key, known);
    if (isDeep(value)) return faulty(key, {}, `Row ${key} is nested too deeply.`);
    const row = listing.withoutLinks?.(value) ?? value;
    const mapped = listing.map(value, scope);
    const { startedAt = null, finishedAt = null } = mapped ?? {};
    return { key, row, mapped, known: null, fault: null, startedAt, finishedAt };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return isDeep(value)
      ? faulty(error.message, {}, error.message)
      : faulty(value, value, error.message);
  }
}

/**
 * Whether a value, without the links in it, is what it was before. It is walked no deeper than the value
 * before, and not copied.
 */
function isUnchanged(rule: LinkRule, value: unknown, before: unknown): boolean {
  if (value === before) return true;
  if (!isObject(value) || !isObject(before)) return false;
  if (Array.isArray(value) !== Array.isArray(before)) return false;
  let left = Object.keys(before).length;
  // With `in`, Node 24 compiles this again and again while it compares rows of several products.
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === before[name]) left -= 1;
    else if (Object.hasOwn(before, name)) {
      if (!isUnchanged(rule, member, before[name])) return false;
      left -= 1;
    } else if (typeof member !== "string" || rule.withoutLinks === undefined) return false;
    else if (Object.keys(rule.withoutLinks({ [name]: member })).length > 0) return false;
  }
  return left === 0;
}

const isObject = (value: unknown): value is Row => typeof value === "object" && value !== null;

const itemOfKnown = <T>(key: string, known: Backup): ListItem<T> => ({
  key,
  row: known.raw,
  mapped: null,
  known,
  fault: null,
  startedAt: known.startedAt,
  finishedAt: known.finishedAt,
});

/** Texts up to this length are keys as they are; hashing many short rows costs more. */
const SHORT_TEXT = 100;
/** Characters by which longer texts differ, with their lengths; hashing 8 MB takes long. */
const MOST_HASHED = 10_000;

function faulty<T>(value: unknown, row: Row, fault: string): ListItem<T> {
  const text = JSON.stringify(value) ?? "";
  const content =
    text.length <= SHORT_TEXT
      ? text
      : hash("sha256", `${text.length} ${text.slice(0, MOST_HASHED)}`).slice(0, 32);
  const key = `?${content}`;
  return { key, row, mapped: null, known: null, fault, startedAt: null, finishedAt: null };
}

/** The parts of a backup listing that other listings lack. */
type BackupParts = Partial<Pick<BackupListing, "alternatives" | "alternativesOn" | "withoutLinks">>;

/** Everything that turns a page question into a vendor call. */
interface ListContext<T> {
  readonly listing: Listing<T> & BackupParts;
  readonly scope: ListScope;
  readonly memory: ListingMemory;
  readonly call: CallVendor;
  /** The most rows that are read of a list; an answer with more is not decoded. */
  readonly scanRows: number;
  /** The backups that rows were decoded to before. */
  readonly known?: KnownRows;
}

/**
 * Asks for one page of a list.
 *
 * Shape:  an item for every wire row, in the vendor's order.
 * Errors: `SourceError`. A row that cannot be decoded is not an error: its item says so.
 */
export async function askPage<T extends object>(
  context: ListContext<T>,
  question: PageQuestion,
  operation: Operation,
): Promise<PageAnswer<ListItem<T>>> {
  const { listing, scope, memory, call } = context;
  const parts = listing.parts?.(scope) ?? null;
  const { part, at } = parts === null ? { part: 0, at: question.at } : placeInParts(question.at);
  for (;;) {
    const used = memory.alternative;
    try {
      const payload = await call(
        {
          action: listing.action,
          region: scope.region,
          params: {
            ...listing.params(scope),
            ...parts?.[part],
            ...listing.alternatives?.[used]?.params,
            ...pageParams(listing, question, at),
          },
        },
        operation,
      );
      const answer = {
        rows: await itemsOf(context, listing.rows(payload)),
        total: listing.total(payload),
        next: listing.nextToken?.(payload) ?? null,
        notices: listing.notices?.(payload) ?? [],
      };
      return parts === null
        ? answer
        : { ...answer, ...nextInParts(part, answer.next, parts.length) };
    } catch (error) {
      if (!hasWeakerForm(listing, used, error)) throw ofToken(listing, at, error);
      // Another page of the same list may have found out meanwhile.
      memory.alternative = Math.max(memory.alternative, used + 1);
    }
  }
}

/** The token of the first page of a part. */
export const tokenOfPart = (part: number): string | null => (part === 0 ? null : String(part));

/** The part of a list that a page belongs to, and its own token there. */
function placeInParts(at: PageQuestion["at"]): {
  readonly part: number;
  readonly at: string | null;
} {
  const [part = "", ...token] = String(at ?? "0").split(" ");
  return { part: Number(part), at: token.length === 0 ? null : token.join(" ") };
}

const nextInParts = (
  part: number,
  token: string | null,
  parts: number,
): Pick<PageAnswer<unknown>, "next" | "endsPart"> =>
  token === null
    ? { next: part + 1 < parts ? tokenOfPart(part + 1) : null, endsPart: part + 1 < parts }
    : { next: `${part} ${token}` };

/** For how long rows are decoded before other work gets its turn. Units: milliseconds. */
const TURN_MS = 10;

/** Rows of one answer that may fail to decode before the whole answer counts as broken. */
const MOST_FAULTS = 1_000;

async function itemsOf<T extends object>(
  { listing, scope, known, scanRows }: ListContext<T>,
  rows: readonly unknown[],
): Promise<ListItem<T>[]> {
  if (rows.length > scanRows) {
    const message = `The vendor's answer has more than ${scanRows} rows.`;
    throw new SourceError("SCAN_LIMIT", message, { retryable: false });
  }
  const items: ListItem<T>[] = [];
  let faults = 0;
  let since = performance.now();
  for (const row of rows) {
    const item = itemOf(listing, row, scope, known);
    if (item.fault !== null) faults += 1;
    if (faults > MOST_FAULTS)
      throw new SourceError("BAD_RESPONSE", "The rows of the vendor's answer cannot be decoded.");
    items.push(item);
    if (performance.now() - since < TURN_MS) continue;
    await setImmediate();
    since = performance.now();
  }
  return items;
}

/** The error of a page whose token the vendor does not accept any more; any other error as it is. */
function ofToken<T>(
  { tokenRefusedOn = [] }: Listing<T>,
  at: PageQuestion["at"],
  error: unknown,
): unknown {
  if (typeof at !== "string" || !(error instanceof SourceError)) return error;
  if (!error.hasCode(tokenRefusedOn)) return error;
  const message = "The vendor refused the token of a page, again and again.";
  return new SourceError("UNAVAILABLE", message, { ...error.details, tokenRefused: true });
}

const hasWeakerForm = (
  { alternatives = [], alternativesOn = [] }: BackupParts,
  used: number,
  error: unknown,
): boolean =>
  used + 1 < alternatives.length && error instanceof SourceError && error.hasCode(alternativesOn);

function pageParams<T>(
  { shape, formatInstant = String }: Listing<T>,
  { window, size }: PageQuestion,
  at: PageQuestion["at"],
): Params {
  const { page } = shape;
  const paged: Params =
    page.style === "offset"
      ? { [page.offset]: at, [page.limit]: size }
      : page.style === "pageNumber"
        ? { [page.page]: at, [page.size]: size }
        : { [page.token]: at, [page.size]: size };
  if (window === null || shape.window === null) return paged;
  return {
    [shape.window.since]: Number.isFinite(window.since) ? formatInstant(window.since) : null,
    [shape.window.until]: Number.isFinite(window.until) ? formatInstant(window.until) : null,
    ...paged,
  };
}
