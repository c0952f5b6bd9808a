import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeProject } from "./project.js";

const HASH = "sha512-AAAA";
const lockWith = (packages: object) =>
  JSON.stringify({ packages: { "": { dependencies: { one: "1.0.0" } }, ...packages } });

describe("the check of the lock files", () => {
  test.each([
    ["has a hash and no other origin", { integrity: HASH }, []],
    ["has no hash", {}, ["node_modules/one: has no sha512 integrity"]],
    ["has a weak hash", { integrity: "sha1-AAAA" }, ["node_modules/one: has no sha512 integrity"]],
    [
      "comes from a repository",
      { integrity: HASH, resolved: "git+ssh://git@example.com/one.git" },
      ["node_modules/one: does not come from the registry"],
    ],
    ["is a folder beside it", { link: true, resolved: "one" }, []],
  ])("names a package that %s only if that is a fault", async (_, entry, faults) => {
    const lock = lockWith({ "node_modules/one": entry });
    const project = makeProject({ "package-lock.json": lock, "test/a/package-lock.json": lock });
    const { code, output } = await project.run("packages.mjs", ["locks"]);
    expect(code).toBe(faults.length > 0 ? 1 : 0);
    const files = ["package-lock.json", "test/a/package-lock.json"];
    expect(output.split("\n").filter((line) => line !== "")).toEqual(
      files.flatMap((file) => faults.map((fault) => `${file}: ${fault}`)),
    );
  });
});

describe("the check of the licences", () => {
  const lock = lockWith({
    "node_modules/one": { license: "MIT", dependencies: { two: "1.0.0" } },
    "node_modules/one/node_modules/two": { license: "(MIT AND BSD-3-Clause)" },
    "node_modules/two": { license: "Elastic-2.0" },
    "node_modules/graphiql": { license: "(GPL-3.0 OR ISC)" },
  });
  const check = (text: string) =>
    makeProject({ "package-lock.json": text }).run("packages.mjs", ["licences"]);

  test("accepts more for tools than for what users get", async () => {
    expect(await check(lock)).toEqual({ code: 0, output: "" });
  });

  test.each([
    [
      "of the program",
      "(MIT AND BSD-3-Clause)",
      "Elastic-2.0",
      "node_modules/one/node_modules/two",
    ],
    ["of a page", "(GPL-3.0 OR ISC)", "GPL-3.0", "node_modules/graphiql"],
  ])("refuses one that is not listed, of a package %s", async (_, from, to, path) => {
    const { code, output } = await check(lock.replace(from, to));
    expect(code).toBe(1);
    expect(output).toBe(`package-lock.json: ${path} (shipped): licence ${to} is not accepted\n`);
  });
});

describe("the list of packages for users", () => {
  test("holds what the program and its pages need, and no tool", async () => {
    const project = makeProject({ "package-lock.json": readFileSync("package-lock.json", "utf8") });
    expect(await project.run("sbom.mjs")).toMatchObject({ code: 0 });
    const sbom = JSON.parse(readFileSync(join(project.root, "dist/sbom.cdx.json"), "utf8")) as {
      bomFormat: string;
      metadata: { component: { name: string } };
      components: { name: string; hashes?: object[]; licenses?: object[] }[];
    };
    expect(sbom.bomFormat).toBe("CycloneDX");
    expect(sbom.metadata.component.name).toBe("redis-backup-gateway");
    const names = sbom.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["fastify", "graphql", "react", "graphiql"]));
    expect(names.filter((name) => /^(?:vitest|vite|eslint|typescript)$/.test(name))).toEqual([]);
    for (const { hashes, licenses } of sbom.components) {
      expect(hashes).toHaveLength(1);
      expect(licenses).toHaveLength(1);
    }
  });
});
