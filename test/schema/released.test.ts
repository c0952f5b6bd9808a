import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
// @ts-expect-error a script without types
import { configJsonSchema } from "../../scripts/configJsonSchema.mjs";
import { configKeys } from "../../src/config/jsonSchema.js";
import { ERROR_CODES } from "../../src/errors.js";
import { run } from "../cli/harness.js";
import { registeredMetrics } from "../server/observe/harness.js";

/**
 * What docs/stability.md promises beside the GraphQL schema, as the last release had it. `RELEASE=1` writes it
 * as it is now.
 */
const FOLDER = "schema/released";

/** The released form of something, which is written first if this is a release. */
function released<T>(name: string, now: T): T {
  const file = `${FOLDER}/${name}`;
  if (process.env["RELEASE"] === "1") writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
  return JSON.parse(readFileSync(file, "utf8")) as T;
}

/** A part of a JSON Schema, as far as the config's uses it. */
interface Part {
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  readonly items?: Part;
  readonly oneOf?: readonly Part[];
  readonly anyOf?: readonly Part[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a schema accepted and another one no longer does. */
function refusals(before: Part, now: Part | undefined, path = ""): string[] {
  if (now === undefined) return [`${path} is gone`];
  const choices = (part: Part) => part.enum ?? (part.const === undefined ? [] : [part.const]);
  const words = choices(now).length === 0 ? [] : choices(before);
  const needed = (now.required ?? []).filter((key) => !before.required?.includes(key));
  const vendorOf = (part: Part) => part.properties?.["vendor"]?.const;
  return [
    ...(before.type === now.type || now.anyOf ? [] : [`${path} was of type ${before.type}`]),
    ...words.filter((word) => !choices(now).includes(word)).map((word) => `${path}: ${String(word)}`),
    ...(before.properties ? needed.map((key) => `${path}.${key} is required`) : []),
    ...((now.minimum ?? -Infinity) > (before.minimum ?? -Infinity) ? [`${path}: higher minimum`] : []),
    ...((now.maximum ?? Infinity) < (before.maximum ?? Infinity) ? [`${path}: lower maximum`] : []),
    ...Object.entries(before.properties ?? {}).flatMap(([key, part]) =>
      refusals(part, now.properties?.[key], `${path}.${key}`),
    ),
    ...(before.items ? refusals(before.items, now.items, `${path}[]`) : []),
    ...(before.oneOf ?? []).flatMap((one) => {
      const vendor = vendorOf(one);
      return refusals(one, now.oneOf?.find((o) => vendorOf(o) === vendor), `${path}(${String(vendor)})`);
    }),
  ];
}

/** The flags and exit codes of each command, from its help. */
async function commands(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { stdout } = await run(["--help"]);
  const [, list = ""] = /^Commands:\n([^]*)/m.exec(stdout) ?? [];
  const names = [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name = ""]) => name);
  const helps = names
    .filter((name) => name !== "help")
    .map(async (name) => {
      const { stdout: help } = await run([name, "--help"]);
      const flags = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag = ""]) => flag);
      const [, codes = ""] = /^Exit codes:\n([^]*)/m.exec(help) ?? [];
      const exits = [...codes.matchAll(/^ {2}(\d+) /gm)].map(([, code = ""]) => `exit ${code}`);
      return [name, [...flags, ...exits].sort()] as const;
    });
  return Object.fromEntries(await Promise.all(helps));
}

/** The type and the labels of each metric. */
function metrics(): Readonly<Record<string, readonly string[]>> {
  const all = registeredMetrics();
  return Object.fromEntries(all.map(({ name, type, labelNames }) => [name, [type, ...labelNames]]));
}

/** What was there and no longer is, by key. */
const missing = (
  before: Readonly<Record<string, readonly string[]>>,
  now: Readonly<Record<string, readonly string[]>>,
): string[] =>
  Object.entries(before).flatMap(([key, words]) =>
    words.filter((word) => !now[key]?.includes(word)).map((word) => `${key}: ${word}`),
  );

describe("since the last release", () => {
  test("the config accepts what it accepted", () => {
    const now = configJsonSchema(configKeys()) as Part;
    const before = released("config.schema.json", now);
    expect(Object.keys(before.properties ?? {}).length).toBeGreaterThan(5);
    expect(refusals(before, now)).toEqual([]);
  });

  test.each([
    ["a key that is gone", { properties: { b: { type: "string" } } }, ".a is gone"],
    ["another type", { properties: { a: { type: "integer" } } }, ".a was of type string"],
    ["a word that is gone", { properties: { a: { type: "string", enum: ["x"] } } }, ".a: y"],
    ["a key that is required", { required: ["a"], properties: { a: { type: "string" } } }, ".a is required"],
  ] as const)("%s would be found", (_, now, fault) => {
    const before: Part = { properties: { a: { type: "string", enum: ["x", "y"] } } };
    expect(refusals(before, now as Part)).toContain(fault);
  });

  test("commands have their flags and exit codes", async () => {
    const now = await commands();
    const before = released("commands.json", now);
    expect(before["coverage"]).toEqual(expect.arrayContaining(["--rpo", "exit 2", "exit 3"]));
    expect(missing(before, now)).toEqual([]);
  });

  test("metrics have their names, types and labels", () => {
    const now = metrics();
    const before = released("metrics.json", now);
    expect(Object.keys(before).length).toBeGreaterThan(20);
    expect(missing(before, now)).toEqual([]);
    // A label more would change every series.
    for (const name of Object.keys(before)) expect(now[name]).toHaveLength(before[name]?.length ?? 0);
  });

  test("errors have their codes", () => {
    const before = released("errors.json", ERROR_CODES);
    expect(before).toContain("CURSOR_INVALID");
    expect(before.filter((code) => !ERROR_CODES.includes(code))).toEqual([]);
  });

  test("the schema of the last release is there for GraphQL Inspector", () => {
    if (process.env["RELEASE"] === "1")
      writeFileSync(`${FOLDER}/schema.graphql`, readFileSync("schema/schema.graphql"));
    expect(existsSync(`${FOLDER}/schema.graphql`)).toBe(true);
  });
});
