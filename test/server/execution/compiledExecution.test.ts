import type { ApolloServerPlugin } from "@apollo/server";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../../src/errors.js";
import type { Context } from "../../../src/graphql/context.js";
import { buildSubgraph } from "../../../src/graphql/federation/subgraph.js";
import type { ServerOptions } from "../../../src/server/options.js";
import { fakeReads } from "../../graphql/fakeReads.js";
import { schema } from "../../graphql/run.js";
import { ask, codesOf, serve } from "../harness.js";

const FAILING = {
  capabilities: () => {
    throw new Error("A bug.");
  },
  regions: () => Promise.reject(new SourceError("TIMEOUT", "Too late.")),
};
const OPERATIONS = [
  { query: "{ providers { key regions } backups(first: 2) { nodes { id startedAt } } }" },
  {
    query:
      "query Q($first: Int!) { backups(first: $first) { edges { cursor late } pageInfo { endCursor } } }",
    variables: { first: 2 },
  },
  {
    query: "query Q($first: Int!) { backups(first: $first) { complete } }",
    variables: { first: "two" },
  },
  { query: "{ backups(first: -1) { complete } }" },
  { query: "{ providers { key capabilities { reach } } }" },
  { query: '{ node(id: "none") { id } _: __typename }' },
  { query: "query A { __typename } query B { __typename }" },
  { query: "{ nothing }" },
  { query: "{" },
  { query: "{ __schema { types { name fields { name } } } }" },
  { query: '{ _entities(representations: [{ __typename: "Provider", id: 5 }]) { __typename } }' },
];

/** A plugin that notes what it hears; with `fields`, also of each field. */
function noting(fields = false): { plugin: ApolloServerPlugin<Context>; heard: string[] } {
  const heard: string[] = [];
  const plugin: ApolloServerPlugin<Context> = {
    requestDidStart: async () => ({
      didResolveOperation: async () => void heard.push("operation"),
      didEncounterErrors: async ({ errors }) =>
        void heard.push(`errors ${errors.map(({ message, path }) => `${message} ${path}`)}`),
      executionDidStart: async ({ operationName }) => {
        heard.push(`execution of ${operationName}`);
        return {
          executionDidEnd: async () => void heard.push("end"),
          ...(fields && { willResolveField: ({ info }) => void heard.push(info.fieldName) }),
        };
      },
      willSendResponse: async ({ response: { body } }) => {
        heard.push("response");
        if (body.kind === "single") body.singleResult.extensions = { noted: true };
      },
    }),
  };
  return { plugin, heard };
}

/** What clients get, and what plugins hear. */
async function answersOf(execution: "compiled" | "interpreted", fields = false) {
  const { plugin, heard } = noting(fields);
  const reasons: string[] = [];
  const options: Partial<ServerOptions> = {
    execution,
    plugins: [plugin],
    makeReads: () => fakeReads(FAILING as never).reads,
    federation: { schema: buildSubgraph(schema()), secretSha256: null },
    onInterpreted: (reason) => void reasons.push(reason),
  };
  const { url, log } = await serve(options);
  const answers = [];
  for (const { query, variables } of [...OPERATIONS, ...OPERATIONS])
    for (const accept of ["application/json", "application/graphql-response+json"])
      answers.push(await ask(url, query, { accept, "x-request-id": "r" }, variables));
  const told = answers.map(({ status, headers, text }) => ({
    status,
    type: headers["content-type"],
    text,
  }));
  const logged = log.map(({ msg, requestId, err }) => [
    msg,
    requestId,
    (err as { message: string }).message,
  ]);
  return { told, heard, logged, reasons };
}

describe("compiled execution behind HTTP", () => {
  test("has the bytes, statuses, hooks and log lines of interpreted execution", async () => {
    const { reasons, ...compiled } = await answersOf("compiled");
    const { reasons: none, ...interpreted } = await answersOf("interpreted");
    expect(compiled).toEqual(interpreted);
    expect(compiled.heard).toContain("end");
    expect(compiled.logged.length).toBeGreaterThan(0);
    expect(reasons).toEqual(["VARIABLES", "VARIABLES", "VARIABLES", "VARIABLES"]);
    expect(none).toEqual([]);
  });

  test("is left to graphql-js where a plugin listens to fields, which hears of each execution once", async () => {
    const { reasons, ...compiled } = await answersOf("compiled", true);
    const { reasons: none, ...interpreted } = await answersOf("interpreted", true);
    expect(compiled).toEqual(interpreted);
    expect(compiled.heard).toContain("regions");
    expect(new Set(reasons)).toEqual(new Set(["VARIABLES", "FIELD_LISTENERS"]));
    expect(none).toEqual([]);
  });

  test("masks what a field threw, with the request's id", async () => {
    const { url } = await serve({
      execution: "compiled",
      makeReads: () => fakeReads(FAILING as never).reads,
    });
    const answer = await ask(url, "{ providers { capabilities { reach } } }", {
      "x-request-id": "r-1",
    });
    expect(codesOf(answer)).toEqual(["INTERNAL_SERVER_ERROR"]);
    expect(answer.body.errors?.[0]?.extensions["requestId"]).toBe("r-1");
    expect(answer.text).not.toContain("A bug.");
  });
});
