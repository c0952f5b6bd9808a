import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { installPackages, makeProject } from "./project.js";
import type { Project } from "./project.js";

const MAIN = 'import { word } from "./word.js";\nprocess.stdout.write(word);\n';
const WORD = 'export const word: string = "one";\n';

describe("a build", () => {
  let project: Project;
  const dist = (path: string) => join(project.root, "dist", path);

  beforeAll(async () => {
    const sources = { "src/main.ts": MAIN, "src/word.ts": WORD, "src/config/jsonSchema.ts": WORD };
    project = makeProject(sources);
    installPackages(project);
    expect(await project.run("build.mjs")).toEqual({ code: 0, output: "" });
  });

  test("makes a program that runs, also by its name", () => {
    expect(statSync(dist("main.js")).mode & 0o111).toBe(0o111);
    expect(execFileSync(process.execPath, [dist("main.js")], { encoding: "utf8" })).toBe("one");
  });

  test("does nothing the second time, even if the time of a source has changed", async () => {
    writeFileSync(dist("main.js"), "// not compiled again\n");
    project.write("src/word.ts", WORD);
    const before = statSync(dist("main.js")).mtimeMs;
    expect(await project.run("build.mjs")).toEqual({ code: 0, output: "" });
    expect(statSync(dist("main.js")).mtimeMs).toBe(before);
  });

  test("compiles a changed source, removes the output of a deleted one, and restores a deleted file", async () => {
    rmSync(dist("main.js"));
    // As an earlier build left it.
    writeFileSync(dist("word-1a2b3c4d.js"), "");
    utimesSync(dist("word-1a2b3c4d.js"), 0, 0);
    project.write("src/main.ts", 'export const alone = "two";\n');
    rmSync(join(project.root, "src/word.ts"));
    expect(await project.run("build.mjs")).toEqual({ code: 0, output: "" });
    expect(readFileSync(dist("main.js"), "utf8")).toContain("two");
    expect(existsSync(dist("word-1a2b3c4d.js"))).toBe(false);
  });

  test("fails on a type error, every time until it is fixed", async () => {
    project.write("src/main.ts", "export const wrong: number = 'text';\n");
    const first = await project.run("build.mjs");
    expect(first.code).not.toBe(0);
    expect(first.output).toContain("src/main.ts(1,14): error TS2322");
    expect(await project.run("build.mjs")).toEqual(first);
  });
});

test("pages are built with their own config, and only once", async () => {
  const project = makeProject({
    "dist/main.js": "",
    "src/pages/coverage/index.html": "<!doctype html><title>page</title>",
    "src/pages/coverage/vite.config.ts":
      'export default { root: import.meta.dirname, build: { outDir: "../../../dist/pages/coverage", emptyOutDir: true } };\n',
  });
  installPackages(project);
  rmSync(join(project.root, "tsconfig.build.json"));
  expect(await project.run("build.mjs")).toMatchObject({ code: 0 });
  const page = join(project.root, "dist/pages/coverage/index.html");
  expect(readFileSync(page, "utf8")).toContain("page");
  writeFileSync(page, "not built again");
  expect(await project.run("build.mjs")).toEqual({ code: 0, output: "" });
  expect(readFileSync(page, "utf8")).toBe("not built again");
});

describe("without development dependencies", () => {
  test("a build does not change an existing dist", async () => {
    const project = makeProject({ "src/main.ts": MAIN, "dist/main.js": "// shipped\n" });
    expect(await project.run("build.mjs")).toEqual({ code: 0, output: "" });
    expect(readFileSync(join(project.root, "dist/main.js"), "utf8")).toBe("// shipped\n");
  });

  test("a build without a dist says what is missing and does not stop the installation", async () => {
    const project = makeProject({ "src/main.ts": MAIN });
    const { code, output } = await project.run("build.mjs");
    expect(code).toBe(0);
    expect(output).toBe("dist is not built: the development dependencies are not installed.\n");
    expect(existsSync(join(project.root, "dist"))).toBe(false);
  });
});
