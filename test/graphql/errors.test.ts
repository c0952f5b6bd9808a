import { GraphQLError } from "graphql";
import { describe, expect, test } from "vitest";
import type { Backup } from "../../src/domain/backup.js";
import { ANYONE, type Principal } from "../../src/domain/principal.js";
import { ClientError, SourceError } from "../../src/errors.js";
import { formatError, isMasked } from "../../src/graphql/errors.js";
import { BACKUPS, INSTANCES, ISSUE } from "./fakeEstate.js";
import { pageOf } from "./fakeReads.js";
import { codesOf, run } from "./run.js";

const CANARY = "canary-5f2d";
const fail = (error: unknown) => () => Promise.reject(error);
const BACKUP = BACKUPS[0] as Backup;

describe("a failing root field", () => {
  test("takes no neighbour along, and says which provider failed how", async () => {
    const answer = await run("{ backups { complete } instances { complete } providers { key } }", {
      reads: {
        backups: fail(
          new SourceError("THROTTLED", "The vendor allows no further call now.", {
            provider: "uc/uredis",
            code: CANARY,
            requestId: CANARY,
            retryAfterMs: 2_000,
            cause: new Error(CANARY),
          }),
        ),
      },
    });
    expect(answer.data).toEqual({
      backups: null,
      instances: { complete: true },
      providers: [{ key: "ali/kvstore" }, { key: "uc/uredis" }],
    });
    expect(answer.errors).toEqual([
      {
        message: "The vendor allows no further call now.",
        locations: [{ line: 1, column: 3 }],
        path: ["backups"],
        extensions: {
          code: "UPSTREAM_FAILED",
          issue: "THROTTLED",
          provider: "uc/uredis",
          retryable: true,
          retryAfterMs: 2_000,
        },
      },
    ]);
  });

  test("our own refused keys never read as the client's UNAUTHENTICATED", async () => {
    const answer = await run("{ backups { complete } }", {
      reads: { backups: fail(new SourceError("UNAUTHENTICATED", "The vendor refused our keys.")) },
    });
    expect(answer.errors[0]?.extensions).toEqual({
      code: "UPSTREAM_FAILED",
      issue: "UNAUTHENTICATED",
      retryable: false,
    });
  });

  test.each([
    "CURSOR_INVALID",
    "CURSOR_MISMATCH",
    "DEADLINE_EXCEEDED",
    "QUERY_TOO_COSTLY",
    "RATE_LIMITED",
  ] as const)("%s reaches the client with its figures", async (code) => {
    const answer = await run("{ backups { complete } }", {
      reads: { backups: fail(new ClientError(code, "What was wrong.", { cost: 12, limit: 10 })) },
    });
    expect(answer.errors[0]).toMatchObject({
      message: "What was wrong.",
      extensions: { code, cost: 12, limit: 10 },
    });
  });

  test.each([
    { what: "an unknown error", error: new Error(CANARY) },
    { what: "a thrown text", error: CANARY },
    {
      what: "an error with a code of its own",
      error: new GraphQLError(CANARY, { extensions: { code: "LEAK", secret: CANARY } }),
    },
    { what: "a type error", error: new TypeError(CANARY) },
  ])("$what is masked, with the request's id", async ({ error }) => {
    const answer = await run("{ backups { complete } }", { reads: { backups: fail(error) } });
    expect(answer.errors).toEqual([
      {
        message: "Internal server error",
        locations: [{ line: 1, column: 3 }],
        path: ["backups"],
        extensions: { code: "INTERNAL_SERVER_ERROR", requestId: "request-1" },
      },
    ]);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
  });

  test("a value that a scalar cannot write is masked, and not quoted", async () => {
    const links = await run(`{ backup(id: "${BACKUP.id}") { nativeId downloads { url } } }`, {
      reads: {
        downloads: () =>
          Promise.resolve([
            {
              url: `no url ${CANARY}`,
              internal: false,
              shard: null,
              sizeBytes: null,
              expiresAt: null,
            },
          ]),
      },
    });
    expect(links.data).toEqual({ backup: { nativeId: "b-0", downloads: null } });
    expect(codesOf(links)).toEqual(["INTERNAL_SERVER_ERROR"]);
    const words = await run("{ instances { nodes { id status } } }", {
      reads: {
        instancesByRef: () => Promise.resolve([]),
        instances: () =>
          Promise.resolve({
            edges: [
              { node: { ...INSTANCES[0], status: CANARY } as never, cursor: "c", late: false },
            ],
            startCursor: null,
            endCursor: null,
            hasNextPage: async () => false,
            hasPreviousPage: async () => false,
            peekNextPage: () => false,
            peekPreviousPage: () => false,
            totalCount: () => Promise.resolve(null),
            complete: true,
            issues: [],
          }),
      },
    });
    expect(codesOf(words)).toEqual(["INTERNAL_SERVER_ERROR"]);
    expect(JSON.stringify([links, words])).not.toContain(CANARY);
  });
});

describe("a failing edge", () => {
  test("nulls its own fields only", async () => {
    let asked = 0;
    const answer = await run(`{ backups(first: 3) { nodes { nativeId instance { nativeId } } } }`, {
      reads: {
        instancesByRef: (refs) => {
          asked += 1;
          return Promise.resolve(
            refs.map(({ provider, nativeId }) =>
              provider === "uc/uredis"
                ? new SourceError("TIMEOUT", "The vendor did not answer in time.", { provider })
                : (INSTANCES.find((i) => i.nativeId === nativeId) ?? null),
            ),
          );
        },
      },
    });
    expect(asked).toBe(1);
    expect(answer.data).toEqual({
      backups: {
        nodes: [
          { nativeId: "b-0", instance: { nativeId: "r-1" } },
          { nativeId: "b-1", instance: { nativeId: "r-2" } },
          { nativeId: "b-2", instance: null },
        ],
      },
    });
    expect(answer.errors).toMatchObject([
      {
        path: ["backups", "nodes", 2, "instance"],
        extensions: { code: "UPSTREAM_FAILED", issue: "TIMEOUT", provider: "uc/uredis" },
      },
    ]);
  });

  test("one of many nodes fails alone", async () => {
    const answer = await run(`query ($ids: [ID!]!) { nodes(ids: $ids) { id } }`, {
      variables: { ids: [BACKUPS[0]?.id, BACKUPS[1]?.id] },
      reads: {
        backupsById: () =>
          Promise.resolve([BACKUP, new SourceError("UNAVAILABLE", "The vendor is down.")]),
      },
    });
    expect(answer.data).toEqual({ nodes: [{ id: BACKUP.id }, null] });
    expect(answer.errors).toMatchObject([{ path: ["nodes", 1] }]);
  });

  test("an issue about a provider that the caller does not see is a fault of ours", async () => {
    const hidden = { ...ISSUE, provider: "hidden/uredis" };
    const answer = await run("{ backups { issues { provider { key } } } }", {
      reads: {
        backups: ({ page }) => Promise.resolve(pageOf(BACKUPS, page, { issues: [hidden] })),
      },
    });
    expect(answer.data).toEqual({ backups: null });
    expect(codesOf(answer)).toEqual(["INTERNAL_SERVER_ERROR"]);
  });
});

describe("arguments", () => {
  test.each([
    ["backups(first: 201)", "Expected first to be from 0 to 200, but got 201."],
    ["backups(first: -1)", "Expected first to be from 0 to 200, but got -1."],
    ["backups(last: 1000000000)", "Expected last to be from 0 to 200, but got 1000000000."],
    ["backups(first: 1, last: 1)", "Expected either first or last, but got first: 1 and last: 1."],
    ['backups(after: "a", before: "b")', "Expected either after or before, but got both."],
    ["instances(first: 201)", "Expected first to be from 0 to 200, but got 201."],
  ])("%s is refused before anything is read", async (field, message) => {
    const answer = await run(`{ ${field} { complete } }`);
    expect(answer.errors).toMatchObject([{ message, extensions: { code: "BAD_USER_INPUT" } }]);
    expect(answer.asked).toEqual([]);
  });

  test("nested lists check their page before they ask", async () => {
    const answer = await run(
      `{ provider(key: "uc/uredis") { instances(first: 900) { complete } backups(last: -1) { complete } } }`,
    );
    expect(codesOf(answer)).toEqual(["BAD_USER_INPUT", "BAD_USER_INPUT"]);
    expect(answer.asked.map(([name]) => name)).toEqual(["provider"]);
  });

  test.each(["PT0S", "P1M", "P1Y", "-PT1H"])("rpo %s is refused", async (rpo) => {
    const answer = await run(
      `{ coverage(rpo: "${rpo}") { rpo } instance(id: "${INSTANCES[0]?.id}") { nativeId coverage(rpo: "PT1H") { state } } }`,
    );
    expect(answer.errors).toMatchObject([
      { path: ["coverage"], extensions: { code: "BAD_USER_INPUT" } },
    ]);
    expect(answer.errors[0]?.message).toContain(`but got ${rpo}.`);
    expect(answer.asked.map(([name]) => name)).not.toContain("coverage");
  });

  test("a null that a variable brings for a required argument is the client's fault", async () => {
    const answer = await run(`query ($key: String = "a") { provider(key: $key) { id } }`, {
      variables: { key: null },
    });
    expect(answer.errors[0]?.message).toContain("must not be null");
    expect(codesOf(answer)).toEqual(["BAD_USER_INPUT"]);
  });

  test.each([
    ["startedAfter", "2025-06-01 07:44:46"],
    ["startedAfter", 1_748_736_000],
    ["startedBefore", "2025-06-01T07:44Z"],
  ])("%s refuses %j, which names no instant", async (name, value) => {
    const answer = await run(`query ($f: BackupFilter) { backups(filter: $f) { complete } }`, {
      variables: { f: { [name]: value } },
    });
    expect(answer.data).toBeNull();
    expect(answer.errors[0]?.message).toContain(`Variable "$f" got invalid value`);
    expect(codesOf(answer)).toEqual(["BAD_USER_INPUT"]);
    expect(answer.asked).toEqual([]);
  });
});

describe("guarded fields", () => {
  const reader: Principal = { ...ANYONE, scopes: new Set(["backups:read"]) };
  const FIELDS = "nativeId downloads { url } raw";

  test.each([
    ["backup", `{ backup(id: "${BACKUP.id}") { ${FIELDS} } }`],
    ["node", `{ node(id: "${BACKUP.id}") { ... on Backup { ${FIELDS} } } }`],
    ["a list", `{ backups(first: 1) { nodes { ${FIELDS} } } }`],
    ["an edge", `{ instance(id: "${INSTANCES[0]?.id}") { latestBackup { ${FIELDS} } } }`],
  ])("are closed by way of %s, and nobody is asked for links", async (_, source) => {
    const answer = await run(source, { principal: reader });
    expect(JSON.stringify(answer.data)).toContain('{"nativeId":"b-0","downloads":null,"raw":null}');
    expect(answer.errors.map(({ extensions }) => extensions)).toEqual([
      { code: "FORBIDDEN", scope: "backups:download" },
      { code: "FORBIDDEN", scope: "raw:read" },
    ]);
    expect(answer.asked.map(([name]) => name)).not.toContain("downloads");
  });

  test("open with their scopes, and links stay letter by letter as they were signed", async () => {
    const answer = await run(
      `{ backups(first: 1) { nodes { raw downloads { url internal shard sizeBytes expiresAt } } } }`,
    );
    expect(answer.data).toEqual({
      backups: {
        nodes: [
          {
            raw: { BackupId: "b-0" },
            downloads: [
              {
                url: "https://files.example/b-0?Signature=a%2Fb",
                internal: false,
                shard: null,
                sizeBytes: 5,
                expiresAt: "2025-06-01T00:01:00.000Z",
              },
            ],
          },
        ],
      },
    });
  });
});

describe("the translation of errors", () => {
  test("keeps GraphQL's own codes and drops every other extension", () => {
    const formatted = {
      message: "m",
      extensions: { code: "GRAPHQL_PARSE_FAILED", stacktrace: [CANARY] },
    };
    expect(formatError(formatted, new GraphQLError("m"), "r")).toEqual({
      message: "m",
      extensions: { code: "GRAPHQL_PARSE_FAILED" },
    });
  });

  test("explains a document that the parser cannot follow", () => {
    const originalError = new RangeError("Maximum call stack size exceeded");
    const thrown = new GraphQLError(originalError.message, { originalError });
    const formatted = { message: thrown.message, extensions: { code: "GRAPHQL_PARSE_FAILED" } };
    expect(formatError(formatted, thrown, "r")).toEqual({
      message: "The document is nested too deeply.",
      extensions: { code: "GRAPHQL_PARSE_FAILED" },
    });
  });

  test("distinguishes masked errors from others", () => {
    const masked = formatError({ message: CANARY }, new Error(CANARY), "r");
    expect(isMasked(masked)).toBe(true);
    const shown = formatError({ message: "" }, new ClientError("FORBIDDEN", "No."), "r");
    expect(isMasked(shown)).toBe(false);
  });
});
