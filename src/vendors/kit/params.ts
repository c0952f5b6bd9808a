import type { Params } from "../../listing/declaration.js";

/**
 * A call's parameters as names and texts, ready for a form or a query.
 *
 * Shape: a list becomes `Name.<first>`, `Name.<first + 1>` and so on. Null, undefined and empty text
 *        are left out: no action here tells an empty parameter from an absent one.
 */
export const flatParams = (params: Params, first: 0 | 1): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => flatEntry(name, value, first)),
  );

function flatEntry(name: string, value: Params[string], first: number): [string, string][] {
  if (Array.isArray(value)) {
    return value.map((item: string | number, index) => [
      `${name}.${String(first + index)}`,
      String(item),
    ]);
  }
  return value === null || value === undefined || value === "" ? [] : [[name, String(value)]];
}
