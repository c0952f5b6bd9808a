/** An undecoded JSON object from the wire. */
export type Row = Readonly<Record<string, unknown>>;

export const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether two decoded JSON values are equal, regardless of the order of object members. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  return isObject(one) && isObject(other) && hasSameMembers(one, other);
}

const isObject = (value: unknown): value is Row => typeof value === "object" && value !== null;

function hasSameMembers(one: Row, other: Row): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSameJson(one[name], other[name]))
  );
}
