import { getIntrospectionQuery } from "graphql";
import { describe, expect, test } from "vitest";
import { makeTextCheck } from "../../../src/server/limits/documentCheck.js";

const LIMITS = { depth: 15, aliases: 30, rootFields: 20, directives: 10, tokens: 2_000 };
const check = makeTextCheck(LIMITS);
const many = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(" ");
const nested = (levels: number): string => `${"a{".repeat(levels - 1)}a${"}".repeat(levels - 1)}`;

describe("a document's text", () => {
  test.each<[string, string]>([
    ["at the limit of depth", `{ ${nested(15)} }`],
    ["at the limit of aliases", `{ a { ${many(30, (i) => `x${i}: a`)} } }`],
    ["at the limit of root fields", `{ ${many(20, (i) => `f${i}`)} }`],
    ["at the limit of directives", `{ a ${many(10, () => "@x")} }`],
    ["of the usual introspection", getIntrospectionQuery()],
    ["that is none, which the server tells", "{ a"],
    ["with too many tokens, which the server tells", `{ ${"a ".repeat(2_001)} }`],
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
