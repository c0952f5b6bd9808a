import { getIntrospectionQuery, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { sizeOf } from "../../../src/server/limits/documentSize.js";

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

describe("fragments that multiply", () => {
  test("are counted without being written out", () => {
    const bomb = Array.from(
      { length: 150 },
      (_, i) => `fragment F${i} on T { x: a { ...F${i + 1} } y: a { ...F${i + 1} } }`,
    );
    const { aliases, depth } = size(`{ ...F0 } ${bomb.join(" ")} fragment F150 on T { z: a }`);
    expect([aliases, depth]).toEqual([Number.MAX_SAFE_INTEGER, 151]);
  });
});
