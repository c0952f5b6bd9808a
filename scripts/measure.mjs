// Prints the size and the shape of src, without clouds/, pages/ and the vendors that came after the goals were set, beside these goals.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const SMALL = 20;

/** The TypeScript files below a folder, relative to the repository. */
export const sourceFiles = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path))
    .sort();

/** The figures of the given files. */
export function measure(files) {
  const parsed = files.map((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return { file, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
  });
  const lines = parsed.map(({ tree }) => codeLines(tree));
  return {
    files: files.length,
    codeLines: lines.reduce((sum, count) => sum + count, 0),
    smallFiles: lines.filter((count) => count <= SMALL).length,
    duplicateTypes: duplicates(parsed),
    promiseChecks: parsed.flatMap(({ file, tree }) =>
      file.startsWith("src/execution/") ? [] : promiseChecks(file, tree),
    ),
    cycles: cycles(new Map(parsed.map(({ file, tree }) => [file, imported(file, tree)]))),
  };
}

/** The lines that hold a token; comments and blank lines hold none. */
function codeLines(tree) {
  const lines = new Set();
  const visit = (node) => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(tree);
    if (children.length > 0) return void children.forEach(visit);
    if (node.getWidth(tree) === 0) return;
    const lineAt = (place) => tree.getLineAndCharacterOfPosition(place).line;
    for (let line = lineAt(node.getStart(tree)); line <= lineAt(node.end); line += 1)
      lines.add(line);
  };
  visit(tree);
  return lines.size;
}

/** Names of types that more than one file declares, each with its files. */
function duplicates(parsed) {
  const found = new Map();
  for (const { file, tree } of parsed)
    for (const node of tree.statements)
      if (
        ts.isInterfaceDeclaration(node) ||
        ts.isTypeAliasDeclaration(node) ||
        ts.isClassDeclaration(node) ||
        ts.isEnumDeclaration(node)
      )
        found.set(node.name.text, (found.get(node.name.text) ?? new Set()).add(file));
  return [...found].filter(([, files]) => files.size > 1).map(([name, files]) => [name, ...files]);
}

/** Where a value may be a promise or not: `x instanceof Promise`. */
function promiseChecks(file, tree) {
  const found = [];
  const visit = (node) => {
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword &&
      node.right.getText(tree) === "Promise"
    )
      found.push(`${file}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The files that a file imports, types included. */
const imported = (file, tree) =>
  tree.statements
    .filter((node) => ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    .map((node) => node.moduleSpecifier?.text ?? "")
    .filter((path) => path.startsWith("."))
    .map((path) => join(dirname(file), path).replace(/\.js$/, ".ts"));

/** Sets of files that import each other, directly or through others (Tarjan). */
function cycles(graph) {
  const [index, low, stack, found] = [new Map(), new Map(), [], []];
  const visit = (file) => {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    for (const next of graph.get(file).filter((path) => graph.has(path))) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file), low.get(next)));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle);
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}

/** A table of a text and two figures a line. */
export function table(rows, heading = ["figure", "now", "goal"]) {
  const texts = [heading, ...rows].map((row) => row.map(String));
  const widths = [0, 1, 2].map((i) => Math.max(...texts.map((row) => row[i].length)));
  return texts
    .map(([what, now, goal]) =>
      [what.padEnd(widths[0]), now.padStart(widths[1]), goal.padStart(widths[2])].join("  "),
    )
    .join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const figures = measure(
    sourceFiles("src").filter((path) => !/^src\/(?:clouds|pages|vendors\/(?:aws|s3))\//.test(path)),
  );
  const { files, codeLines: code, smallFiles, duplicateTypes, promiseChecks: checks } = figures;
  console.log(
    table([
      ["files", files, "250"],
      ["lines of code, without comments and blank lines", code, "16500"],
      [`files of ${SMALL} lines of code or fewer`, smallFiles, "-"],
      ["type names that several files declare", duplicateTypes.length, "5"],
      ["instanceof Promise outside execution/", checks.length, "0"],
      ["import cycles, types included", figures.cycles.length, "0"],
    ]),
  );
  for (const [name, ...where] of duplicateTypes) console.log(`type ${name}: ${where.join(", ")}`);
  for (const place of checks) console.log(`instanceof Promise: ${place}`);
  for (const circle of figures.cycles) console.log(`cycle: ${circle.join(", ")}`);
}
