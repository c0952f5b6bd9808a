import { expect, test } from "vitest";
import { freeze } from "../../../src/vendors/kit/decode.js";

test("everything in a value is frozen, and the value is the same", () => {
  const value = { list: [{ a: 1 }], inner: { deep: { b: 2 } }, call: () => 1 };
  expect(freeze(value)).toBe(value);
  expect(
    [value, value.list, value.list[0], value.inner, value.inner.deep].every(Object.isFrozen),
  ).toBe(true);
});
