import type { MappedBackup } from "../../domain/backup.js";
import { isRow, type Row } from "../../domain/row.js";
import type { ListScope } from "../../listing/declaration.js";
import { optionalText, text } from "./decode.js";

/** A table from a vendor's words or codes to ours, written by what they mean. */
export const tableOf = <Meaning extends string>(
  words: Readonly<Partial<Record<Meaning, readonly (string | number)[]>>>,
): Readonly<Record<string, Meaning>> =>
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

/** The facts of a backup whose vendor says nothing more about it. */
export const NOTHING_SAID = Object.freeze({
  zone: null,
  name: null,
  method: "UNKNOWN",
  kind: "UNKNOWN",
  finishedAt: null,
  expiresAt: null,
  sizeBytes: null,
  shardCount: null,
  engineVersion: null,
  locked: null,
  remark: null,
  shard: null,
} satisfies Partial<MappedBackup>);

/**
 * The id of the instance that a row belongs to: from the row, else from the list of one instance.
 * @throws {SourceError} BAD_RESPONSE if neither says.
 */
export const ownerOf = (row: Row, name: string, { instance }: ListScope): string =>
  optionalText(row, name) ?? instance?.nativeId ?? text(row, name);

/** Whether a row in the list of one instance belongs to another. */
export const isForeign = (row: Row, name: string, { instance }: ListScope): boolean =>
  instance !== null && ownerOf(row, name, { region: null, instance }) !== instance.nativeId;

const isLink = (name: string, value: unknown): boolean =>
  typeof value === "string" && (/url$/i.test(name) || /^\s*https?:\/\//i.test(value));

const isListOfLinks = (name: string, value: unknown): boolean =>
  Array.isArray(value) && value.some((item) => isLink(name, item));

/**
 * A row without download links at any depth: fields named like links, and texts that begin like one.
 *
 * Cost: a row without links, as most are, is not copied.
 */
export const withoutLinks = (row: Row): Row => (holdsLinks(row) ? copyWithoutLinks(row) : row);

function holdsLinks(row: Row): boolean {
  for (const name in row) {
    const value = row[name];
    if (typeof value === "string") {
      if (isLink(name, value)) return true;
    } else if (typeof value === "object" && value !== null) {
      if (isListOfLinks(name, value) || holdsLinksWithin(value)) return true;
    }
  }
  return false;
}

const holdsLinksWithin = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(holdsLinksWithin) : isRow(value) && holdsLinks(value);

const copyWithoutLinks = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([name, value]) => !isLink(name, value) && !isListOfLinks(name, value))
      .map(([name, value]) => [name, cleaned(value)]),
  );

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  return isRow(value) ? copyWithoutLinks(value) : value;
}
