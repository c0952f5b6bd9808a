import { describe, expect, test } from "vitest";
import type { Principal } from "../../../src/domain/principal.js";
import type { KnownPlace } from "../../../src/domain/provider.js";
import { asCaller, type Gating, keyNamed, type LIMITS, serveGated } from "../gated.js";
import { ask, codesOf } from "../harness.js";

const PLACE: KnownPlace = {
  provider: "uc/uredis",
  vendor: "UCLOUD",
  region: "cn-bj2",
  instances: 3,
  wide: false,
  facts: [],
  linkCalls: 1,
};

const gated = (limits: Partial<typeof LIMITS>, given: Gating["gate"] = {}) =>
  serveGated({ gate: { ...given, limits } });

describe("an operation that is too costly", () => {
  test.each([
    ["{ backups(first: 10) { edges { node { id } } } }", { cost: 21, limit: 20 }],
    ["{ backups(first: 21) { nodes { id } } }", { cost: 22, limit: 20 }],
  ])("%s is refused before anything is read, with %j", async (query, extensions) => {
    const { url, asked } = await gated({ cost: 20 });
    const answer = await ask(url, query, { accept: "application/graphql-response+json" });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      errors: [
        {
          message: `The operation asks for ${extensions.cost} objects in its answer at worst; limits.cost is 20.`,
          extensions: { code: "QUERY_TOO_COSTLY", ...extensions },
        },
      ],
    });
    expect(asked).toEqual([]);
  });

  test("is refused by its variables as by its text, each time they are sent", async () => {
    const { url } = await gated({ cost: 20 });
    const query = "query ($n: Int) { backups(first: $n) { nodes { id } } }";
    for (const [n, code] of [
      [19, undefined],
      [20, "QUERY_TOO_COSTLY"],
      [19, undefined],
      [1_000_000_000, "QUERY_TOO_COSTLY"],
      [20, "QUERY_TOO_COSTLY"],
    ] as const)
      expect(codesOf(await ask(url, query, {}, { n }))[0]).toBe(code);
  });

  test("by a variable's default is refused also after the variable was null", async () => {
    const places: KnownPlace[] = [];
    // The same places: the cost that was found once is remembered.
    const { url } = await serveGated({ gate: { placesOf: () => places } });
    const query = `query ($n: Int = 200) {
      instances(first: $n) { nodes { backups(first: $n) { nodes { id } } } } }`;
    expect(codesOf(await ask(url, query, {}, { n: null }))).toEqual([]);
    expect(codesOf(await ask(url, query))).toEqual(["QUERY_TOO_COSTLY"]);
    expect(codesOf(await ask(url, query, {}, {}))).toEqual(["QUERY_TOO_COSTLY"]);
    expect(codesOf(await ask(url, query, {}, { n: null }))).toEqual([]);
  });

  test("is not one whose @skip is null below a list: each of its objects has an error", async () => {
    const { url } = await gated({ cost: 20 });
    const query = `query ($x: Boolean = true) {
      instances(first: 2) { nodes { backups(first: 3) { nodes { id @skip(if: $x) } } } } }`;
    // The second time it is compiled.
    for (let times = 0; times < 2; times += 1) {
      const { status, body } = await ask(url, query, {}, { x: null });
      expect(status).toBe(200);
      expect(body.errors?.[0]).toMatchObject({
        message: 'Argument "if" of non-null type "Boolean!" must not be null.',
        path: ["instances", "nodes", 0, "backups", "nodes", 0],
      });
    }
  });

  test("in vendor calls is refused by what is known when it comes, and by who asks", async () => {
    let instances = 4;
    const seen: Principal[] = [];
    const { url } = await serveGated({
      gate: {
        auth: {
          mode: "apiKey",
          apiKeys: [keyNamed("one", ["backups:read"]), keyNamed("none", ["backups:read"], [])],
        },
        limits: { vendorCalls: 4 },
        placesOf: (principal) => {
          seen.push(principal);
          return principal.accounts === null ? [{ ...PLACE, instances }] : [];
        },
      },
    });
    const query = "{ instances(first: 10) { nodes { latestBackup { id } } } }";
    expect(codesOf(await ask(url, query, asCaller("one")))).toEqual([]);
    instances = 5;
    expect((await ask(url, query, asCaller("one"))).body.errors).toMatchObject([
      { extensions: { code: "QUERY_TOO_COSTLY", vendorCalls: 5, limit: 4 } },
    ]);
    expect(codesOf(await ask(url, query, asCaller("none")))).toEqual([]);
    expect(seen.map(({ name }) => name)).toEqual(["one", "one", "none"]);
  });

  test("is counted once for the same text, variables and places", async () => {
    const places = [PLACE];
    let looked = 0;
    const counting = new Proxy(places, {
      get: (target, name) => {
        if (name === "reduce" || name === Symbol.iterator) looked += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
    const { url } = await serveGated({ gate: { placesOf: () => counting } });
    const query =
      "query ($n: Int, $after: String) { backups(first: $n, after: $after) { issues { code } } }";
    await ask(url, query, {}, { n: 1 });
    const once = looked;
    expect(once).toBeGreaterThan(0);
    await ask(url, query, {}, { n: 1, after: null });
    expect(looked).toBe(once);
    await ask(url, query, {}, { n: 2 });
    expect(looked).toBe(2 * once);
  });

  test("is refused by depth also where the check of its text did not see it", async () => {
    const { url } = await serveGated({
      gate: { limits: { depth: 2 } },
      server: { extend: () => undefined },
    });
    const answer = await ask(url, "{ backups { nodes { id } } }");
    expect(answer.body.errors).toMatchObject([{ extensions: { depth: 3, limit: 2 } }]);
  });
});

describe("an operation that is not run", () => {
  test("for its variables says so, and not what it costs", async () => {
    const { url } = await gated({ cost: 1 });
    const query = "query ($n: Int!) { backups(first: $n) { nodes { id } } }";
    expect(codesOf(await ask(url, query, {}, { n: "many" }))).toEqual(["BAD_USER_INPUT"]);
  });

  test("for its name says so too", async () => {
    const { url } = await gated({ cost: 1 });
    const query = "query A { backups { complete } } query B { backups { complete } }";
    expect(codesOf(await ask(url, query))).toEqual(["OPERATION_RESOLUTION_FAILURE"]);
  });
});

test("pages of a bad size are refused by their field, as they are without limits", async () => {
  const { url } = await gated({});
  const query = "query ($n: Int) { backups(first: $n) { complete } }";
  for (const n of [-1, 201, 1_000_000_000])
    expect(codesOf(await ask(url, query, {}, { n }))).toEqual(["BAD_USER_INPUT"]);
});

describe("an operation over 10,000 instances", () => {
  const places: KnownPlace[] = [{ ...PLACE, instances: 10_000 }];
  const LISTS = [
    "{ backups(first: 20) { nodes { id } issues { code message provider { key } } } }",
    '{ coverage(rpo: "PT24H") { complete instances(first: 20) { nodes { id } } issues { code } } }',
    "{ backups(first: 20) { nodes { id instance { name } } } instances(first: 20) { nodes { id } } }",
  ];

  test.each(LISTS)("%s is not too costly: its pages are cut", async (query) => {
    const { url } = await serveGated({ gate: { placesOf: () => places } });
    expect(codesOf(await ask(url, query))).toEqual([]);
  });

  test("is too costly by the calls that no page can be cut at", async () => {
    const { url } = await serveGated({ gate: { placesOf: () => places } });
    const query = `{ instances(first: 100) { nodes { backups(first: 30) { nodes {
      downloads { url } } } } } }`;
    expect(codesOf(await ask(url, query))).toEqual(["QUERY_TOO_COSTLY"]);
  });
});

const byFilter = "query ($f: BackupFilter) { backups(first: 1, filter: $f) { nodes { id } } }";

async function refusalOf(query: string, variables: Record<string, unknown>) {
  const { url, asked } = await serveGated();
  const answer = await ask(url, query, {}, variables);
  expect(asked).toEqual([]);
  const [error, ...others] = answer.body.errors ?? [];
  expect(others).toEqual([]);
  expect(error?.extensions).toEqual({ code: "BAD_USER_INPUT" });
  return { message: error?.message ?? "", length: answer.text.length };
}

test("8,500 unknown fields are refused with the first five of them named", async () => {
  const names = Array.from({ length: 8_500 }, (_, i) => `k${i}`);
  const f = Object.fromEntries(names.map((name) => [name, 1]));
  const { message, length } = await refusalOf(byFilter, { f });
  expect(message).toBe(
    `The variables are not valid. ${[0, 1, 2, 3, 4]
      .map((i) => `$f: BackupFilter has no field "k${i}".`)
      .join(" ")}`,
  );
  expect(length).toBeLessThan(500);
});

test.each([
  ["a wrong kind", { f: 5 }, "$f: expected BackupFilter, but got a number."],
  ["a list", { f: [] }, "$f: expected BackupFilter, but got a list."],
  [
    "a wrong word in a list",
    { f: { statuses: ["FAILED", "hunter2-is-secret"] } },
    "$f.statuses[1]: expected BackupStatus, but got text it does not accept.",
  ],
  [
    "a wrong instant",
    { f: { startedAfter: "hunter2-is-secret" } },
    "$f.startedAfter: expected DateTime (An instant as RFC 3339 text, such as " +
      "2025-06-01T07:44:46.000Z), but got text it does not accept.",
  ],
  [
    "a null where none may be",
    { f: { statuses: [null] } },
    "$f.statuses[0]: expected BackupStatus!, but got nothing.",
  ],
  [
    "a field with a long name",
    { f: { ["x".repeat(10_000)]: 1 } },
    `$f: BackupFilter has no field "${"x".repeat(60)}…".`,
  ],
])("%s is named by its place, and its value is not repeated", async (_, variables, expected) => {
  const { message } = await refusalOf(byFilter, variables);
  expect(message).toBe(`The variables are not valid. ${expected}`);
});

test.each([
  ["query ($i: Int) { backups(first: $i) { nodes { id } } }"],
  ["query ($i: [ID!]!) { nodes(ids: $i) { id } }"],
  ["query ($i: BackupFilter) { backups(first: 1, filter: $i) { nodes { id } } }"],
  ["{ __typename }"],
])("a value of 100,000 levels is bad input of %s", async (query) => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const { url } = await serveGated();
  const body = `{"query":${JSON.stringify(query)},"variables":{"i":${deep}}}`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const { errors } = (await response.json()) as { errors: { message: string }[] };
  expect(errors).toEqual([
    {
      message: "The variables are nested deeper than 64 levels.",
      extensions: { code: "BAD_USER_INPUT" },
    },
  ]);
});

test("a variable that is left out has its default, and null is not one that is left out", async () => {
  const { url } = await serveGated();
  const query =
    "query ($n: Int! = 3, $f: BackupFilter) { backups(first: $n, filter: $f) { nodes { id } } }";
  expect((await ask(url, query, {}, {})).body.errors).toBeUndefined();
  expect((await ask(url, query, {}, { n: null })).body.errors?.[0]?.message).toBe(
    "The variables are not valid. $n: expected Int!, but got nothing.",
  );
});
