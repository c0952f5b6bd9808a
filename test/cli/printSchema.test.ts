import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { printSubgraphSdl } from "../../src/graphql/federation/sdl.js";
import { run } from "./harness.js";

const committed = (name: string): string =>
  readFileSync(new URL(`../../schema/${name}`, import.meta.url), "utf8");

test.each([
  { flags: [], file: "schema.graphql" },
  { flags: ["--subgraph"], file: "subgraph.graphql" },
])("print-schema $flags prints the committed $file", async ({ flags, file }) => {
  expect(await run(["print-schema", ...flags])).toMatchObject({
    code: 0,
    stdout: committed(file),
    stderr: "",
  });
});

test("print-schema adds scopes to the subgraph where they are asked for", async () => {
  const { stdout } = await run(["print-schema", "--subgraph", "--router-directives"]);
  expect(stdout).toBe(printSubgraphSdl({ routerDirectives: true }));
});

test("print-schema refuses router directives without a subgraph, and says why", async () => {
  const { code, stdout, stderr } = await run(["print-schema", "--router-directives"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("works only together with --subgraph");
});
