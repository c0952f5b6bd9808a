import { getOperationAST, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { bytesOfDocument } from "../../src/execution/index.js";
import { buildSubgraph } from "../../src/graphql/federation/subgraph.js";
import {
  CompiledExecution,
  DocumentStore,
  JsonData,
  textOfAnswer,
} from "../../src/server/compiledExecution.js";
import type { OperationPlugin } from "../../src/server/options.js";
import type { ServerOptions } from "../../src/server/options.js";
import { fakeReads } from "../graphql/fakeReads.js";
import { schema } from "../graphql/run.js";
import { ask, codesOf, serve } from "./harness.js";

const FAILING = {
  capabilities: () => {
    throw new Error("A bug.");
  },
  regions: () => Promise.reject(new SourceError("TIMEOUT", "Too late.")),
};
const SKIPPING = `query ($x: Boolean = true) {
  instances(first: 2) { nodes { nativeId backups(first: 1) { nodes { id @skip(if: $x) } } } } }`;
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
  { query: SKIPPING, variables: { x: null } },
  { query: "{ backups(first: -1) { complete } }" },
  { query: "{ providers { key capabilities { reach } } }" },
  { query: '{ node(id: "none") { id } _: __typename }' },
  { query: "query A { __typename } query B { __typename }" },
  { query: "{ nothing }" },
  { query: "{" },
  { query: "{ __schema { types { name fields { name } } } }" },
  { query: '{ _entities(representations: [{ __typename: "Provider", id: 5 }]) { __typename } }' },
];

/** A plugin that notes the calls of its hooks. */
function noting(): { plugin: OperationPlugin; heard: string[] } {
  const heard: string[] = [];
  const plugin: OperationPlugin = {
    didResolveOperation: async () => void heard.push("operation"),
    didEncounterErrors: async ({ errors }) =>
      void heard.push(`errors ${errors.map(({ message, path }) => `${message} ${path}`)}`),
    willSendResponse: async ({ response: { body } }) => {
      heard.push("response");
      if (body.kind === "single") body.singleResult.extensions = { noted: true };
    },
  };
  return { plugin, heard };
}

/** What clients get, what plugins hear, what is logged, and why operations were interpreted. */
async function answersOf(execution: "compiled" | "interpreted") {
  const { plugin, heard } = noting();
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
  const answered = answers.map(({ status, headers, text }) => ({
    status,
    type: headers["content-type"],
    text,
  }));
  const logged = log.map(({ msg, requestId, err }) => [
    msg,
    requestId,
    (err as { message: string }).message,
  ]);
  return { answered, heard, logged, reasons };
}

describe("compiled execution behind HTTP", () => {
  test("has the bytes, statuses, hooks and log lines of interpreted execution", async () => {
    const { reasons, ...compiled } = await answersOf("compiled");
    const { reasons: none, ...interpreted } = await answersOf("interpreted");
    expect(compiled).toEqual(interpreted);
    expect(compiled.logged.length).toBeGreaterThan(0);
    expect(none).toEqual([]);
    expect(reasons.filter((reason) => reason === "VARIABLES")).toHaveLength(3);
    expect(new Set(reasons)).toEqual(new Set(["FIRST_USE", "VARIABLES"]));
  });

  test("begins with the second use of a document", async () => {
    const reasons: string[] = [];
    const { url } = await serve({
      execution: "compiled",
      onInterpreted: (reason) => void reasons.push(reason),
    });
    for (const query of ["{ a: __typename }", "{ b: __typename }", "{ a: __typename }"])
      await ask(url, query);
    expect(reasons).toEqual(["FIRST_USE", "FIRST_USE"]);
  });

  test("masks what a field threw, with the request's id", async () => {
    const { url } = await serve({
      execution: "compiled",
      makeReads: () => fakeReads(FAILING as never).reads,
    });
    for (let times = 0; times < 2; times += 1) {
      const answer = await ask(url, "{ providers { capabilities { reach } } }", {
        "x-request-id": "r-1",
      });
      expect(codesOf(answer)).toEqual(["INTERNAL_SERVER_ERROR"]);
      expect(answer.body.errors?.[0]?.extensions["requestId"]).toBe("r-1");
      expect(answer.text).not.toContain("A bug.");
    }
  });
});

test("plans are weighed again when they have grown, and never hold more bytes than the limit", async () => {
  const compiled = new CompiledExecution({
    format: (formatted) => formatted,
    didEncounterErrors: async () => undefined,
    onInterpreted: () => undefined,
  });
  const fields = Array.from({ length: 200 }, (_, i) => `a${i}: __typename`).join(" ");
  let previous = 0;
  for (let number = 0; number < 100; number += 1) {
    const document = parse(`{ b${number}: __typename ${fields} }`);
    const operation = getOperationAST(document);
    const request = { schema: schema(), document, operation, request: {}, contextValue: {} };
    for (let times = 0; times < 2; times += 1)
      await compiled.responseForOperation(request as never);
    expect(compiled.planBytes).toBeLessThanOrEqual(16 * 2 ** 20);
    // The plans of 200 fields, besides their document.
    if (number < 10)
      expect(compiled.planBytes - previous).toBeGreaterThan(bytesOfDocument(document) + 200_000);
    previous = compiled.planBytes;
  }
  expect(compiled.planBytes).toBeGreaterThan(8 * 2 ** 20);
});

const data = { a: [1, "ü\u2028"], b: null };
const errors = [{ message: "No.", path: ["b"] }];
const extensions = { calls: [1] };

test.each([
  { what: "data", parts: { data } },
  { what: "no data", parts: { data: null } },
  { what: "errors and data", parts: { errors, data } },
  { what: "data and extensions", parts: { data, extensions } },
  { what: "all three", parts: { errors, data, extensions } },
])("a response with $what has the same bytes, whatever its data is made of", ({ parts }) => {
  const ready = { ...parts, data: new JsonData(JSON.stringify(parts.data)) as never };
  expect(textOfAnswer(ready)).toBe(textOfAnswer(parts));
  expect(JSON.parse(JSON.stringify(ready))).toEqual(parts);
});

test("a response without data is its errors", () => {
  expect(textOfAnswer({ errors })).toBe(`${JSON.stringify({ errors })}\n`);
});

test("documents are kept while they are used, and never more bytes than the limit", async () => {
  const store = new DocumentStore();
  const fields = Array.from({ length: 200 }, (_, i) => `a${i}: __typename`).join(" ");
  for (let i = 0; i < 300; i += 1) {
    await store.set(`${i}`, parse(`{ ${fields} }`));
    expect(await store.get("0")).toBeDefined();
    expect(store.bytes).toBeLessThanOrEqual(16 * 2 ** 20);
  }
  expect(await store.get("299")).toBeDefined();
  expect(await store.get("1")).toBeUndefined();
  expect(store.bytes).toBeGreaterThan(8 * 2 ** 20);
});
