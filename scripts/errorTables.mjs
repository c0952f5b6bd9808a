// Makes the Markdown tables of all codes from the code and the schema.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSchema } from "graphql";
import { runnerImport } from "vite";
import { table } from "./markdown.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The media type with which the status says how a request ended. */
const ACCEPT = "application/graphql-response+json";

const load = async (path) =>
  (await runnerImport(join(root, path), { configFile: false, logLevel: "error" })).module;

/** The error codes with their status, and the issue codes with what the schema says of them. */
export async function errorTables(schemaText) {
  const { ERROR_CODES } = await load("src/errors.ts");
  const { statusOf } = await load("src/server/faults.ts");
  const issues = buildSchema(schemaText).getType("SourceIssueCode").getValues();
  return [
    table(
      ["error code", `status if nothing ran, with \`${ACCEPT}\``],
      ERROR_CODES.map((code) => [
        `[${code}](#${code.toLowerCase()})`,
        code === "BAD_REQUEST" ? "depends on the request" : statusOf(code, ACCEPT),
      ]),
    ),
    table(
      ["issue code", "meaning"],
      issues.map(({ name, description }) => [
        `[${name}](#issue-${name.toLowerCase()})`,
        description.replaceAll("\n", " "),
      ]),
    ),
  ].join("\n\n");
}
