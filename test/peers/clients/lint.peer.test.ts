import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { describe, expect, test } from "vitest";
import config, { exceptions, rules, WITHOUT_ID } from "./graphql.eslint.config.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const sdl = readFileSync(`${root}schema/schema.graphql`, "utf8");

/** The linter's messages about a schema under a set of rules. */
async function lint(text: string, chosen: object): Promise<{ rule: string; message: string }[]> {
  const [base] = config;
  const parserOptions = { graphQLConfig: { schema: text } };
  const languageOptions = { ...base!.languageOptions, parserOptions };
  const overrideConfig = { ...base, languageOptions, rules: chosen } as never;
  const eslint = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig });
  const [result] = await eslint.lintText(text, { filePath: `${root}schema/schema.graphql` });
  return result!.messages.map(({ ruleId, message }) => ({ rule: ruleId ?? "", message }));
}

const configured = { ...rules, ...exceptions };

describe("graphql-eslint, schema-all and schema-relay", () => {
  test("finds nothing in the schema beyond the exceptions", async () => {
    expect(await lint(sdl, configured)).toEqual([]);
  });

  test("needs every exception", async () => {
    const found = await lint(sdl, rules);
    expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set(Object.keys(exceptions)));
    const withoutId = found.flatMap(({ rule, message }) =>
      rule === "@graphql-eslint/strict-id-in-types" ? /type "(\w+)"/.exec(message)![1]! : [],
    );
    expect(withoutId.filter((type) => !/(Connection|Edge)$/.test(type)).toSorted()).toEqual(
      WITHOUT_ID.toSorted(),
    );
  });

  test.each([
    ["a description left out", /^"""[^"]*"""\n(?=type Instance )/m, "", "require-description"],
    [
      "a name in another style",
      "vendorStatus: String!",
      "vendor_status: String!",
      "naming-convention",
    ],
    [
      "a connection without pageInfo",
      "pageInfo: PageInfo!",
      "page: Int!",
      "relay-connection-types",
    ],
    ["an edge without a cursor", "cursor: String!", "place: String!", "relay-edge-types"],
  ])("finds %s", async (_, there, planted, rule) => {
    expect(sdl.search(there)).toBeGreaterThan(0);
    const found = await lint(sdl.replace(there, planted), configured);
    expect(found.map((one) => one.rule)).toContain(`@graphql-eslint/${rule}`);
  });
});
