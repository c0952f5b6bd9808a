import type { Row } from "../../domain/row.js";
import { requiredBy, textOf } from "../texts.js";
import { CloudRefusal } from "../vendorCloud.js";
import { refusal } from "../verify/request.js";

/** Every list of these products is silently cut at this many rows. */
const MOST_ROWS = 100;

/** Ends a call with a RetCode. The HTTP status is always 200. */
export const refused = (retCode: number, message: string): CloudRefusal =>
  new CloudRefusal(refusal(200, String(retCode), message));

/** The answer for an invalid parameter. */
export const notValid = (name: string): CloudRefusal => refused(230, `Params [${name}] not valid`);

/** The answer for a missing parameter. */
export const missing = (name: string): CloudRefusal => refused(220, `Missing params [${name}]`);

/** @throws {CloudRefusal} 220 if the parameter is absent. */
export const requiredText = requiredBy(missing);

/** @throws {CloudRefusal} 220 for an absent region, 230 for an unknown one. */
export function regionOf(params: Row, regions: readonly string[]): string {
  const region = requiredText(params, "Region");
  if (!regions.includes(region)) throw notValid("Region");
  return region;
}

/** The requested rows of a list. @throws {CloudRefusal} 230 unless both are whole numbers. */
export function askedRows(
  params: Row,
  defaultLimit: number,
): { readonly offset: number; readonly limit: number } {
  const offset = wholeNumber(params, "Offset", 0);
  const limit = wholeNumber(params, "Limit", defaultLimit);
  return { offset, limit: Math.min(limit, MOST_ROWS) };
}

function wholeNumber(params: Row, name: string, absent: number): number {
  const text = textOf(params, name);
  if (text === null) return absent;
  if (!/^\d{1,9}$/.test(text)) throw notValid(name);
  return Number(text);
}

/** Unix seconds. */
export const secondsOf = (instant: number): number => Math.floor(instant / 1000);
