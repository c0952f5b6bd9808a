/** An undecoded JSON object from the wire. */
export type Row = Readonly<Record<string, unknown>>;

export const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The most levels of lists and objects in a JSON value. Rows have a few, and the schema's input types six.
 * Walking values far beyond this depth would overflow the stack.
 */
export const DEEPEST = 64;

/** Whether a JSON value is nested deeper than `DEEPEST` levels. */
export function isDeep(value: unknown, left = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (left === 0) return true;
  for (const name in value) if (isDeep((value as Row)[name], left - 1)) return true;
  return false;
}
