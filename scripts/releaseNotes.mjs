// Prints the release notes of a tag such as v1.2.3: the section of its version in CHANGELOG.md. In a workflow
// of GitHub, where notes belong to no folder, links to files lead to the files of the tag. Fails if the tag does not
// name the version of package.json, or if schema/released is not that version's schema.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path) => readFileSync(join(root, path), "utf8");
const [tag = ""] = process.argv.slice(2);
const { version } = JSON.parse(read("package.json"));

const sections = read("CHANGELOG.md").split(/^## /m).slice(1);
const section = sections.find((text) => text.startsWith(`[${version}] - `)) ?? "";
const notes = section.split("\n").slice(1).join("\n").trim();
const outdated = readdirSync(join(root, "schema/released")).filter(
  (name) =>
    existsSync(join(root, "schema", name)) &&
    read(`schema/released/${name}`) !== read(`schema/${name}`),
);

const faults = [
  ...(tag === `v${version}`
    ? []
    : [`Expected the tag v${version}, as in package.json, but got ${tag}.`]),
  ...(notes === ""
    ? [`CHANGELOG.md: expected a section "## [${version}] - <date>" with text.`]
    : []),
  ...outdated.map((name) => `schema/released/${name}: expected a copy of schema/${name}.`),
];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
const { GITHUB_SERVER_URL: host, GITHUB_REPOSITORY: repository } = process.env;
console.log(
  repository === undefined
    ? notes
    : notes.replace(/\]\((?![a-z]+:|#)/g, `](${host}/${repository}/blob/${tag}/`),
);
