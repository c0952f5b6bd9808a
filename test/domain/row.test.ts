import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isSameJson } from "../../src/domain/row.js";

const json = () => fc.jsonValue({ maxDepth: 4 });

/** Values of which about half are equal. */
const pairs = fc.oneof(
  fc.tuple(json(), json()),
  json().map((value) => [value, JSON.parse(JSON.stringify(value))] as const),
  fc
    .tuple(fc.dictionary(fc.constantFrom("a", "b", "__proto__"), json()), json())
    .map(([row, value]) => [row, JSON.parse(JSON.stringify({ ...row, a: value }))] as const),
);

test("values are the same where they hold the same, in whatever order of members", () => {
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      // What was parsed has no other prototypes, and JSON no negative zero.
      const [left, right] = [one, other].map(
        (value) => JSON.parse(JSON.stringify(value)) as unknown,
      );
      expect(isSameJson(left, right)).toBe(isDeepStrictEqual(left, right));
      expect(isSameJson(right, left)).toBe(isDeepStrictEqual(left, right));
    }),
  );
});

test.each([
  ['{"a":1,"b":[{"c":null}]}', '{"b":[{"c":null}],"a":1}', true],
  ['{"a":1}', '{"a":1,"b":null}', false],
  ["[]", "{}", false],
  ["[1,2]", "[2,1]", false],
  ['{"__proto__":{}}', '{"a":{}}', false],
  ['{"constructor":1}', "{}", false],
  ["null", "{}", false],
  ['"1"', "1", false],
])("%s and %s: %s", (one, other, same) => {
  expect(isSameJson(JSON.parse(one), JSON.parse(other))).toBe(same);
});
