import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printSdl } from "../../../src/graphql/schema.js";

const schemaFile = (name: string) =>
  fileURLToPath(new URL(`../../../schema/${name}`, import.meta.url));
const committed = schemaFile("schema.graphql");
const released = schemaFile("released/schema.graphql");
const manifest = createRequire(import.meta.url).resolve("@graphql-inspector/cli/package.json");
const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
const inspector = join(dirname(manifest), bin["graphql-inspector"]!);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inspector-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** GraphQL Inspector's report on a schema that would replace another one. */
function diff(sdl: string, before = committed): { code: number; output: string } {
  const file = join(folder, "now.graphql");
  writeFileSync(file, sdl);
  try {
    const args = [inspector, "diff", before, file];
    const output = execFileSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
    return { code: 0, output };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, output: stdout + stderr };
  }
}

describe("GraphQL Inspector", () => {
  test("finds no breaking change between the committed schema and the code's", () => {
    const { code, output } = diff(printSdl());
    expect(output).toMatch(/No (breaking )?changes detected/);
    expect(code).toBe(0);
  });

  test("finds no breaking change between the last release and the code's", () => {
    const { code, output } = diff(printSdl(), released);
    expect(output).toMatch(/No (breaking )?changes detected/);
    expect(code).toBe(0);
  });

  test.each([
    ["a field that is gone", /^ {2}locked: Boolean$/m, "  isLocked: Boolean"],
    ["a field that may be null now", /^ {2}startedAt: DateTime!$/m, "  startedAt: DateTime"],
    ["an argument of another type", /first: Int\b/, "first: String"],
    ["a word that an enum lost", /^ {2}STARTED_AT_ASC$/m, "  OLDEST_FIRST"],
  ])("finds %s", (_, there, planted) => {
    const sdl = readFileSync(committed, "utf8");
    expect(sdl).toMatch(there);
    const { code, output } = diff(sdl.replace(there, planted));
    expect(output).toMatch(/Detected 1 breaking change/);
    expect(code).toBe(1);
  });

  test("accepts additions", () => {
    const added = `${readFileSync(committed, "utf8")}\n"""More."""\ntype More { id: ID! }\n`;
    const { code, output } = diff(added);
    expect(output).toMatch(/No breaking changes detected/);
    expect(code).toBe(0);
  });
});
