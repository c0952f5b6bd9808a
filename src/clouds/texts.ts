import type { Row } from "../domain/row.js";
import type { CloudRefusal } from "./vendorCloud.js";

/** The same object with all numbers and booleans as text, as some vendors send them. */
export function withTexts(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asText(value)]));
}

function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value === "object" && value !== null) return withTexts(value as Row);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

/** A text parameter of a form, or null if it is absent or empty. */
export function textOf(params: Row, name: string): string | null {
  const value = params[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** Makes the reader of mandatory text parameters, from how the vendor refuses a call without one. */
export const requiredBy =
  (missing: (name: string) => CloudRefusal) =>
  (params: Row, name: string): string => {
    const value = textOf(params, name);
    if (value === null) throw missing(name);
    return value;
  };
