import { fileURLToPath } from "node:url";
import plugin from "@graphql-eslint/eslint-plugin";

const schema = fileURLToPath(new URL("../../../schema/schema.graphql", import.meta.url));

/** Every rule for schemas, and Relay's. */
export const rules = {
  ...plugin.configs["flat/schema-all"].rules,
  ...plugin.configs["flat/schema-relay"].rules,
};

/** Types without an id of their own: facts about another object, at the moment of the answer. */
export const WITHOUT_ID = [
  // Relay's own type has none.
  "PageInfo",
  // A link is signed anew at every answer.
  "BackupDownload",
  // What was met on the way to one page.
  "SourceIssue",
  // Judged for the RPO that was asked.
  "CoverageReport",
  "InstanceCoverage",
  // Parts of a provider.
  "ProviderCapabilities",
  "ProviderHealth",
];

/** Where the schema departs from a rule on purpose. */
export const exceptions = {
  // Fields stand in the order of their meaning: what a thing is first, what it did after.
  "@graphql-eslint/alphabetize": "off",
  // `nodes` beside `edges` is for readers that need no cursors; other lists are short and no connections.
  "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
  // Pages and their edges are found by their parent and cursor.
  "@graphql-eslint/strict-id-in-types": [
    "error",
    { exceptions: { types: WITHOUT_ID, suffixes: ["Connection", "Edge"] } },
  ],
};

export default [
  {
    files: ["**/*.graphql"],
    plugins: { "@graphql-eslint": plugin },
    languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema } } },
    rules: { ...rules, ...exceptions },
  },
];
