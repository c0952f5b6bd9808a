import { getIntrospectionQuery, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { makeTextCheck, sizeOf } from "../../../src/server/limits/document.js";

const size = (text: string) => sizeOf(parse(text));

/** `a { a { … } }`, so many levels. */
const nested = (levels: number, name = "a"): string =>
  `${`${name} { `.repeat(levels - 1)}${name}${" }".repeat(levels - 1)}`;

describe("the depth of a document", () => {
  test.each<[string, number]>([
    ["{ a }", 1],
    ["{ a { b { c } } d }", 3],
    ["{ a { ... { b { ... on T { c } } } } }", 3],
    ["{ a { ...F } } fragment F on T { b { ...G } } fragment G on T { c { d } }", 4],
    ["query A { a } query B { a { b } }", 2],
    ["{ a } fragment Unused on T { a { b { c } } }", 3],
    [`{ ${nested(40)} }`, 40],
    ["{ ...Missing }", 0],
  ])("%.60s is %i", (text, depth) => {
    expect(size(text).depth).toBe(depth);
  });

  test("does not count what describes the schema, as far as clients ask for it", () => {
    expect(size(getIntrospectionQuery()).depth).toBe(0);
    expect(size('{ a { b } __type(name: "T") { fields { type { name } } } }').depth).toBe(2);
    expect(size(`{ __schema { types { ${nested(100, "ofType")} } } }`).depth).toBe(71);
    expect(
      size(`{ __schema { types { ...F } } } fragment F on __Type { ${nested(90)} }`).depth,
    ).toBe(61);
  });

  test.each([
    "{ ...A } fragment A on T { ...A }",
    "{ ...A } fragment A on T { a { ...B } } fragment B on T { b { ...A } }",
    "{ a } fragment A on T { ...B } fragment B on T { ...A }",
    "{ __schema { types { ...A } } } fragment A on __Type { ofType { ...A } }",
  ])("of %s has no end", (text) => {
    expect(size(text).depth).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the aliases of a document", () => {
  test.each<[string, number]>([
    ["{ a b c }", 0],
    ["{ x: a y: a { z: b } }", 3],
    ["{ x: __typename }", 1],
    ["{ a a a }", 2],
    ["{ a { b b } c { b } }", 1],
    ["{ a ... { a } ... on T { a } ... on T { a } }", 2],
    ["{ ... on T { a } ... on U { a } }", 0],
    ["{ a { ...F } b { ...F } } fragment F on T { x: c y: d }", 4],
    ["{ a { b ...F } a { b } } fragment F on T { b }", 1],
    ["query A { x: a } query B { x: a y: a }", 2],
  ])("%s are %i", (text, aliases) => {
    expect(size(text).aliases).toBe(aliases);
  });
});

describe("the root fields of a document", () => {
  test.each<[string, number]>([
    ["{ a b { c d } }", 2],
    ["{ a a x: a __typename }", 4],
    ["{ ...F ... { b } } fragment F on Query { a ...G } fragment G on Query { c d }", 4],
    ["query A { a } query B { a b }", 2],
    ["{ a } fragment Unused on Query { a b c }", 1],
  ])("%s are %i", (text, rootFields) => {
    expect(size(text).rootFields).toBe(rootFields);
  });
});

describe("the directives of a document", () => {
  test.each<[string, number]>([
    ["{ a }", 0],
    ["query Q($v: Int @y) @x { a @x @x { b @y } ...F @x }", 6],
    ["{ ... @x { a @y } }", 2],
    ["{ a { ...F } b { ...F } } fragment F on T @x { c @y }", 4],
  ])("%s are %i", (text, directives) => {
    expect(size(text).directives).toBe(directives);
  });
});

test("fragments that multiply are not measured to their end", () => {
  const bomb = Array.from(
    { length: 150 },
    (_, i) => `fragment F${i} on T { x: a { ...F${i + 1} } y: a { ...F${i + 1} } }`,
  );
  expect(() => size(`{ ...F0 } ${bomb.join(" ")} fragment F150 on T { z: a }`)).toThrow(
    "The document needs more than 10000 comparisons",
  );
});

const LIMITS = { depth: 15, aliases: 30, rootFields: 20, directives: 10, tokens: 2_000 };
const check = makeTextCheck(LIMITS);
const many = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(" ");

describe("a document's text", () => {
  test.each<[string, string]>([
    ["at the limit of depth", `{ ${nested(15)} }`],
    ["at the limit of aliases", `{ a { ${many(30, (i) => `x${i}: a`)} } }`],
    ["at the limit of root fields", `{ ${many(20, (i) => `f${i}`)} }`],
    ["at the limit of directives", `{ a ${many(10, () => "@x")} }`],
    ["of the usual introspection", getIntrospectionQuery()],
    ["that does not parse, which the server reports", "{ a"],
    ["with too many tokens, which the server reports", `{ ${"a ".repeat(2_001)} }`],
    ["that nests values so deep that they cannot be read", `{ a(b: ${"[".repeat(1_900)}`],
  ])("%s passes, every time", (_, text) => {
    expect([check(text), check(text)]).toEqual([undefined, undefined]);
  });

  test.each<[string, string, Record<string, number | null>]>([
    ["too deep", `{ ${nested(16)} }`, { depth: 16, limit: 15 }],
    ["without an end", "{ ...F } fragment F on Query { ...F }", { depth: null, limit: 15 }],
    ["of too many aliases", `{ a { ${many(31, (i) => `x${i}: a`)} } }`, { aliases: 31, limit: 30 }],
    ["of repeated fields", `{ a { ${"b ".repeat(32)} } }`, { aliases: 31, limit: 30 }],
    ["of too many root fields", `{ ${many(21, (i) => `f${i}`)} }`, { rootFields: 21, limit: 20 }],
    ["of one root field repeated", `{ ${"a ".repeat(21)} }`, { rootFields: 21, limit: 20 }],
    ["of too many directives", `{ a ${"@x ".repeat(11)} }`, { directives: 11, limit: 10 }],
  ])("%s is refused with figure and limit, every time", (_, text, extensions) => {
    for (let i = 0; i < 2; i += 1)
      expect(() => check(text)).toThrow(
        expect.objectContaining({ code: "QUERY_TOO_COSTLY", extensions }),
      );
    const [[measure, figure] = []] = Object.entries(extensions);
    expect(() => check(text)).toThrow(`for ${figure ?? "endless"} `);
    expect(() => check(text)).toThrow(`limits.${measure} is ${extensions["limit"]}.`);
  });
});
