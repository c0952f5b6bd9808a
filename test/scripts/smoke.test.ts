import { describe, expect, test } from "vitest";
import { makeProject } from "./project.js";

const NODE = { id: "b", startedAt: "2026-01-01T00:00:00Z", provider: { key: "ops/uredis" } };

/** A gateway with one answer to all queries, which ends with an exit code on SIGTERM. */
const gateway = (
  answer: unknown,
  { exitCode = 0, version = process.version, first = "" } = {},
): Record<string, string> => ({
  "dist/main.js": `
import { createServer } from "node:http";
${first}
const metrics = 'nodejs_version_info{version="${version}",major="1"} 1';
const server = createServer(({ url }, response) =>
  response.end(url === "/metrics" ? metrics : ${JSON.stringify(JSON.stringify(answer))}));
server.listen(Number(process.env.PORT), "127.0.0.1", () =>
  console.log("Gateway ready at http://127.0.0.1:" + server.address().port + "/graphql"));
process.on("SIGTERM", () => process.exit(${exitCode}));
`,
});
const answer = (nodes: unknown[]) => ({ data: { backups: { nodes, complete: true } } });

describe("the smoke start", () => {
  test("passes if the gateway answers and stops", async () => {
    const { code, output } = await makeProject(gateway(answer([NODE, NODE, NODE]))).run(
      "smoke.mjs",
    );
    expect(output).toContain("smoke: three backups were read");
    expect(code).toBe(0);
  });

  test.each([
    { what: "too few backups", files: gateway(answer([NODE])), said: "wrong answer" },
    {
      what: "an error beside the data",
      files: gateway({ ...answer([NODE, NODE, NODE]), errors: [{ message: "no" }] }),
      said: "wrong answer",
    },
    {
      what: "an exit code after SIGTERM",
      files: gateway(answer([NODE, NODE, NODE]), { exitCode: 7 }),
      said: "after SIGTERM",
    },
    {
      what: "a warning of Node",
      files: gateway(answer([NODE, NODE, NODE]), { first: 'process.emitWarning("old")' }),
      said: "Node warned",
    },
    {
      what: "a gateway on another Node",
      files: gateway(answer([NODE, NODE, NODE]), { version: "v1.2.3" }),
      said: "does not run on Node v",
    },
    {
      what: "an end before it is ready",
      files: { "dist/main.js": "" },
      said: "before the gateway",
    },
  ])("fails on $what", async ({ files, said }) => {
    const { code, output } = await makeProject(files).run("smoke.mjs");
    expect(output).toContain(said);
    expect(code).toBe(1);
  });
});
