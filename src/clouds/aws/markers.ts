import { hashOf } from "../estate/random.js";
import { isRow } from "../../domain/row.js";
import type { AwsKnobs } from "../knobs/values.js";

/** The place of a row in the order of its list. */
export interface Place {
  readonly startedAt: number;
  readonly nativeId: string;
  readonly instanceNativeId: string;
}

/** A list in its order. */
export interface Ordered<T> {
  readonly rows: readonly T[];
  readonly placeOf: (row: T) => Place;
  readonly compare: (a: Place, b: Place) => number;
}

/** What a request asks of a list. */
export interface AskedPage {
  readonly size: number;
  readonly marker: string | null;
  /** The account's region, the action and the parameters that a marker is only valid for. */
  readonly binding: string;
}

/** What a marker says. */
interface Marker {
  readonly binding: number;
  readonly issuedAt: number;
  /** The number of the page that it leads to, from 1. */
  readonly page: number;
  /** The place of the last row that was shown. */
  readonly last: Place;
  /** The number of rows that were shown. */
  readonly shown: number;
  /** Whether an empty page was answered in place of this one. */
  readonly wasEmpty: boolean;
}

/** A marker that was not issued for this list, is damaged or has expired. */
export class MarkerRefused extends Error {}

/**
 * A page of a list, with the marker of the next one. Markers are bound to their parameters, and expire.
 *
 * @throws {MarkerRefused}
 */
export function markedPage<T>(
  list: Ordered<T>,
  { size, marker: text, binding }: AskedPage,
  { knobs, now }: { readonly knobs: AwsKnobs; readonly now: number },
): { readonly rows: readonly T[]; readonly next: string | undefined } {
  const marker = text === null ? null : openMarker(text);
  const bound = hashOf(binding);
  if (text !== null && (marker === null || marker.binding !== bound || isOld(marker, knobs, now)))
    throw new MarkerRefused("The marker is invalid, expired, or belongs to other parameters.");
  if (marker !== null && knobs.emptyPages && !marker.wasEmpty)
    return { rows: [], next: sealMarker({ ...marker, wasEmpty: true }) };
  const { rows, placeOf } = list;
  const isCounted = knobs.markers === "offset";
  const start = marker === null ? 0 : isCounted ? marker.shown : startOf(list, marker);
  const end = start + Math.min(size, knobs.pageCap ?? size);
  const shown = rows.slice(start, end);
  const last = shown.at(-1);
  if (last === undefined || end >= rows.length) return { rows: shown, next: undefined };
  if (marker !== null && text !== null && knobs.markers === "repeating")
    return { rows: shown, next: text };
  const page = (marker?.page ?? 1) + 1;
  const facts = { binding: bound, issuedAt: now, page, last: placeOf(last) };
  return { rows: shown, next: sealMarker({ ...facts, shown: end, wasEmpty: false }) };
}

const isOld = ({ issuedAt }: Marker, { markerLifeMs }: AwsKnobs, now: number): boolean =>
  now - issuedAt > markerLifeMs;

/** The index of the first row after a marker. */
function startOf<T>({ rows, placeOf, compare }: Ordered<T>, { last }: Marker): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(placeOf(rows[middle] as T), last) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The page that a marker leads to, from 1. */
export const pageOfMarker = (text: string | null): number =>
  text === null ? 1 : (openMarker(text)?.page ?? 1);

/** Base64 with its padding, because the real ones have signs that must be encoded too. */
function sealMarker(marker: Marker): string {
  const body = JSON.stringify(marker);
  return Buffer.from(`${hashOf(body).toString(16).padStart(8, "0")}${body}`).toString("base64");
}

function openMarker(text: string): Marker | null {
  const opened = Buffer.from(text, "base64").toString("utf8");
  const [seal, body] = [opened.slice(0, 8), opened.slice(8)];
  if (seal !== hashOf(body).toString(16).padStart(8, "0")) return null;
  try {
    const parsed: unknown = JSON.parse(body);
    return isRow(parsed) ? (parsed as unknown as Marker) : null;
  } catch {
    return null;
  }
}
