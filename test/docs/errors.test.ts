import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SOURCE_ISSUE_CODES } from "../../src/domain/words.js";
import { ERROR_CODES, SourceError } from "../../src/errors.js";
import { statusOf } from "../../src/server/faults.js";

const page = readFileSync("docs/errors.md", "utf8");

/** The sections of a chapter, by heading. */
function sectionsOf(chapter: string): ReadonlyMap<string, string> {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? "";
  const sections = text.split(/^### /m).slice(1);
  return new Map(sections.map((section) => [section.split("\n")[0] ?? "", section]));
}

const errors = sectionsOf("Error codes");
const issues = sectionsOf("Issue codes");

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.startsWith("clouds"))
  .map((file) => readFileSync(join("src", file), "utf8"));

describe("the page on errors", () => {
  test("has a section for every error code, and no other", () => {
    expect([...errors.keys()].sort()).toEqual([...ERROR_CODES].sort());
  });

  test("has a section for every issue code, and no other", () => {
    expect([...issues.keys()].sort()).toEqual(SOURCE_ISSUE_CODES.map((c) => `Issue ${c}`).sort());
  });

  test.each([...errors.keys(), ...issues.keys()])("%s: says what, what to do and retry", (name) => {
    const section = errors.get(name) ?? issues.get(name) ?? "";
    const parts = [...section.matchAll(/^\*\*(.+?)\.\*\* (.+)/gm)];
    expect(parts.map(([, label]) => label)).toEqual(["What happened", "What to do", "Retry"]);
  });

  test.each(["UNAVAILABLE", "TIMEOUT", "THROTTLED", "UNAUTHENTICATED", "FORBIDDEN"] as const)(
    "Issue %s: promises a retry if and only if the code does",
    (code) => {
      const { retryable } = new SourceError(code, "");
      expect(issues.get(`Issue ${code}`)).toContain(retryable ? "**Retry.** Yes" : "**Retry.** No");
    },
  );

  test("names the status of every code that has one of its own", () => {
    const newer = "application/graphql-response+json";
    const own = ERROR_CODES.filter(
      (code) => code !== "BAD_REQUEST" && statusOf(code, newer) !== 400,
    );
    expect(own.length).toBeGreaterThan(4);
    for (const code of own) {
      const status = statusOf(code, newer);
      expect(errors.get(code)).toMatch(new RegExp(`[Ss]tatus (?:is )?${status}\\b`));
    }
  });

  test("knows every code that the code names", () => {
    const named = sources.flatMap((text) =>
      [...text.matchAll(/new (?:Client|Source)Error\(\s*"(\w+)"|\bcode: "([A-Z_]+)"/g)].map(
        ([, thrown, shown]) => thrown ?? shown ?? "",
      ),
    );
    const known: readonly string[] = [...ERROR_CODES, ...SOURCE_ISSUE_CODES];
    expect(new Set(named).size).toBeGreaterThan(10);
    expect([...new Set(named)].filter((code) => !known.includes(code))).toEqual([]);
  });

  test("has the exit codes of every command", () => {
    const commands = readFileSync("src/cli/commands.ts", "utf8");
    const codes = [...commands.matchAll(/exitCodes\(\{([^}]*)\}/g)].flatMap(([, body = ""]) =>
      [...body.matchAll(/(\d+): "/g)].map(([, code]) => code ?? ""),
    );
    expect(new Set(codes)).toEqual(new Set(["0", "1", "2", "3"]));
    for (const code of codes) expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, "m"));
  });
});
