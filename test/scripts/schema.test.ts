import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { copySource, installPackages, makeProject } from "./project.js";
import type { Project } from "./project.js";

const MAIN = `
const which = process.argv.slice(2).join(" ");
const types = 'type Query { a: Int }\\nenum SourceIssueCode {\\n  """It is late."""\\n  LATE\\n}\\n';
process.stdout.write("# " + which + "\\n" + types);
`;
const FAULTS = "export const statusOf = (code: string) => (code === 'FORBIDDEN' ? 403 : 400);\n";
const PAGE =
  "# Page\n\nBy hand.\n\n<!-- generated from here -->\n\n<!-- generated to here -->\n\nBy hand too.\n";

describe("npm run schema", () => {
  let project: Project;
  const read = (path: string) => readFileSync(join(project.root, path), "utf8");

  beforeAll(async () => {
    project = makeProject({
      "src/main.ts": MAIN,
      "src/server/faults.ts": FAULTS,
      "docs/configuration.md": PAGE,
      "docs/errors.md": PAGE,
      "schema/schema.graphql": "type Extra { b: Int }\n",
    });
    for (const path of ["src/config", "src/domain", "src/errors.ts"]) copySource(project, path);
    installPackages(project);
    expect(await project.run("schema.mjs")).toEqual({ code: 0, output: "" });
  });

  test("writes both SDLs, the JSON Schema, and the reference between its markers", () => {
    expect(read("schema/schema.graphql")).toMatch(/^# print-schema\ntype Query \{ a: Int \}\n/);
    // As it was before.
    expect(read("schema/schema.graphql")).not.toContain("Extra");
    expect(read("schema/subgraph.graphql")).toContain("# print-schema --subgraph\n");
    expect(JSON.parse(read("schema/config.schema.json"))).toHaveProperty("properties.accounts");
    const page = read("docs/configuration.md");
    expect(page).toContain("By hand.");
    expect(page).toContain("By hand too.");
    expect(page).toMatch(/\| `metrics\.port` +\| number from 0 to 65535 +\| +\| Port of/);
    expect(page).toMatch(/\| `credentials\.secretKey` +\| secret +\| required +\|/);
    const errors = read("docs/errors.md");
    expect(errors).toContain("By hand too.");
    expect(errors).toMatch(/\| \[FORBIDDEN\]\(#forbidden\) +\| 403 +\|/);
    expect(errors).toMatch(/\| \[LATE\]\(#issue-late\) +\| It is late\. +\|/);
  });

  test("with --check accepts what was just written", async () => {
    expect(await project.run("schema.mjs", ["--check"])).toEqual({ code: 0, output: "" });
  });

  test("with --check names outdated files, changes nothing, and exits with 1", async () => {
    const drifted = `${read("schema/schema.graphql")}type Extra { b: Int }\n`;
    project.write("schema/schema.graphql", drifted);
    const { code, output } = await project.run("schema.mjs", ["--check"]);
    expect(code).toBe(1);
    expect(output).toContain("schema/schema.graphql is out of date:\n  - type Extra");
    expect(read("schema/schema.graphql")).toBe(drifted);
  });
});
