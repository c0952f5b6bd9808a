import { describe, expect, test } from "vitest";
import { fillEnvironment, overrideServer } from "../../src/config/environment.js";

const ENV = { NAME: "value", EMPTY: "", A: "1", B: "2" };
const MALFORMED =
  "a reference must be ${NAME} or ${NAME:-default}; write $${ for the characters ${";

describe("fillEnvironment", () => {
  test.each([
    { text: "plain", filled: "plain" },
    { text: "${NAME}", filled: "value" },
    { text: "a-${A}-${B}", filled: "a-1-2" },
    { text: "${EMPTY}", filled: "" },
    { text: "${GONE:-}", filled: "" },
    { text: "${GONE:-x y}", filled: "x y" },
    { text: "${EMPTY:-x}", filled: "x" },
    { text: "${NAME:-x}", filled: "value" },
    { text: "$${NAME}", filled: "${NAME}" },
    { text: "$NAME costs 5$", filled: "$NAME costs 5$" },
  ])("makes '$filled' of '$text'", ({ text, filled }) => {
    expect(fillEnvironment({ k: [text] }, ENV)).toMatchObject({
      tree: { k: [filled] },
      faults: [],
    });
  });

  test("does not look for references in what a variable holds", () => {
    expect(fillEnvironment("${A}", { A: "${B}", B: "2" }).tree).toBe("${B}");
  });

  test("names every unset variable, also two in one text", () => {
    expect(fillEnvironment({ a: { b: ["${X}${Y}"] } }, {}).faults).toEqual([
      { path: "a.b[0]", message: "environment variable X is not set" },
      { path: "a.b[0]", message: "environment variable Y is not set" },
    ]);
  });

  test.each(["${", "${NAME", "${1X}", "${NAME-x}", "${}", "${NAME:-${A}}"])(
    "refuses %s as no reference",
    (text) => {
      expect(fillEnvironment({ k: text }, ENV).faults).toEqual([{ path: "k", message: MALFORMED }]);
    },
  );

  test("keeps which variables a text came from", () => {
    const { origins } = fillEnvironment({ a: "${A}${B}", b: "x", c: "${C:-d}" }, ENV);
    expect([...origins]).toEqual([
      ["a", ["A", "B"]],
      ["c", ["C"]],
    ]);
  });
});

describe("overrideServer", () => {
  const filled = (tree: unknown) => ({ tree, faults: [], origins: new Map() });

  test("makes the section where the file has none", () => {
    const { tree, origins } = overrideServer(filled({ a: 1 }), { PORT: "1" });
    expect(tree).toEqual({ a: 1, server: { port: "1" } });
    expect([...origins]).toEqual([["server.port", ["PORT"]]]);
  });

  test("leaves a file alone that has no place for them", () => {
    expect(overrideServer(filled(["x"]), { PORT: "1" }).tree).toEqual(["x"]);
    expect(overrideServer(filled({ server: 3 }), { PORT: "1" }).tree).toEqual({ server: 3 });
  });
});
