import type { MappedBackup } from "../../domain/backup.js";
import { isRow, type Row } from "../../domain/row.js";
import { optionalText, text } from "./decode.js";
import type { ListScope } from "../../listing/declaration.js";

export const MEBIBYTE = 1024 ** 2;
export const GIBIBYTE = 1024 ** 3;

/** What a backup is where its vendor says nothing more of it. */
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
 * Id of the instance that a row belongs to: what the row says, else the instance whose list it is.
 * @throws {SourceError} BAD_RESPONSE where neither tells.
 */
export const ownerOf = (row: Row, name: string, { instance }: ListScope): string =>
  optionalText(row, name) ?? instance?.nativeId ?? text(row, name);

/** Whether a row in the list of one instance says that it belongs to another. */
export const isForeign = (row: Row, name: string, { instance }: ListScope): boolean =>
  instance !== null && ownerOf(row, name, { region: null, instance }) !== instance.nativeId;

const isLink = (name: string, value: unknown): boolean =>
  typeof value === "string" && (/url$/i.test(name) || /^\s*https?:\/\//i.test(value));

const isListOfLinks = (name: string, value: unknown): boolean =>
  Array.isArray(value) && value.some((item) => isLink(name, item));

/**
 * A row without download links at any depth: fields named as links, and texts that begin as one.
 *
 * Cost: no copy of a row that holds none, as most do.
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
