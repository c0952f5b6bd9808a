import type { Row } from "../domain/row.js";

/** The same object with all numbers and booleans as text, as some vendors send them. */
export function withTexts(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textOf);
  if (typeof value === "object" && value !== null) return withTexts(value as Row);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}
