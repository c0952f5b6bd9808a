import { isRow, type Row } from "../../domain/row.js";
import { SourceError } from "../../errors.js";
import { wallClock, zoneClock } from "./instant.js";

/** Unix seconds from here on are most likely milliseconds: they lie beyond the year 5100. */
const SECONDS_END = 100_000_000_000;

/** Control characters and halves of surrogate pairs are in no id, and break global ids. */
const NOT_IN_IDS = /[\p{Cc}\p{Cs}]/u;

/**
 * A field that a row cannot do without, for example its id; a whole number becomes its digits.
 * @throws {SourceError} BAD_RESPONSE that names the field and never quotes it.
 */
export function text(row: Row, name: string): string {
  const value = row[name];
  if (typeof value === "string" && value.trim() !== "" && !NOT_IN_IDS.test(value)) return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw new SourceError("BAD_RESPONSE", `A row has no usable ${name}.`);
}

/** Trimmed text, or a number's digits; null for empty text and for anything else. */
export function optionalText(row: Row, name: string): string | null {
  const value = row[name];
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== "string") return null;
  const trimmed = value.trim();
  return trimmed === "" ? null : trimmed;
}

/** A count from a whole number or its digits; null for what is negative, broken or too large. */
export function count(row: Row, name: string): number | null {
  const value = row[name];
  const number =
    typeof value === "string" && /^\s*\d{1,16}\s*$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** A count times its unit, for sizes that are told in MB or GB. Units: bytes. */
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

/** Unix seconds; 0, "" and what is no plausible second are null. */
export function instantSeconds(row: Row, name: string): number | null {
  const seconds = count(row, name);
  return seconds === null || seconds === 0 || seconds >= SECONDS_END ? null : seconds * 1000;
}

/** `YYYY-MM-DDTHH:mmZ`, with or without seconds. */
export function instantUtc(row: Row, name: string): number | null {
  const value = optionalText(row, name);
  return value?.endsWith("Z") === true ? wallClock(value.slice(0, -1)) : null;
}

/** Reads a field as an instant. */
export type InstantReader = (row: Row, name: string) => number | null;

/** Reader of `YYYY-MM-DD HH:mm:ss` in a zone; "" and `0000-00-00 00:00:00` are null. */
export function instantIn(timeZone: string): InstantReader {
  const clock = zoneClock(timeZone);
  return (row, name) => {
    const value = optionalText(row, name);
    const wall = value === null ? null : wallClock(value);
    return wall === null ? null : clock.toInstant(wall);
  };
}

/** Our word for a vendor's; tables are keyed in lower case, vendors are not strict about theirs. */
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
 * The list at a dotted path. Nothing there is an empty list only where the vendor's own `total`
 * says zero: empty and unknown are never confused.
 * @throws {SourceError} BAD_RESPONSE where it is absent, or no list.
 */
export function list(row: Row, path: string, total: number | null = null): readonly unknown[] {
  const found = path
    .split(".")
    .reduce<unknown>((at, name) => (isRow(at) ? at[name] : at === null ? null : undefined), row);
  if (Array.isArray(found)) return found as readonly unknown[];
  const absent = found === undefined || found === null;
  if (absent && total === 0) return [];
  throw new SourceError("BAD_RESPONSE", `${path} is ${absent ? "absent" : "no list"}.`);
}
