import type { Row } from "../../domain/row.js";
import { beijingInstantOf } from "../beijingTime.js";
import { invalid, refused } from "./refusals.js";

/** @throws {CloudRefusal} UnknownParameter for a name that the action does not have. */
export function checkNames(params: Row, known: readonly string[]): void {
  const strange = Object.keys(params).find((name) => !known.includes(name));
  if (strange !== undefined)
    throw refused("UnknownParameter", `The parameter \`${strange}\` is not recognized.`);
}

/** A text parameter, or null if it is absent. @throws {CloudRefusal} for another type. */
export function textOf(params: Row, name: string): string | null {
  const value = params[name] ?? null;
  if (value === null || typeof value === "string") return value;
  throw wrongType(name, "string");
}

/** @throws {CloudRefusal} MissingParameter if it is absent. */
export function requiredText(params: Row, name: string): string {
  const value = textOf(params, name);
  if (value === null || value === "")
    throw refused("MissingParameter", `The request is missing a required parameter \`${name}\`.`);
  return value;
}

/** A whole number of at least `least`, or null if it is absent. */
export function wholeNumberOf(params: Row, name: string, least: number): number | null {
  const value = params[name] ?? null;
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw wrongType(name, "int64");
  if (value < least) throw invalid(`The value of \`${name}\` is not valid.`);
  return value;
}

/** The numbers or texts of a list, or null if it is absent. */
export function listOf<T extends "number" | "string">(
  params: Row,
  name: string,
  type: T,
): readonly (T extends "number" ? number : string)[] | null {
  const value = params[name] ?? null;
  if (value === null) return null;
  if (!Array.isArray(value) || value.some((one) => typeof one !== type))
    throw wrongType(name, "list");
  return value as (T extends "number" ? number : string)[];
}

/** A time in UTC+8 without a zone, or null if it is absent. */
export function timeOf(params: Row, name: string): number | null {
  const text = textOf(params, name);
  if (text === null) return null;
  const at = beijingInstantOf(text);
  if (at === null) throw invalid(`The time \`${name}\` must look like 2006-01-02 15:04:05.`);
  return at;
}

/** The requested rows of a list. `Offset` must be a multiple of `Limit`. */
export function askedRows(
  params: Row,
  most: number,
): { readonly offset: number; readonly limit: number } {
  const limit = wholeNumberOf(params, "Limit", 1) ?? 20;
  const offset = wholeNumberOf(params, "Offset", 0) ?? 0;
  if (limit > most) throw invalid(`\`Limit\` must not be larger than ${most}.`);
  if (offset % limit !== 0) throw invalid("`Offset` must be a multiple of `Limit`.");
  return { offset, limit };
}

const wrongType = (name: string, type: string) =>
  refused("InvalidParameter", `The type of the parameter \`${name}\` should be \`${type}\`.`);
