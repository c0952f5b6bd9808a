import { fileURLToPath } from "node:url";
import plugin from "@graphql-eslint/eslint-plugin";

const schema = fileURLToPath(new URL("../../../schema/schema.graphql", import.meta.url));

/** Every rule for schemas, and Relay's. */
export const rules = {
  ...plugin.configs["flat/schema-all"].rules,
  ...plugin.configs["flat/schema-relay"].rules,
};

/** Types without an id: facts about another object at the time of the answer. */
export const WITHOUT_ID = [
  // Relay's own type has none.
  "PageInfo",
  // A link is signed again for every answer.
  "BackupDownload",
  // What happened while reading one page.
  "SourceIssue",
  // Computed for the requested RPO.
  "CoverageReport",
  "InstanceCoverage",
  // Parts of a provider.
  "ProviderCapabilities",
  "ProviderHealth",
  // Parts of an instance.
  "InstanceTag",
  // Named by the config.
  "BackupPolicy",
  // Counted for one question.
  "BackupStats",
  "BackupStatsBucket",
  "BackupStatsKey",
];

/** Rules that the schema breaks on purpose. */
export const exceptions = {
  // Fields are ordered by meaning: what a thing is comes before what it did.
  "@graphql-eslint/alphabetize": "off",
  // `nodes` beside `edges` is for clients that need no cursors; other lists are short and not connections.
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
