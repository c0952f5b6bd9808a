import { request, type Server } from "node:http";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLOUD_VENDORS } from "../../src/clouds/vendorCloud.js";
import type { AttemptNote } from "../../src/domain/observation.js";
import { backupId, instanceId, providerId } from "../../src/domain/id.js";
import { buildSubgraph } from "../../src/graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../../src/graphql/schema.js";
import { CursorKey } from "../../src/paging/cursor.js";
import { bearer, CLAIMS, makeSigningKey, sign, startIssuer } from "./auth/issuer.js";
import { ask, codesOf, exchange, type Answer } from "./harness.js";
import { asCaller, digestOf, keyNamed } from "./gated.js";
import { makeStack, startStack, type Stack } from "./stack.js";

const NEWER = { accept: "application/graphql-response+json" };
const JSON_BODY = { "content-type": "application/json" };
const PREFLIGHTED = { "apollo-require-preflight": "1" };
const FIRST = "{ backups(first: 3) { edges { cursor } pageInfo { endCursor } } }";

const codeOf = async (answer: Promise<Answer>): Promise<unknown> => codesOf(await answer)[0];

/** What an answer holds at a path, read freely by tests. */
const at = (answer: Answer, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | null)?.[key],
    answer.body.data,
  );

const many = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(" ");

/** Asks, and returns the answer and the number of vendor calls that it took. */
async function counted(stack: Stack, question: () => Promise<Answer>) {
  const before = stack.calls();
  const answer = await question();
  return { answer, calls: stack.calls() - before };
}

describe("C1: a cursor", () => {
  test("that is not ours, damaged, of another list or another version asks no vendor", async () => {
    const stack = await startStack();
    const cursor = String(at(await ask(stack.url, FIRST), "backups", "edges", 1, "cursor"));
    const own = Buffer.from(cursor, "base64url");
    const sealed = (content: Uint8Array, secret = 7): string =>
      new CursorKey(Buffer.alloc(32, secret)).seal((writer) => void writer.bytes(content));
    const bad = [
      "",
      "x",
      "AAAA",
      cursor.slice(0, -4),
      `${cursor}AAAA`,
      Buffer.from(own.map((byte, i) => (i === 20 ? byte ^ 1 : byte))).toString("base64url"),
      sealed(Buffer.from("{}"), 8),
      sealed(Buffer.from([255, 1, 2, 3])),
      sealed(Buffer.alloc(0)),
      Buffer.from(JSON.stringify({ offset: 3 })).toString("base64"),
      "x".repeat(10_000),
    ];
    const after = "query ($c: String) { backups(first: 3, after: $c) { complete } }";
    for (const c of bad) {
      const { answer, calls } = await counted(stack, () => ask(stack.url, after, {}, { c }));
      expect([codesOf(answer), calls]).toEqual([["CURSOR_INVALID"], 0]);
    }
    for (const args of ["orderBy: STARTED_AT_ASC", "filter: { regions: [] }"]) {
      const other = `query ($c: String) { backups(after: $c, ${args}) { complete } }`;
      const question = () => ask(stack.url, other, {}, { c: cursor });
      const { answer, calls } = await counted(stack, question);
      expect([codesOf(answer), calls]).toEqual([["CURSOR_MISMATCH"], 0]);
    }
  });
});

describe("C2: the size of a page", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await makeStack();
  });
  afterAll(() => stack.close());

  test.each([
    ["first: -1", "BAD_USER_INPUT"],
    ["last: -1", "BAD_USER_INPUT"],
    ["first: 201", "BAD_USER_INPUT"],
    ["first: 1000000000", "BAD_USER_INPUT"],
    ["first: 1, last: 1", "BAD_USER_INPUT"],
    ['after: "a", before: "b"', "BAD_USER_INPUT"],
    ["first: 9000000000", "GRAPHQL_VALIDATION_FAILED"],
    ["first: 1.5", "GRAPHQL_VALIDATION_FAILED"],
    ['first: "1"', "GRAPHQL_VALIDATION_FAILED"],
  ])("that is wrong (%s) asks no vendor", async (args, code) => {
    const question = `{ backups(${args}) { complete } }`;
    expect(await codeOf(ask(stack.url, question))).toBe(code);
    expect(stack.calls()).toBe(0);
  });

  test("may be 0", async () => {
    const answer = await ask(
      stack.url,
      "{ backups(first: 0) { edges { cursor } pageInfo { hasNextPage } } }",
    );
    expect(answer.body.data?.["backups"]).toEqual({ edges: [], pageInfo: { hasNextPage: true } });
  });
});

describe("C3: a document that was written to take long", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await makeStack();
  });
  afterAll(() => stack.close());

  const chain = (last: string) =>
    `${many(100, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F100 on Query { ${last} }`;
  const nested = (levels: number) =>
    `{ backups { nodes { ${"instance { latestBackup { ".repeat(levels)} id ${"} }".repeat(levels)} } } }`;

  test.each<[string, string, string]>([
    ["is deep", nested(8), "QUERY_TOO_COSTLY"],
    ["is very deep", nested(240), "QUERY_TOO_COSTLY"],
    ["is deeper than it may be long", nested(2_000), "GRAPHQL_PARSE_FAILED"],
    ["is wide", `{ ${many(300, (i) => `a${i}: __typename`)} }`, "QUERY_TOO_COSTLY"],
    [
      "has ten thousand aliases",
      `{ ${many(10_000, (i) => `a${i}: __typename`)} }`,
      "GRAPHQL_PARSE_FAILED",
    ],
    ["repeats one field", `{ providers { ${"account ".repeat(1_000)} } }`, "QUERY_TOO_COSTLY"],
    ["repeats an object", `{ ${"providers { key } ".repeat(400)} }`, "QUERY_TOO_COSTLY"],
    ["is a fragment bomb", `{ ...F0 } ${chain("a: __typename")}`, "QUERY_TOO_COSTLY"],
    ["doubles without an alias", `{ ...F0 } ${chain("__typename")}`, "QUERY_TOO_COSTLY"],
    [
      "has a fragment that spreads itself",
      "{ ...A } fragment A on Query { ...A }",
      "QUERY_TOO_COSTLY",
    ],
    [
      "has a hundred fragments that spread each other",
      `{ ...F0 } ${many(100, (i) => `fragment F${i} on Query { ...F${(i + 1) % 100} ...F${(i + 2) % 100} }`)}`,
      "QUERY_TOO_COSTLY",
    ],
    [
      "has many directives",
      `{ __typename ${"@skip(if: false) ".repeat(200)} }`,
      "QUERY_TOO_COSTLY",
    ],
    ["names unknown directives", `{ __typename ${"@a ".repeat(900)} }`, "QUERY_TOO_COSTLY"],
    [
      "nests values",
      `{ node(id: ${"[".repeat(900)}1${"]".repeat(900)}) { id } }`,
      "GRAPHQL_VALIDATION_FAILED",
    ],
    [
      "multiplies lists",
      "{ instances(first: 200) { nodes { backups(first: 200) { nodes { instance { backups(first: 200) { nodes { id } } } } } } } }",
      "QUERY_TOO_COSTLY",
    ],
    [
      "knows no field",
      `{ providers { ${many(900, (i) => `f${i}`)} } }`,
      "GRAPHQL_VALIDATION_FAILED",
    ],
  ])(
    "because it %s is refused with few errors and without a vendor call",
    async (_, query, code) => {
      const answer = await ask(stack.url, query, NEWER);
      expect([answer.status, codesOf(answer)[0]]).toEqual([400, code]);
      expect(answer.body.errors?.length).toBeLessThanOrEqual(6);
      expect(answer.text.length).toBeLessThan(4_000);
      expect(stack.calls()).toBe(0);
    },
  );

  test("of a megabyte is not read", async () => {
    const answer = await ask(stack.url, `{ __typename } # ${"x".repeat(1_000_000)}`);
    expect([answer.status, codesOf(answer)]).toEqual([413, ["BAD_REQUEST"]]);
  });
});

test("C4: a size by variable costs what it costs in the text", async () => {
  const stack = await startStack();
  const nested = (size: string) =>
    `{ instances(first: ${size}) { nodes { backups(first: ${size}) { nodes { id } } } } }`;
  const literal = await ask(stack.url, nested("150"));
  const variable = await ask(stack.url, `query ($n: Int!) ${nested("$n")}`, {}, { n: 150 });
  expect(literal.body.errors?.[0]?.extensions).toEqual({
    code: "QUERY_TOO_COSTLY",
    cost: 1 + 150 * (1 + 1 + 150),
    limit: 10_000,
  });
  expect(variable.body).toEqual(literal.body);
  expect(stack.calls()).toBe(0);
});

describe("C5: representations of entities", () => {
  const entities = (url: string, r: unknown) =>
    ask(
      url,
      "query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Backup { nativeId } } }",
      {},
      { r },
    );

  test("that are too many are refused", async () => {
    const stack = await startStack();
    const r = Array.from({ length: 1_001 }, () => ({ __typename: "Backup", id: "x" }));
    expect((await entities(stack.url, r)).body.errors?.[0]?.extensions).toEqual({
      code: "QUERY_TOO_COSTLY",
      entities: 1_001,
      limit: 1_000,
    });
    const huge = Array.from({ length: 20_000 }, () => ({ __typename: "Backup", id: "x" }));
    expect((await entities(stack.url, huge)).status).toBe(413);
    const short = await entities(stack.url, new Array(20_000).fill(0));
    expect(short.body.errors?.[0]?.extensions).toMatchObject({ entities: 20_000 });
    expect(stack.calls()).toBe(0);
  });

  test("that are faulty are each answered in their own place", async () => {
    const stack = await startStack();
    const answer = await entities(stack.url, [
      { __typename: "Backup", id: "unknown" },
      { __typename: "Nothing", id: "x" },
      { __typename: "Backup" },
      { __typename: "Backup", id: 5 },
      { __typename: "constructor", id: "x" },
      5,
      null,
      { __typename: "Instance", vendor: "UCLOUD", region: ["cn-bj2"], nativeId: {} },
    ]);
    expect(answer.status).toBe(200);
    expect(new Set(codesOf(answer))).toEqual(new Set(["BAD_USER_INPUT"]));
    expect(answer.text).not.toContain("stack");
    expect(stack.calls()).toBe(0);
  });
});

describe("C6: a request of another kind", () => {
  test("is refused: batches, GET mutations, and bodies that pages can send", async () => {
    const stack = await startStack();
    const send = (type: string, body: string) =>
      exchange(stack.url, { method: "POST", headers: { "content-type": type }, body });
    const query = JSON.stringify({ query: FIRST });
    const statuses = [
      await send("application/json", `[${query},${query}]`),
      await exchange(`${stack.url}?query=mutation{__typename}`, { headers: PREFLIGHTED }),
      await send("text/plain", query),
      await send("application/x-www-form-urlencoded", `query=${encodeURIComponent(FIRST)}`),
      await send("multipart/form-data; boundary=x", query),
    ].map(({ status }) => status);
    expect(statuses).toEqual([400, 405, 415, 415, 415]);
    expect(stack.calls()).toBe(0);
  });
});

describe("C7: a body that is no request", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await makeStack();
  });
  afterAll(() => stack.close());

  test.each([
    ["{", 400],
    ["5", 400],
    ["[]", 400],
    ["null", 400],
    ['{"query":"{ __typename }","__proto__":{"x":1}}', 400],
    ['{"query":"{ __typename }","variables":{"constructor":{"prototype":{}}}}', 400],
    ['{"query":"{ __typename }","variables":[]}', 400],
    [`{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`, 400],
    [
      `{"query":"{ __typename }","variables":{"a":${"[".repeat(50_000)}1${"]".repeat(50_000)}}}`,
      200,
    ],
    ['{"query":"{ __typename }\\u0000"}', 200],
    ['{"query":"{ __typename # \\ud800\\n }"}', 200],
    ['{"query":"{ node(id: \\"\\ud800\\") { id } }"}', 200],
    ['{"query":"{ node(id: \\"a\\\\u0000b\\") { id } }"}', 200],
  ])("%.60s is answered in GraphQL's shape, and not logged", async (body, status) => {
    const answer = await exchange(stack.url, { method: "POST", headers: JSON_BODY, body });
    expect(answer.status).toBe(status);
    expect(answer.body.errors !== undefined || answer.body.data !== undefined).toBe(true);
    expect(codesOf(answer)).not.toContain("INTERNAL_SERVER_ERROR");
    expect(stack.written()).toBe("");
    expect(stack.calls()).toBe(0);
  });
});

describe("C8: a token", () => {
  test("that is wrong in any way is refused in the same words, before the body is read", async () => {
    const key = await makeSigningKey("k1");
    const issuer = await startIssuer(key);
    const stack = await startStack({ auth: { mode: "jwt", jwt: issuer.options } });
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...CLAIMS, iat: now, exp: now + 60 };
    const unsigned = (head: object) =>
      [head, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .concat("")
        .join(".");
    const tokens = [
      null,
      "a.b.c",
      await sign(key, { ...claims, exp: now - 60 }),
      await sign(key, { ...claims, aud: "others" }),
      unsigned({ alg: "none" }),
      unsigned({ alg: "HS256", kid: "k1" }),
      await sign(key, { ...claims, padding: "x".repeat(9_000) }),
    ];
    const answers = await Promise.all(
      tokens.map((token) =>
        exchange(stack.url, {
          method: "POST",
          headers: { ...JSON_BODY, ...(token === null ? {} : bearer(token)) },
          body: "{ this is no JSON",
        }),
      ),
    );
    for (const answer of answers) {
      expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
      expect(answer.text).toBe(answers[0]?.text);
    }
    const right = await ask(stack.url, FIRST, bearer(await sign(key, claims)));
    expect([right.status, codesOf(right)]).toEqual([200, []]);
    expect(at(right, "backups", "edges")).toEqual([]);
    expect(stack.calls()).toBe(0);
  });
});

describe("C9: an id of an account that the caller may not see", () => {
  test("is answered like an unknown id on every path, without a vendor call", async () => {
    const apiKeys = [
      keyNamed("all", ["backups:read"]),
      keyNamed("one", ["backups:read"], ["demo-ucloud"]),
    ];
    const stack = await startStack({ auth: { mode: "apiKey", apiKeys } });
    const query = `{ providers { id key account instances(first: 1) { nodes { id vendor region nativeId } } backups(first: 1) { nodes { id } } } }`;
    const seen = (await ask(stack.url, query, asCaller("all"))).body.data?.["providers"] as {
      id: string;
      key: string;
      account: string;
      instances: { nodes: { id: string; vendor: string; region: string; nativeId: string }[] };
      backups: { nodes: { id: string }[] };
    }[];
    // Made-up ids by kind; the first letter of an id is that of its kind.
    const made = [
      providerId("made-up/uredis"),
      instanceId("made-up/uredis", "cn-bj2", "x"),
      backupId({
        provider: "made-up/uredis",
        region: "cn-bj2",
        instanceNativeId: "x",
        nativeId: "y",
        startedAt: 1,
      }),
    ];
    const madeLike = (id: string): string => made.find((one) => one[0] === id[0]) as string;
    const ways = (id: string) => [
      `{ node(id: "${id}") { id } }`,
      `{ nodes(ids: ["${id}"]) { id } }`,
      `{ backup(id: "${id}") { id } }`,
      `{ instance(id: "${id}") { id } }`,
      `{ backups(filter: { instanceIds: ["${id}"] }) { nodes { id } totalCount complete issues { code } } }`,
      `{ _entities(representations: [{ __typename: "Backup", id: "${id}" }]) { __typename } }`,
      `{ _entities(representations: [{ __typename: "Instance", id: "${id}" }]) { __typename } }`,
      `{ _entities(representations: [{ __typename: "Provider", id: "${id}" }]) { __typename } }`,
    ];
    const foreign = seen
      .filter(({ account }) => account !== "demo-ucloud")
      .flatMap(({ id, instances, backups }) => [
        id,
        ...instances.nodes.map((n) => n.id),
        ...backups.nodes.map((n) => n.id),
      ]);
    expect(foreign.length).toBeGreaterThanOrEqual(6);
    // A first request may be slower or cost more, so the unknown id is asked for first.
    const before = stack.calls();
    for (const id of foreign)
      for (const [i, question] of ways(id).entries()) {
        const unknown = await ask(stack.url, ways(madeLike(id))[i] as string, asCaller("one"));
        const answer = await ask(stack.url, question, asCaller("one"));
        expect([answer.status, answer.text]).toEqual([unknown.status, unknown.text]);
        expect(answer.text).not.toContain(id);
      }
    for (const { key, account } of seen)
      expect(
        at(
          await ask(stack.url, `{ provider(key: "${key}") { key } }`, asCaller("one")),
          "provider",
        ),
      ).toEqual(account === "demo-ucloud" ? { key } : null);
    expect(stack.calls()).toBe(before);
  });
});

describe("C10: links without their scope", () => {
  test("are refused at their field, the rest stays, and no vendor is asked for them", async () => {
    const apiKeys = [keyNamed("reader", ["backups:read"])];
    const stack = await startStack({ auth: { mode: "apiKey", apiKeys } });
    const rest = "{ backups(first: 5) { nodes { id } } }";
    await ask(stack.url, rest, asCaller("reader"));
    const question = () =>
      ask(
        stack.url,
        "{ backups(first: 5) { nodes { id downloads { url } raw } } }",
        asCaller("reader"),
      );
    const { answer, calls } = await counted(stack, question);
    expect([answer.status, new Set(codesOf(answer)), calls]).toEqual([
      200,
      new Set(["FORBIDDEN"]),
      0,
    ]);
    expect(answer.body.errors).toHaveLength(10);
    expect(answer.body.errors?.[0]?.path).toEqual(["backups", "nodes", 0, "downloads"]);
    const nodes = at(answer, "backups", "nodes") as { id: string; downloads: null; raw: null }[];
    expect(nodes).toHaveLength(5);
    for (const node of nodes)
      expect(node).toEqual({ id: expect.any(String), downloads: null, raw: null });
  });
});

describe("C11: a client that goes away", () => {
  test("takes its vendor calls along", async () => {
    let ended: (note: AttemptNote) => void = () => undefined;
    const note = new Promise<AttemptNote>((resolve) => (ended = resolve));
    const stack = await startStack({ gateway: { observer: { onAttempt: (n) => ended(n) } } });
    const hung = new Promise<void>((resolve) => (stack.clouds.knobs.hook = () => resolve()));
    for (const vendor of CLOUD_VENDORS)
      stack.clouds.knobs.faults.add({ vendor, effect: { kind: "hang" } });
    const client = request(stack.url, { method: "POST", headers: JSON_BODY });
    client.on("error", () => undefined);
    client.end(JSON.stringify({ query: FIRST }));
    await hung;
    client.destroy();
    // The vendors answer nothing: only the client's going can have ended them.
    expect((await note).outcome).toBe("CUT");
  });
});

describe("C12: connections that are held", () => {
  test("are given up after a while, whatever their client does", async () => {
    const servers: (Server & { readonly connectionsCheckingInterval?: number })[] = [];
    const { url } = await startStack({
      server: {
        extend: (app) => {
          app.addHook("onRequest", (request, _, done) => {
            servers.push((request.raw.socket as Socket & { readonly server: Server }).server);
            done();
          });
        },
      },
    });
    await ask(url, "{ __typename }");
    const [server] = servers;
    expect(server?.requestTimeout).toBe(30_000);
    // Node exchanges the two if the headers may take longer than the request: it was 60 s then.
    expect(server?.headersTimeout).toBeLessThanOrEqual(30_000);
    expect(server?.headersTimeout).toBeGreaterThan(0);
    expect(server?.keepAliveTimeout).toBeLessThanOrEqual(75_000);
    expect(server?.keepAliveTimeout).toBeGreaterThan(0);
    expect(server?.timeout).toBeLessThanOrEqual(60_000);
    expect(server?.timeout).toBeGreaterThan(0);
    expect(server?.connectionsCheckingInterval).toBe(1_000);
  });
});

describe("C13: the same question a hundred times at once", () => {
  test("asks the vendors as often as once", async () => {
    // Lists of lengths that do not change with the time of day, as those of the demo estate do.
    const clouds = { estate: { instances: 7, backupsEach: 9, regions: 1 } } as const;
    const alone = await startStack({ clouds });
    await ask(alone.url, FIRST);
    const stack = await startStack({ clouds });
    stack.clouds.knobs.setAll({ latencyMs: 20 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(stack.url, FIRST)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const ids = answers.map((answer) => (at(answer, "backups", "edges") as unknown[]).length);
    expect(new Set(ids)).toEqual(new Set([3]));
    expect(stack.calls()).toBe(alone.calls());
  });
});

describe("C14: the end of the process", () => {
  test("drops nothing that is under way, and takes nothing new", async () => {
    let arrived = 0;
    let allArrived: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (allArrived = resolve));
    const stack = await startStack({
      server: {
        extend: (app) => {
          app.addHook("preHandler", (_, __, done) => {
            arrived += 1;
            if (arrived === 20) allArrived();
            done();
          });
        },
      },
    });
    stack.clouds.knobs.setAll({ latencyMs: 50 });
    const answers = Array.from({ length: 20 }, () => ask(stack.url, FIRST));
    await begun;
    const closed = stack.close();
    for (const answer of await Promise.all(answers)) expect(codesOf(answer)).toEqual([]);
    await closed;
    await expect(ask(stack.url, FIRST)).rejects.toThrow("ECONNREFUSED");
  });
});

describe("C15: the schema", () => {
  test("is hidden without introspection, and the subgraph without the routers' secret", async () => {
    const secret = "canary-of-the-routers";
    const schema = buildSubgraph(buildGatewaySchema());
    const federation = await startStack({
      server: { introspection: false, federation: { schema, secretSha256: digestOf(secret) } },
    });
    const asked = [
      "{ __schema { queryType { name } } }",
      '{ __type(name: "Backup") { fields { name } } }',
      "{ _service { sdl } }",
      "{ _entities(representations: []) { __typename } }",
    ];
    for (const query of asked) {
      const answer = await ask(federation.url, query);
      expect(codesOf(answer)).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
      expect(answer.text).not.toContain('sdl":');
      const wrong = await ask(federation.url, query, { "x-gateway-secret": `${secret}x` });
      expect(wrong.text).toBe(answer.text);
    }
    const router = await ask(federation.url, "{ _service { sdl } }", {
      "x-gateway-secret": secret,
    });
    expect(String(at(router, "_service", "sdl"))).toContain("type Backup");
  });
});
