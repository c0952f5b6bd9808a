import { expect, test } from "vitest";
import { makeProject } from "./project.js";

const FILES = {
  "package.json": JSON.stringify({ version: "1.2.0" }),
  "CHANGELOG.md":
    "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2027-01-01\n\n- New.\n\n## [1.1.0] - 2026-12-01\n\n- Old.\n",
  "schema/schema.graphql": "type Query { now: Int }\n",
  "schema/released/schema.graphql": "type Query { now: Int }\n",
};

const notesOf = (tag: string, files: Partial<typeof FILES> = {}) =>
  makeProject({ ...FILES, ...files }).run("releaseNotes.mjs", [tag]);

test("the notes of a release are its section of the changelog", async () => {
  expect(await notesOf("v1.2.0")).toEqual({ code: 0, output: "- New.\n" });
});

test("links of the notes lead to the files of the tag", async () => {
  const changelog = "## [1.2.0] - 2027-01-01\n\n- [s3](docs/s3.md), [n](https://a.example/n).\n";
  const { output } = await makeProject({ ...FILES, "CHANGELOG.md": changelog }).run(
    "releaseNotes.mjs",
    ["v1.2.0"],
    { GITHUB_SERVER_URL: "https://host.example", GITHUB_REPOSITORY: "owner/name" },
  );
  expect(output).toBe(
    "- [s3](https://host.example/owner/name/blob/v1.2.0/docs/s3.md), [n](https://a.example/n).\n",
  );
});

test.each([
  ["the tag of another version", "v1.3.0", {}, "Expected the tag v1.2.0"],
  [
    "no section",
    "v1.2.0",
    { "CHANGELOG.md": "## [Unreleased]\n\n- New.\n" },
    "CHANGELOG.md: expected",
  ],
  [
    "the schema of the release before",
    "v1.2.0",
    { "schema/released/schema.graphql": "type Query { old: Int }\n" },
    "schema/released/schema.graphql: expected a copy",
  ],
])("a release with %s is refused", async (_, tag, files, said) => {
  const { code, output } = await notesOf(tag, files);
  expect(code).toBe(1);
  expect(output).toContain(said);
});
