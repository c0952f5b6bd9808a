import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const page = readFileSync("docs/operating.md", "utf8");
const permissions = readFileSync("docs/permissions.md", "utf8");

/** The part of the page on permissions under a heading. */
const sectionOf = (heading: string): string => {
  const [, text] = permissions.split(`\n## ${heading}\n`);
  if (text === undefined) throw new Error(`No section ${heading}.`);
  return text.split("\n## ")[0] ?? "";
};

/** The actions in the first column of a section's table. */
const documented = (heading: string): string[] =>
  [...sectionOf(heading).matchAll(/^\| `(\w+)`/gm)].map(([, action = ""]) => action).sort();

/** The actions that a vendor's declarations name. */
function declared(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const texts = files
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const names = texts.flatMap((text) => [...text.matchAll(/\baction: "(\w+)"/g)]);
  return [...new Set(names.map(([, action = ""]) => action))].sort();
}

describe("the page on operating", () => {
  test.each([
    ["UCloud", "src/vendors/ucloud"],
    ["Tencent Cloud", "src/vendors/tencent"],
    ["Alibaba Cloud", "src/vendors/alibaba"],
  ])("lists exactly the actions of %s that the gateway calls", (heading, folder) => {
    expect(declared(folder).length).toBeGreaterThan(3);
    expect(documented(heading)).toEqual(declared(folder));
  });

  test.each([
    ["UCloud", "(umem|uaccount)", "Action"],
    ["Tencent Cloud", "redis", "action"],
    ["Alibaba Cloud", "kvstore", "Action"],
  ])("has a policy for %s that allows only these actions", (heading, prefix, key) => {
    const json = /```json\n([^`]+)```/.exec(sectionOf(heading))?.[1] ?? "{}";
    const policy = JSON.parse(json) as Record<string, Record<string, string[]>[]>;
    const [statement] = policy[key === "Action" ? "Statement" : "statement"] ?? [];
    const allowed = statement?.[key] ?? [];
    expect(allowed.length).toBeGreaterThan(1);
    for (const action of allowed) {
      expect(action).toMatch(new RegExp(`^${prefix}:`));
      expect(documented(heading)).toContain(action.split(":")[1]);
    }
  });

  test("explains every code that `check` can report", () => {
    const codes = ["UNAUTHENTICATED", "FORBIDDEN", "THROTTLED", "TIMEOUT", "UNAVAILABLE"];
    for (const code of [...codes, "BAD_RESPONSE", "NOT_FOUND"])
      expect(page).toContain(`| ${code} `);
  });
});
