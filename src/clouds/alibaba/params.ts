import type { Row } from "../../domain/row.js";
import { requiredBy, textOf } from "../texts.js";
import { malformed, missing } from "./refusals.js";

const MINUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/;

/** @throws {CloudRefusal} if the parameter is absent. */
export const requiredText = requiredBy(missing);

/** A whole number of 1 or more. @throws {CloudRefusal} */
export function countOf(params: Row, name: string, fallback: number): number {
  const text = textOf(params, name);
  if (text === null) return fallback;
  if (!/^\d{1,10}$/.test(text) || Number(text) < 1) throw malformed(name);
  return Number(text);
}

/** Two words for on and off. @throws {CloudRefusal} for any other word. */
export function isOn(params: Row, name: string, [off, on]: readonly [string, string]): boolean {
  const text = textOf(params, name) ?? off;
  if (text !== off && text !== on) throw malformed(name);
  return text === on;
}

/** A page number, a page size, and the resulting offset. */
export interface AskedPage {
  readonly number: number;
  readonly size: number;
  readonly offset: number;
}

/** The requested page. @throws {CloudRefusal} for a size that `isSize` refuses. */
export function askedPage(params: Row, isSize: (size: number) => boolean): AskedPage {
  const number = countOf(params, "PageNumber", 1);
  const size = countOf(params, "PageSize", 30);
  if (!isSize(size)) throw malformed("PageSize");
  return { number, size, offset: (number - 1) * size };
}

/** A mandatory window in whole minutes, UTC. @throws {CloudRefusal} */
export function windowOf(params: Row): { readonly since: number; readonly until: number } {
  const since = minuteOf(params, "StartTime");
  const until = minuteOf(params, "EndTime");
  if (until <= since) throw malformed("StartTimeAndEndTime");
  return { since, until };
}

function minuteOf(params: Row, name: string): number {
  const text = requiredText(params, name);
  const at = MINUTE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw malformed(name);
  return at;
}

/** An instant in the form of answers, such as `2026-01-02T03:04:05Z`. */
export const stampOf = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 19)}Z`;

/** The same, or empty text if there is none. */
export const stampOrEmpty = (instant: number | null): string =>
  instant === null ? "" : stampOf(instant);
