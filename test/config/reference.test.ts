import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.js";
import { LEAST } from "./example.js";

const page = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => text ?? "");

/** What the page's references are set to: a fitting value for each kind. */
function valueFor(name: string): string {
  if (name.endsWith("SHA256")) return Buffer.from(name.padEnd(32).slice(0, 32)).toString("hex");
  if (name === "CURSOR_KEY") return Buffer.alloc(32, 1).toString("base64");
  return name === "CACHE_URL" ? "redis://cache.example:6379" : `value-of-${name}`;
}
const names = [...page.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name ?? "");
const env = Object.fromEntries(names.map((name) => [name, valueFor(name)]));

describe("every example of the configuration page loads", () => {
  test("there are three", () => {
    expect(examples).toHaveLength(3);
  });

  test.each(examples.map((text) => ({ text })))("$text", ({ text }) => {
    const whole = text.includes("accounts:") ? text : text + LEAST;
    expect(loadConfig({ text: whole, env }).accounts.length).toBeGreaterThan(0);
  });

  test("the full one holds every section", () => {
    const full = examples.find((text) => text.includes("limits:")) ?? "";
    for (const section of ["server", "federation", "auth", "accounts", "upstream", "cache"]) {
      expect(full).toMatch(new RegExp(`^${section}:`, "m"));
    }
  });
});
