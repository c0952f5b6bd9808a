import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { copySource, installPackages, makeProject, type Project } from "./project.js";

const KNOWN = ".dependency-cruiser-known-violations.json";
const PICTURE = "docs/images/architecture.svg";

/** A project whose graphql imports domain, as it may, and the other way round where `upwards`. */
function layered(upwards: boolean): Project {
  const project = makeProject({
    "src/domain/key.ts": upwards
      ? 'import type { Query } from "../graphql/query.js";\nexport type Key = Query;\n'
      : "export type Key = string;\n",
    "src/graphql/query.ts":
      'import type { Key } from "../domain/key.js";\nexport type Query = Key;\n',
    [PICTURE]: "",
  });
  installPackages(project);
  copySource(project, ".dependency-cruiser.cjs");
  return project;
}

const violation = (name: string, from: string, to: string) => ({
  type: "dependency",
  from: `src/${from}`,
  to: `src/${to}`,
  rule: { severity: "error", name },
});

describe("the check of the layers", () => {
  test("accepts imports that point downwards", async () => {
    expect(await layered(false).run("layers.mjs")).toMatchObject({ code: 0 });
  });

  test("names an import that points upwards and a cycle, even of types", async () => {
    const { code, output } = await layered(true).run("layers.mjs");
    expect(code).toBe(1);
    expect(output).toContain("no-circular");
    expect(output).toMatch(/domain-imports-downwards: src\/domain\/key\.ts . src\/graphql/);
  });

  test("refuses a list of known violations that names a fixed one", async () => {
    const project = layered(false);
    const fixed = violation("domain-imports-downwards", "domain/key.ts", "graphql/query.ts");
    project.write(KNOWN, JSON.stringify([fixed]));
    const { code, output } = await project.run("layers.mjs");
    expect(code).toBe(1);
    expect(output).toContain(
      "delete it: domain-imports-downwards: src/domain/key.ts, src/graphql/query.ts",
    );
    project.write(KNOWN, "[]");
    expect(await project.run("layers.mjs")).toMatchObject({ code: 1 });
  });
});

describe("the picture of the folders", () => {
  test("is out of date until it is drawn again", async () => {
    const project = layered(false);
    const stale = await project.run("layers.mjs", ["--check-picture"]);
    expect(stale).toMatchObject({ code: 1 });
    expect(stale.output).toContain("npm run architecture");
    expect(await project.run("layers.mjs", ["--picture"])).toMatchObject({ code: 0 });
    const svg = readFileSync(join(project.root, PICTURE), "utf8");
    expect(svg).toContain("graphql imports domain");
    expect(svg.match(/<rect /g)).toHaveLength(2);
    expect(await project.run("layers.mjs", ["--check-picture"])).toMatchObject({ code: 0 });
  });
});
