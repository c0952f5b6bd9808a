import { isRow, type Row } from "../../domain/row.js";
import { SourceError } from "../../errors.js";
import type { Params } from "../../listing/declaration.js";
import { child, count, flag, optionalText } from "../kit/decode.js";
import { boundOf, placeAtToken, placeBehind, questionOf, type ListQuestion } from "./api.js";
import { compareObjectKeys, GREATEST, keyText, type Layout } from "./keys.js";

/* The pages of ListObjectsV2: what they show, and where the next one begins. */

/** What a page was asked for. */
const askedOf = (layouts: readonly Layout[], payload: Row): ListQuestion =>
  questionOf(layouts, (child(payload, "Asked") ?? {}) as Params);

/** The elements of one name; none, one and many look different in decoded XML. */
function elements(payload: Row, name: string): readonly unknown[] {
  const found = payload[name];
  if (found === undefined || found === "") return [];
  return Array.isArray(found) ? (found as readonly unknown[]) : [found];
}

/**
 * Checks what a page says about itself.
 * @throws {SourceError} BAD_RESPONSE if it does not say whether it is the last page, or counts more keys than
 * it shows.
 */
function checkPage(payload: Row): void {
  if (flag(payload, "IsTruncated") === null)
    throw new SourceError("BAD_RESPONSE", "IsTruncated is absent.");
  const shown = elements(payload, "Contents").length + elements(payload, "CommonPrefixes").length;
  if ((count(payload, "KeyCount") ?? 0) > shown)
    throw new SourceError("BAD_RESPONSE", "The answer counts more keys than it shows.");
}

const FIELDS = { Contents: "Key", CommonPrefixes: "Prefix" } as const;

/** The elements of a page, each with its bucket and its key or prefix decoded. */
function decodedRows(
  { name: bucket }: Layout,
  payload: Row,
  name: keyof typeof FIELDS,
): readonly Row[] {
  const isEncoded = payload["EncodingType"] === "url";
  const field = FIELDS[name];
  return elements(payload, name).map((element) => {
    if (!isRow(element)) return { Bucket: bucket };
    const sent = element[field];
    if (typeof sent !== "string" || sent === "") return { ...element, Bucket: bucket };
    const { text, isUtf8 } = keyText(sent, isEncoded);
    const row = { ...element, Bucket: bucket, [field]: text };
    return isUtf8 ? row : { ...row, KeyIsUtf8: false };
  });
}

/** The key or the common prefix of a row. */
export const optionalKey = (row: Row): string =>
  typeof row["Prefix"] === "string" ? row["Prefix"] : keyIn(row);

/** The key of an object; empty if it has none. */
export const keyIn = (row: Row): string => (typeof row["Key"] === "string" ? row["Key"] : "");

/** Keys have at most so many bytes, and at most as many characters. */
const LONGEST_KEY = 1_024;

/** Identity of an object or of a common prefix. @throws {SourceError} BAD_RESPONSE */
export function keyOf(row: Row): string {
  const key = optionalKey(row);
  if (key === "" || key.length > LONGEST_KEY)
    throw new SourceError("BAD_RESPONSE", "A row has no usable Key or Prefix.");
  return `${String(row["Bucket"])}/${key}`;
}

/** The objects of a page, without those behind its window. @throws {SourceError} BAD_RESPONSE */
export function objectsIn(layouts: readonly Layout[], payload: Row): readonly Row[] {
  checkPage(payload);
  const question = askedOf(layouts, payload);
  const { layout, since, until } = question;
  const rows = decodedRows(layout, payload, "Contents");
  if (since === null && until === null) return rows;
  const end = endOf(question);
  return rows.filter((row) => {
    const key = keyIn(row);
    if (end !== null && compareObjectKeys(key, end) > 0) return false;
    const start = layout.template.parse(key)?.start ?? null;
    if (start === null) return true;
    const at = layout.toInstant(start);
    return at >= (since ?? -Infinity) && at <= (until ?? Infinity);
  });
}

/** The key behind which no object lies in the window of a page; null if the window is open there. */
function endOf(question: ListQuestion): string | null {
  const { until, layout } = question;
  const bound = boundOf(question, until === null ? null : until + layout.slackMs);
  return bound === null ? null : bound + GREATEST;
}

/** Whether keys ascend. Those that are not UTF-8 have lost their bytes, and are not compared. */
function isInOrder(rows: readonly Row[]): boolean {
  const keys = rows.filter((row) => row["KeyIsUtf8"] !== false).map(optionalKey);
  return keys.every((key, at) => at === 0 || compareObjectKeys(keys[at - 1] ?? "", key) <= 0);
}

/**
 * Where the next page begins; null at the end of the list or of its window.
 * @throws {SourceError} BAD_RESPONSE if there is a next page and nothing says where it begins, or if the keys
 * are not in their order: keys that a later page should show may then lie before its beginning.
 */
export function nextPlace(layouts: readonly Layout[], payload: Row): string | null {
  if (flag(payload, "IsTruncated") !== true) return null;
  const question = askedOf(layouts, payload);
  const objects = decodedRows(question.layout, payload, "Contents");
  const prefixes = decodedRows(question.layout, payload, "CommonPrefixes");
  if (!isInOrder(objects) || !isInOrder(prefixes))
    throw new SourceError("BAD_RESPONSE", "The store does not list keys in their byte order.");
  const [last, prefix] = [objects.at(-1), prefixes.at(-1)];
  const end = endOf(question);
  if (last !== undefined && end !== null && compareObjectKeys(keyIn(last), end) > 0) return null;
  const places = [
    ...(last === undefined ? [] : [keyIn(last)]),
    // Keys below a common prefix lie before the greatest key that begins with it.
    ...(prefix === undefined ? [] : [`${String(prefix["Prefix"])}${GREATEST}`]),
  ].sort(compareObjectKeys);
  const isNamed = [last, prefix].every((row) => row === undefined || row["KeyIsUtf8"] !== false);
  const furthest = places.at(-1);
  if (isNamed && furthest !== undefined && furthest !== "") return placeBehind(furthest);
  const token = optionalText(payload, "NextContinuationToken");
  if (token !== null) return placeAtToken(token);
  throw new SourceError("BAD_RESPONSE", "The answer has a next page, and does not say where.");
}

/**
 * The rows of a page that name instances: common prefixes, or the first key of each instance. The last key
 * of a page is always one of them, so that each page has a new row.
 * @throws {SourceError} BAD_RESPONSE
 */
export function instanceRowsIn(layouts: readonly Layout[], payload: Row): readonly Row[] {
  checkPage(payload);
  const { layout } = askedOf(layouts, payload);
  if (layout.template.instanceAt !== undefined)
    return decodedRows(layout, payload, "CommonPrefixes");
  const rows = decodedRows(layout, payload, "Contents");
  const firsts = new Map<string | undefined, Row>();
  for (const row of rows) {
    const instance = layout.template.parse(keyIn(row))?.instance;
    if (instance !== undefined && !firsts.has(instance)) firsts.set(instance, row);
  }
  return [...new Set([...firsts.values(), ...rows.slice(-1)])];
}
