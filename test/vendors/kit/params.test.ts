import { expect, test } from "vitest";
import { flatParams } from "../../../src/vendors/kit/request.js";

test("values become text, lists become numbered names", () => {
  const params = { Limit: 10, Flag: true, Off: false, Zero: 0, Ids: ["a", 2] };
  expect(flatParams(params, 0)).toEqual({
    Limit: "10",
    Flag: "true",
    Off: "false",
    Zero: "0",
    "Ids.0": "a",
    "Ids.1": "2",
  });
  expect(flatParams({ Ids: ["a", 2] }, 1)).toEqual({ "Ids.1": "a", "Ids.2": "2" });
});

test("what is empty is left out", () => {
  expect(flatParams({ A: null, B: undefined, C: "", D: [] }, 0)).toEqual({});
});
