import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  NoOperationTraceWriter,
  convertWorkflowTemplate,
  parseWorkflow,
} from "@actions/workflow-parser";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const FOLDER = fileURLToPath(new URL("../../../.github/workflows", import.meta.url));
const FILES = readdirSync(FOLDER);
const textOf = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

/** What GitHub's own parser has to say about a workflow. */
async function faultsOf(name: string, content: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const template = value && (await convertWorkflowTemplate(context, value));
  const errors = [...context.errors.getErrors(), ...(template?.errors ?? [])];
  return errors.map((error) => ("rawMessage" in error ? error.rawMessage : error.Message));
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}
interface Workflow {
  readonly on: { readonly push: Readonly<Record<string, readonly string[]>> };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const release = parse(textOf("release.yml")) as Workflow;
const jobsWith = (permission: string): readonly string[] =>
  Object.keys(release.jobs).filter(
    (job) => release.jobs[job]?.permissions?.[permission] === "write",
  );
const commandsOf = (job: string): string =>
  (release.jobs[job]?.steps ?? []).map(({ run = "" }) => run).join("\n");

describe("the workflows", () => {
  test.each(FILES)("%s is what GitHub accepts", async (name) => {
    expect(await faultsOf(name, textOf(name))).toEqual([]);
  });

  test.each([
    ["an unknown key", /timeout-minutes: 15/, "timeout-seconds: 15"],
    ["a job that does not exist", /needs: publish/, "needs: publisher"],
    ["an expression of an unknown context", /\$\{\{ github\.token \}\}/, "${{ gitlab.token }}"],
  ])("%s is a fault", async (_, there, planted) => {
    const text = textOf("release.yml");
    expect(text).toMatch(there);
    expect(await faultsOf("release.yml", text.replace(there, planted))).not.toEqual([]);
  });
});

describe("the release", () => {
  test("starts with the tag of a version, and tests it as CI does", () => {
    expect(release.on.push["tags"]).toEqual(["v[0-9]+.[0-9]+.[0-9]+*"]);
    expect(release.jobs["test"]?.uses).toBe("./.github/workflows/ci.yml");
    expect(release.jobs["publish"]?.needs).toEqual(["test", "pack"]);
    expect(release.jobs["release"]?.needs).toBe("publish");
  });

  test("gives each job only the permissions that it needs", () => {
    expect(release.permissions).toEqual({ contents: "read" });
    expect(jobsWith("contents")).toEqual(["release"]);
    expect(jobsWith("id-token")).toEqual(["publish", "release"]);
  });

  test("publishes with provenance, and without a secret, the package that was packed", () => {
    expect(commandsOf("publish")).toMatch(/npm publish \.\/release\/\*\.tgz .*--provenance/);
    expect(commandsOf("pack")).toContain("npm pack --pack-destination release");
    expect(textOf("release.yml")).not.toMatch(/secrets\./);
  });

  test("attaches the package and its SBOM to the release", () => {
    expect(commandsOf("pack")).toContain("cp dist/sbom.cdx.json release/");
    expect(commandsOf("release")).toMatch(
      /gh release create .* release\/\*\.tgz release\/sbom\.cdx\.json$/m,
    );
  });
});
