import { expect, test } from "vitest";
import { JsonData, textOfAnswer } from "../../../src/server/execution/answer.js";

const data = { a: [1, "ü\u2028"], b: null };
const errors = [{ message: "No.", path: ["b"] }];
const extensions = { calls: [1] };

test.each([
  { what: "data", parts: { data } },
  { what: "no data", parts: { data: null } },
  { what: "errors and data", parts: { errors, data } },
  { what: "data and extensions", parts: { data, extensions } },
  { what: "all three", parts: { errors, data, extensions } },
])("an answer with $what has the same bytes, whatever its data is made of", ({ parts }) => {
  const ready = { ...parts, data: new JsonData(JSON.stringify(parts.data)) as never };
  expect(textOfAnswer(ready)).toBe(textOfAnswer(parts));
  expect(JSON.parse(JSON.stringify(ready))).toEqual(parts);
});

test("an answer without data is its errors", () => {
  expect(textOfAnswer({ errors })).toBe(`${JSON.stringify({ errors })}\n`);
});
