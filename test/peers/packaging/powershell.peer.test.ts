import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { Language, Parser } from "web-tree-sitter";
import { runProgram } from "../../tools.js";

const MAIN = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
const GRAMMAR = createRequire(import.meta.url).resolve(
  "tree-sitter-powershell/tree-sitter-powershell.wasm",
);

let parser: Parser;
beforeAll(async () => {
  await Parser.init();
  parser = new Parser().setLanguage(await Language.load(GRAMMAR));
});

const hasError = (script: string): boolean => parser.parse(script)?.rootNode.hasError ?? true;

// No registry has PowerShell itself, so nothing runs the script.
test("the grammar of PowerShell accepts the script that completes, and no script that lacks a parenthesis or a brace", async () => {
  const args = [MAIN, "completion", "powershell"];
  const { code, stdout } = await runProgram(process.execPath, args);
  expect([code, hasError(stdout)]).toEqual([0, false]);
  const marks = [...stdout.matchAll(/[(){}]/g)];
  expect(marks.length).toBeGreaterThan(20);
  for (const { index } of marks) {
    const broken = stdout.slice(0, index) + stdout.slice(index + 1);
    expect([index, hasError(broken)]).toEqual([index, true]);
  }
});
