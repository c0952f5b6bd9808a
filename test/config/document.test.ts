import { describe, expect, test } from "vitest";
import { openText } from "../../src/config/document.js";
import { ConfigError } from "../../src/config/fault.js";

function refused(text: string): string[] {
  try {
    openText(text, "gateway.yaml");
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.faults.map(({ path, message }) => `${path}: ${message}`);
    }
    throw error;
  }
  return [];
}

describe("openText", () => {
  test("gives maps, lists and scalars of YAML 1.2, where yes is text", () => {
    const { tree, faults } = openText("a: [1, 2.5, yes, true]\nb: { c: ~ }\n", "f");
    expect(tree).toEqual({ a: [1, 2.5, "yes", true], b: { c: null } });
    expect(faults).toEqual([]);
  });

  test("follows aliases, each to values of its own", () => {
    const { tree } = openText("a: &x { b: [1] }\nc: *x\n", "f") as {
      tree: Record<string, unknown>;
    };
    expect(tree).toEqual({ a: { b: [1] }, c: { b: [1] } });
    expect(tree["a"]).not.toBe(tree["c"]);
  });

  test.each([
    { text: "a: 1\nb: 2\na: 3\n", fault: "a: the key is a duplicate (again on line 3)" },
    {
      text: "s:\n  - { k: 1, k: 2 }\n",
      fault: "s[0].k: the key is a duplicate (again on line 2)",
    },
    { text: '{"s": {"k": 1,\n"k": 1}}', fault: "s.k: the key is a duplicate (again on line 2)" },
    {
      text: "p: { tags: { __proto__: x } }\n",
      fault: "p.tags: the key __proto__ is not supported",
    },
    { text: "a: *gone\n", fault: "a: the alias (*name) has no anchor (&name) above" },
    {
      text: "a: &a [*a]\n",
      fault:
        "a[0][0]: has too many or too deeply nested values; check whether an alias refers to itself",
    },
  ])("names the place of a fault in $text", ({ text, fault }) => {
    const { faults } = openText(text, "f");
    expect(faults.map(({ path, message }) => `${path}: ${message}`)).toEqual([fault]);
  });

  test("stops at aliases that multiply", () => {
    const lines = Array.from(
      { length: 9 },
      (_, i) => `k${i + 1}: &k${i + 1} [${`*k${i}, `.repeat(9)}]`,
    );
    const { faults } = openText(`k0: &k0 [1]\n${lines.join("\n")}\n`, "f");
    expect(faults).toHaveLength(1);
  });

  test("keeps a key named like a prototype as a key", () => {
    const { tree } = openText("__proto__: { admin: true }\n", "f");
    expect(Object.keys(tree as object)).toEqual(["__proto__"]);
    expect((tree as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe("broken syntax is refused with line and column", () => {
  test.each([
    {
      text: 'a: "x\nb: 1\n',
      faults: ["line 3, column 1: a bracket, quote or comma is missing"],
    },
    {
      text: "a: @x\n",
      faults: ["line 1, column 4: a value that starts with this character must be quoted"],
    },
    { text: "a:\n\t- 1\n", faults: ["line 2, column 1: indent with spaces, not with tabs"] },
    {
      text: "a: b: c\n",
      faults: [
        "line 1, column 4: two keys on one line; quote a value that contains a colon and a space",
      ],
    },
    { text: "a: !env X\n", faults: ["line 1, column 4: tags (!name) are not supported"] },
    {
      text: "a: 1\n---\nb: 1\n",
      faults: [
        "line 2, column 1: the file must be one YAML document; remove the part that starts with ---",
      ],
    },
  ])("$text", ({ text, faults }) => {
    expect(refused(text)).toEqual(expect.arrayContaining(faults));
  });

  test("the message about an unquoted reference inside braces says what to do", () => {
    expect(refused("a: { k: ${NAME} }\n")[0]).toBe(
      'line 1, column 10: unexpected text; quote a value that contains braces, as in { key: "${NAME}" }',
    );
  });
});
