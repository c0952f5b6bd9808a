import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { z } from "zod";
// @ts-expect-error a script without types
import { configJsonSchema } from "../../scripts/configJsonSchema.mjs";
import { configKeys, secretKeys } from "../../src/config/jsonSchema.js";
import type { JsonSchema } from "../../src/config/jsonSchema.js";
import { EXAMPLE } from "./example.js";

const editorSchema: JsonSchema = configJsonSchema(configKeys());
const checker = z.fromJSONSchema(editorSchema as z.core.JSONSchema.JSONSchema);

/** Each property of a schema and its parts, with its path. */
function properties(schema: JsonSchema, path = ""): { path: string; part: JsonSchema }[] {
  const own = Object.entries(schema.properties ?? {}).map(([key, part]) => ({
    path: `${path}.${key}`,
    part,
  }));
  const parts = ["items", "oneOf", "anyOf"].flatMap((keyword) => [schema[keyword] ?? []].flat());
  return [
    ...own,
    ...own.flatMap(({ path: at, part }) => properties(part, at)),
    ...parts.flatMap((part) => properties(part as JsonSchema, path)),
  ];
}

describe("the JSON Schema of the config", () => {
  test("describes every key", () => {
    const all = properties(editorSchema);
    expect(all.length).toBeGreaterThan(90);
    expect(all.filter(({ part }) => !part["description"]).map(({ path }) => path)).toEqual([]);
  });

  test("accepts the example with its references unresolved", () => {
    expect(checker.safeParse(parse(EXAMPLE)).error).toBeUndefined();
  });

  test.each([
    { what: "an unknown key", text: "accounts: []\nservr: {}\n" },
    { what: "no accounts", text: "server: {}\n" },
    { what: "a wrong word", text: EXAMPLE.replace("execution: compiled", "execution: fast") },
    { what: "a number out of bounds", text: EXAMPLE.replace("port: 4000", "port: 70000") },
  ])("refuses $what", ({ text }) => {
    expect(checker.safeParse(parse(text)).success).toBe(false);
  });

  test("admits a reference where a number, a flag or a word is wanted", () => {
    const text = EXAMPLE.replace("port: 4000", 'port: "${PORT}"')
      .replace("graphiql: true", 'graphiql: "${SHOW:-true}"')
      .replace("logLevel: info", 'logLevel: "${LEVEL:-info}"');
    expect(checker.safeParse(parse(text)).error).toBeUndefined();
  });

  test("shows no default of a section, as its keys have their own", () => {
    expect(configKeys().properties?.["server"]?.["default"]).toBeUndefined();
  });

  test("marks every credential as secret", () => {
    const credentials = properties(configKeys()).filter(({ path }) =>
      path.includes(".credentials."),
    );
    expect(credentials).toHaveLength(14);
    const names = credentials.map(({ path }) => path.split(".").at(-1) ?? "");
    const secrets = secretKeys();
    for (const name of [...names, "sha256", "secretSha256", "cursorKey", "url"]) {
      expect(secrets).toContain(name);
    }
  });
});
