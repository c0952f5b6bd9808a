import { expect, test } from "vitest";
import { installPackages, makeProject } from "./project.js";

const SOURCES = {
  "src/domain/one.ts": `/** A comment. */
import type { Two } from "./two.js";

// Another.
export interface Shared {
  readonly two: Two;
}
`,
  "src/domain/two.ts": `import type { Shared } from "./one.js";
export type Two = Shared | null;
`,
  "src/paging/three.ts": `class Shared {}
export const isLater = (value: unknown): boolean =>
  value instanceof Promise || value instanceof Shared;
`,
  "src/execution/four.ts": "export const is = (value: unknown) => value instanceof Promise;\n",
  "src/clouds/five.ts": "export type Shared = Promise<string>;\n",
};

test("the figures of the code are right, and duplicate types and cycles are named", async () => {
  const project = makeProject(SOURCES);
  installPackages(project);
  const { code, output } = await project.run("measure.mjs");
  expect(code).toBe(0);
  const [, ...figures] = output.split("\n").map((line) => line.split(/ {2,}/).slice(0, 2));
  expect(figures.slice(0, 6)).toEqual([
    ["files", "4"],
    ["lines of code, without comments and blank lines", "10"],
    ["files of 20 lines of code or fewer", "4"],
    ["type names that several files declare", "1"],
    ["instanceof Promise outside execution/", "1"],
    ["import cycles, types included", "1"],
  ]);
  expect(output).toContain("type Shared: src/domain/one.ts, src/paging/three.ts\n");
  expect(output).toContain("instanceof Promise: src/paging/three.ts:3\n");
  expect(output).toContain("cycle: src/domain/one.ts, src/domain/two.ts\n");
});
