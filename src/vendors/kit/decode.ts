import type { InstanceTag } from "../../domain/instance.js";
import { isRow, type Row } from "../../domain/row.js";
import { SourceError } from "../../errors.js";
import { wallClock, zonedInstant, zoneClock } from "./instant.js";

/** Seconds from here on are most likely milliseconds: they lie beyond the year 5100. */
const SECONDS_END = 100_000_000_000;

/** Ids have no control characters or halves of surrogate pairs; U+FFFD replaces bytes that are not UTF-8. */
const NOT_IN_IDS = /[\p{Cc}\p{Cs}\uFFFD]/u;

/** Several times the longest id of any vendor. Global ids and cursors are made of ids, and must stay short. */
const LONGEST_ID = 512;

/**
 * A mandatory field, such as the id of a row; a whole number becomes its digits.
 * @throws {SourceError} BAD_RESPONSE that names the field and never quotes it.
 */
export function text(row: Row, name: string): string {
  const value = row[name];
  const isId = typeof value === "string" && value.length <= LONGEST_ID && value.trim() !== "";
  if (isId && !NOT_IN_IDS.test(value)) return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw new SourceError("BAD_RESPONSE", `A row has no usable ${name}.`);
}

/**
 * An id that a row may lack, trimmed; null if it does.
 * @throws {SourceError} BAD_RESPONSE if what it says cannot be an id.
 */
export const optionalId = (row: Row, name: string): string | null =>
  optionalText(row, name) === null ? null : text(row, name).trim();

/** Trimmed text, or a number's digits; null for empty text and for anything else. */
export function optionalText(row: Row, name: string): string | null {
  const value = row[name];
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== "string") return null;
  const trimmed = value.trim();
  return trimmed === "" ? null : trimmed;
}

/** A count from a whole number or its digits; null for a negative, broken or too large one. */
export function count(row: Row, name: string): number | null {
  const value = row[name];
  const number =
    typeof value === "string" && /^\s*\d{1,16}\s*$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** A count times its unit, for sizes in MB or GB. Units: bytes. */
export function bytes(row: Row, name: string, unit: number): number | null {
  const number = count(row, name);
  const total = number === null ? null : number * unit;
  return total !== null && Number.isSafeInteger(total) ? total : null;
}

const FLAGS: Readonly<Record<string, boolean>> = { 0: false, 1: true, false: false, true: true };

/** Yes or no as 0, 1, "0", "1", true or false. */
export function flag(row: Row, name: string): boolean | null {
  const value = String(row[name]).trim().toLowerCase();
  return Object.hasOwn(FLAGS, value) ? (FLAGS[value] ?? null) : null;
}

/** Unix seconds, fractions included; 0, "" and implausible seconds are null. */
export function instantSeconds(row: Row, name: string): number | null {
  const value = row[name];
  const isFraction = typeof value === "number" && value > 0 && !Number.isInteger(value);
  const seconds = isFraction ? value : count(row, name);
  if (seconds === null || seconds === 0 || seconds >= SECONDS_END) return null;
  return Math.floor(seconds * 1000);
}

/**
 * `YYYY-MM-DDTHH:mmZ`, with or without seconds and their fraction, which is cut to milliseconds. Vendors document
 * UTC; another offset, such as +08:00, is the same standard and as certain.
 */
export function instantUtc(row: Row, name: string): number | null {
  const value = optionalText(row, name);
  return value === null ? null : zonedInstant(value);
}

/** Zeros, dashes, words, and years before 1000, which databases and languages write for no time. */
const NO_INSTANT = /^(?:0\d{3}-.*|[^1-9]*)$/;

/**
 * Reads an instant without which a row has no place in the order. A vendor may leave it out while a backup is under
 * way; one that is there and cannot be read must not look like that.
 * @throws {SourceError} BAD_RESPONSE that names the field.
 */
export const mandatory =
  (read: InstantReader): InstantReader =>
  (row, name) => {
    const instant = read(row, name);
    if (instant !== null) return instant;
    const value = row[name] ?? "";
    const isScalar = typeof value === "string" || typeof value === "number";
    if (isScalar && NO_INSTANT.test(String(value).trim())) return null;
    throw new SourceError("BAD_RESPONSE", `A row has no usable ${name}.`);
  };

/** The earliest instant of a row's parts, such as its nodes; null if a part has none, or there are no parts. */
export function earliest(
  parts: readonly unknown[],
  name: string,
  read: InstantReader,
): number | null {
  let earliest: number | null = null;
  for (const part of parts) {
    const instant = isRow(part) ? read(part, name) : null;
    if (instant === null) return null;
    earliest = Math.min(earliest ?? instant, instant);
  }
  return earliest;
}

/** Reads a field as an instant. */
export type InstantReader = (row: Row, name: string) => number | null;

/** Reader of `YYYY-MM-DD HH:mm:ss` in a zone, unless it has an offset; "" and `0000-00-00 00:00:00` are null. */
export function instantIn(timeZone: string): InstantReader {
  const clock = zoneClock(timeZone);
  return (row, name) => {
    const value = optionalText(row, name);
    if (value === null) return null;
    const wall = wallClock(value);
    return wall === null ? zonedInstant(value) : clock.toInstant(wall);
  };
}

/** Our word for a vendor's. Tables are keyed in lower case, because vendors are not strict about case. */
export function word<T, F>(
  row: Row,
  name: string,
  table: Readonly<Record<string, T>>,
  fallback: F,
): T | F {
  const value = optionalText(row, name)?.toLowerCase();
  return value !== undefined && Object.hasOwn(table, value) ? (table[value] as T) : fallback;
}

/** The object in a field; null for anything else. */
export function child(row: Row, name: string): Row | null {
  const value = row[name];
  return isRow(value) ? value : null;
}

/**
 * The list at a dotted path. An absent list is empty only if the vendor's own `total` says zero, because
 * empty and unknown must not be confused.
 * @throws {SourceError} BAD_RESPONSE if it is absent, or not a list.
 */
export function list(row: Row, path: string, total: number | null = null): readonly unknown[] {
  const found = at(row, path);
  if (Array.isArray(found)) return found as readonly unknown[];
  const absent = found === undefined || found === null;
  if (absent && total === 0) return [];
  throw new SourceError("BAD_RESPONSE", `${path} is ${absent ? "absent" : "not a list"}.`);
}

/**
 * The members of a list in decoded XML, by the dotted path of the list and the name of its members. An
 * element that is empty, or holds nothing but white space, is an empty list, and one member is a list of one.
 * @throws {SourceError} BAD_RESPONSE if the element is absent.
 */
export function xmlList(row: Row, path: string, member: string): readonly unknown[] {
  const found = at(row, path);
  if (typeof found === "string" && found.trim() === "") return [];
  const members = isRow(found) ? found[member] : undefined;
  if (members === undefined)
    throw new SourceError("BAD_RESPONSE", `${path} is absent or not a list.`);
  return Array.isArray(members) ? (members as readonly unknown[]) : [members];
}

/** The names of the fields of a vendor's tag. */
interface TagNames {
  readonly key: string;
  readonly value: string;
}

/**
 * The tags in the list at a dotted path. Null if there is no such list, or one of its members is no tag:
 * what cannot be read must not look like an instance without tags.
 */
export function tagsAt(row: Row, path: string, names: TagNames): readonly InstanceTag[] | null {
  const members = at(row, path);
  return Array.isArray(members) ? tagsOf(members, names) : null;
}

/** The tags in a list, or null if one of its members is no tag. */
export function tagsOf(
  members: readonly unknown[],
  names: TagNames,
): readonly InstanceTag[] | null {
  const tags: InstanceTag[] = [];
  for (const member of members) {
    const key = isRow(member) ? optionalText(member, names.key) : null;
    if (!isRow(member) || key === null) return null;
    tags.push({ key, value: optionalText(member, names.value) ?? "" });
  }
  return tags;
}

/** A whole number of days, in milliseconds; null for zero and for anything else. */
export function days(row: Row, name: string): number | null {
  const number = count(row, name);
  return number === null || number === 0 ? null : bytes(row, name, DAY_MS);
}

const DAY_MS = 86_400_000;

function at(row: Row, path: string): unknown {
  let part: unknown = row;
  for (const name of path.split("."))
    part = isRow(part) ? part[name] : part === null ? null : undefined;
  return part;
}

/** What a vendor's words mean. */
export type Words<T> = Readonly<Record<string, T>>;

/** A table from a vendor's words or codes to ours, written by what they mean. */
export const tableOf = <Meaning extends string>(
  words: Readonly<Partial<Record<Meaning, readonly (string | number)[]>>>,
): Words<Meaning> =>
  Object.freeze(
    Object.fromEntries(
      Object.entries<readonly (string | number)[] | undefined>(words).flatMap(([meaning, list]) =>
        (list ?? []).map((word) => [String(word), meaning as Meaning]),
      ),
    ),
  );

/** Freezes a declaration and all plain values in it, so that no reader can change it for others. */
export function freeze<T extends object>(value: T): T {
  Object.values(value)
    .filter((part): part is object => typeof part === "object" && part !== null)
    .filter((part) => !Object.isFrozen(part))
    .forEach(freeze);
  return Object.freeze(value);
}

export const MEBIBYTE = 1024 ** 2;
export const GIBIBYTE = 1024 ** 3;

/** Whether a field is a link, or a list with a link in it: fields named like links, and texts that begin like one. */
function isLink(name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item: unknown) => isLink(name, item));
  return typeof value === "string" && (/url$/i.test(name) || /^\s*https?:\/\//i.test(value));
}

/**
 * A row without download links at any depth.
 *
 * Cost: a row without links, as most are, is not copied.
 */
export const withoutLinks = (row: Row): Row =>
  holdsLinks(row) ? (copyWithoutLinks(row) as Row) : row;

function holdsLinks(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsLinks);
  if (!isRow(value)) return false;
  for (const name in value) {
    const member = value[name];
    if (isLink(name, member) || (typeof member === "object" && holdsLinks(member))) return true;
  }
  return false;
}

function copyWithoutLinks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyWithoutLinks);
  if (!isRow(value)) return value;
  const kept: [string, unknown][] = [];
  for (const name in value)
    if (!isLink(name, value[name])) kept.push([name, copyWithoutLinks(value[name])]);
  return Object.fromEntries(kept);
}
