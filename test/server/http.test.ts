import { createHash } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { METHODS } from "node:http";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { fakeReads } from "../graphql/fakeReads.js";
import { ask, codesOf, exchange, heldBackups, serve } from "./harness.js";

const JSON_BODY = { "content-type": "application/json" };
const NEWER = { accept: "application/graphql-response+json" };
const PREFLIGHTED = { "apollo-require-preflight": "1" };

/** All that comes back to a text that is written as it is, when the server has ended the connection. */
const written = ({ hostname, port }: URL, text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (part: string) => (answer += part));
    socket.on("close", () => resolve(answer));
    socket.on("error", () => undefined);
  });

const TYPENAMES = (count: number): string[] => Array<string>(count).fill("{ __typename }");

/** Requests that are sent at once, the last of which ends the connection. */
const piped = (queries: readonly string[]): string =>
  queries
    .map((query, i) => {
      const body = JSON.stringify({ query });
      const end = i === queries.length - 1 ? "Connection: close\r\n" : "";
      return `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${end}\r\n${body}`;
    })
    .join("");

describe("an operation over HTTP", () => {
  test("is answered to POST", async () => {
    const { url } = await serve();
    const answer = await ask(url, "{ backups(first: 1) { nodes { nativeId } } }");
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.body).toEqual({ data: { backups: { nodes: [{ nativeId: "b-0" }] } } });
  });

  test("is answered to GET, where no page of another site can ask it", async () => {
    const { url } = await serve();
    const asked = `${url}?query=${encodeURIComponent("{ providers { key } }")}`;
    const answer = await exchange(asked, { headers: PREFLIGHTED });
    expect(answer.body.data?.["providers"]).toHaveLength(2);
    const bare = await exchange(asked);
    expect([bare.status, codesOf(bare)]).toEqual([400, ["BAD_REQUEST"]]);
  });

  test.each(["mutation { x }", "subscription { x }"])("is no %s", async (query) => {
    const { url, log } = await serve();
    const plain = await ask(url, query);
    const newer = await ask(url, query, NEWER);
    expect([plain.status, codesOf(plain)]).toEqual([200, ["GRAPHQL_VALIDATION_FAILED"]]);
    expect([newer.status, codesOf(newer)]).toEqual([400, ["GRAPHQL_VALIDATION_FAILED"]]);
    expect(log).toEqual([]);
  });

  test.each(["text/plain", "multipart/form-data", "message/http; x=application/json"])(
    "is not answered to a GET that says it holds %s",
    async (type) => {
      const { url } = await serve();
      const headers = { ...PREFLIGHTED, "content-type": type };
      const answer = await exchange(`${url}?query={__typename}`, { headers });
      expect([answer.status, codesOf(answer)]).toEqual([415, ["BAD_REQUEST"]]);
    },
  );

  test("is answered whole, or not at all", async () => {
    const { url } = await serve();
    const query = "{ ... @defer { providers { key } } }";
    expect(codesOf(await ask(url, query))).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
    const parts = await ask(url, query, { accept: "multipart/mixed; deferSpec=20220824" });
    expect([parts.status, codesOf(parts)]).toEqual([406, ["BAD_REQUEST"]]);
  });

  test("is not kept to be asked for by its digest", async () => {
    const { url } = await serve();
    const query = "{ __typename }";
    const sha256Hash = createHash("sha256").update(query).digest("hex");
    for (const sent of [{ query }, {}]) {
      const extensions = { persistedQuery: { version: 1, sha256Hash } };
      const body = JSON.stringify({ ...sent, extensions });
      const answer = await exchange(url, { method: "POST", headers: JSON_BODY, body });
      expect(codesOf(answer)).toEqual(["PERSISTED_QUERY_NOT_SUPPORTED"]);
    }
  });

  test("has no name if the name is empty", async () => {
    const { url } = await serve();
    const query = "query A { __typename }";
    const sent = { method: "POST", headers: JSON_BODY };
    const post = (body: object) => exchange(url, { ...sent, body: JSON.stringify(body) });
    const asked = `${url}?query=${encodeURIComponent(query)}&operationName=`;
    for (const answer of [
      await exchange(asked, { headers: PREFLIGHTED }),
      await post({ query, operationName: "" }),
    ])
      expect(answer.body.data).toEqual({ __typename: "Query" });
    const two = await post({ query: `${query} query B { __typename }`, operationName: "" });
    expect(codesOf(two)).toEqual(["OPERATION_RESOLUTION_FAILURE"]);
  });

  test("is never a mutation by GET", async () => {
    const { url } = await serve();
    const answer = await exchange(`${url}?query=mutation{__typename}`, { headers: PREFLIGHTED });
    expect([answer.status, codesOf(answer)]).toEqual([405, ["BAD_REQUEST"]]);
  });

  test.each([
    ["{", "GRAPHQL_PARSE_FAILED", undefined],
    ["{ nothing }", "GRAPHQL_VALIDATION_FAILED", undefined],
    ["query ($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT", { id: null }],
    ["query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE", undefined],
  ])("%j is 200 as plain JSON and 400 as the newer type", async (query, code, variables) => {
    const { url } = await serve();
    const plain = await ask(url, query, { accept: "application/json" }, variables);
    const newer = await ask(url, query, NEWER, variables);
    expect([plain.status, codesOf(plain)]).toEqual([200, [code]]);
    expect([newer.status, codesOf(newer)]).toEqual([400, [code]]);
    expect(newer.headers["content-type"]).toContain("application/graphql-response+json");
    expect("data" in newer.body).toBe(false);
  });

  test("that fails in one field is 200 whatever is accepted", async () => {
    const { url } = await serve();
    const answer = await ask(url, "{ backups(first: -1) { complete } providers { key } }", NEWER);
    expect([answer.status, codesOf(answer)]).toEqual([200, ["BAD_USER_INPUT"]]);
    expect(answer.body.data?.["backups"]).toBeNull();
  });

  test("hides schema names and stack traces from faulty documents without introspection", async () => {
    const { url } = await serve({ introspection: false });
    const answer = await ask(url, "{ backup { id } providrs { key } }");
    expect(answer.text).not.toContain("Did you mean");
    expect(answer.text).not.toContain("stack");
  });

  test("suggests names for misspelt ones while introspection shows them anyway", async () => {
    const { url } = await serve({ introspection: true });
    const answer = await ask(url, "{ providrs { key } }");
    expect(answer.body.errors?.[0]?.message).toBe(
      'Cannot query field "providrs" on type "Query". Did you mean "providers" or "provider"?',
    );
    const query = "query ($o: BackupOrder) { backups(orderBy: $o) { complete } }";
    const misspelt = await ask(url, query, {}, { o: "STARTED_AT_DES" });
    expect(misspelt.body.errors?.[0]?.message).toMatch(
      /Did you mean the enum value "STARTED_AT_DESC"/,
    );
    expect(answer.text + misspelt.text).not.toContain("stack");
  });

  test("does not reveal schema names if its variables are misspelt, without introspection", async () => {
    const { url } = await serve({ introspection: false });
    const query =
      "query ($f: BackupFilter, $o: BackupOrder) { backups(filter: $f, orderBy: $o) { complete } }";
    const f = { statuses: ["SUCEEDED"], region: [] };
    const answer = await ask(url, query, {}, { f, o: "STARTED_AT_DES" });
    expect(new Set(codesOf(answer))).toEqual(new Set(["BAD_USER_INPUT"]));
    expect(answer.body.errors).toHaveLength(3);
    for (const name of ["Did you mean", "SUCCEEDED", "regions", "STARTED_AT_DESC"])
      expect(answer.text).not.toContain(name);
  });

  test("with a thousand mistakes in its variables names some of them, and none is an internal error", async () => {
    const { url, log } = await serve();
    const query = "query ($f: BackupFilter) { backups(filter: $f) { complete } }";
    const f = { statuses: Array.from({ length: 1_000 }, () => "x") };
    const answer = await ask(url, query, NEWER, { f });
    expect([answer.status, new Set(codesOf(answer))]).toEqual([400, new Set(["BAD_USER_INPUT"])]);
    expect(answer.body.errors).toHaveLength(51);
    expect(log).toEqual([]);
  });

  test("reports five validation errors at most", async () => {
    const { url } = await serve();
    const names = Array.from({ length: 300 }, (_, i) => `f${i}`).join(" ");
    const answer = await ask(url, `{ ${names} }`);
    expect(answer.body.errors?.length).toBe(5);
  });

  test("of too many tokens, or of selections that multiply, is refused", async () => {
    const { url } = await serve({
      limits: { first: 200, tokens: 100, bodyBytes: 10_000, vendorCalls: 1 },
    });
    const tokens = await ask(url, `{ ${"__typename ".repeat(200)} }`);
    expect(codesOf(tokens)).toEqual(["GRAPHQL_PARSE_FAILED"]);
    const doubling = Array.from(
      { length: 10 },
      (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} ...F${i + 1} }`,
    ).join(" ");
    const wide = await serve();
    const bomb = await ask(wide.url, `{ ...F0 } ${doubling} fragment F10 on Query { __typename }`);
    expect(codesOf(bomb)).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
  });

  test("may not come in a batch", async () => {
    const { url } = await serve();
    const answer = await exchange(url, {
      method: "POST",
      headers: JSON_BODY,
      body: JSON.stringify([{ query: "{ __typename }" }]),
    });
    expect([answer.status, codesOf(answer)]).toEqual([400, ["BAD_REQUEST"]]);
  });

  test("may not look into the schema where introspection is off", async () => {
    const { url } = await serve({ introspection: false });
    const answer = await ask(url, "{ __schema { queryType { name } } }");
    expect(codesOf(answer)).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
    expect(answer.body.errors?.[0]?.message).toBe(
      "Introspection is off. An operator can switch it on with server.introspection.",
    );
  });

  test("that breaks the program is masked with the id that the log and the header hold", async () => {
    const canary = "canary-77aa";
    const { url, log } = await serve({
      makeReads: () => fakeReads({ backups: () => Promise.reject(new Error(canary)) }).reads,
    });
    const answer = await ask(url, "{ backups { complete } }", { "x-request-id": "from-caller.1" });
    expect(answer.text).not.toContain(canary);
    expect(answer.body.errors).toMatchObject([
      {
        message: "Internal server error",
        extensions: { code: "INTERNAL_SERVER_ERROR", requestId: "from-caller.1" },
      },
    ]);
    expect(answer.headers["x-request-id"]).toBe("from-caller.1");
    expect(log).toMatchObject([
      { requestId: "from-caller.1", msg: "An operation failed unexpectedly." },
    ]);
    expect(JSON.stringify(log)).toContain(canary);
  });

  test("whose reads cannot even be made is masked in the same way", async () => {
    const { url } = await serve({
      makeReads: () => {
        throw new Error("canary-1234");
      },
    });
    const answer = await ask(url, "{ __typename }");
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("canary");
    expect(answer.body.errors?.[0]?.extensions).toEqual({
      code: "INTERNAL_SERVER_ERROR",
      requestId: answer.headers["x-request-id"],
    });
  });
});

describe("a request that is none", () => {
  test.each([
    ["{", 400],
    ["", 400],
    ["5", 400],
    ["[]", 400],
    ['{"query": "{ __typename }", "__proto__": {"x": 1}}', 400],
    ['{"query": 5}', 400],
    ["<html>Accept this</html>", 400],
    [JSON.stringify({ query: `{ __typename } # ${"x".repeat(20_000)}` }), 413],
  ])("%.20j is refused in GraphQL's shape, unquoted", async (body, status) => {
    const { url, log } = await serve();
    const answer = await exchange(url, { method: "POST", headers: JSON_BODY, body });
    expect([answer.status, codesOf(answer)]).toEqual([status, ["BAD_REQUEST"]]);
    expect(answer.text).not.toContain("Accept this");
    expect(log).toEqual([]);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/graphql",
    "nonsense",
  ])("a body of type %s is refused", async (type) => {
    const { url } = await serve();
    const answer = await exchange(url, {
      method: "POST",
      headers: { "content-type": type },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    expect([answer.status, codesOf(answer)]).toEqual([415, ["BAD_REQUEST"]]);
  });

  test.each([
    ["utf-8", 200],
    ['"UTF-8"; x=y', 200],
    ["utf8", 200],
    ["us-ascii", 200],
    ["iso-8859-1", 415],
    ["utf-16", 415],
    ["", 415],
    ["x<y>", 415],
  ])("in the charset %s is answered %i", async (charset, status) => {
    const { url } = await serve();
    const headers = { "content-type": `application/json; charset=${charset}` };
    const body = JSON.stringify({ query: "{ __typename }" });
    const answer = await exchange(url, { method: "POST", headers, body });
    expect(answer.status).toBe(status);
    if (status === 200) return;
    expect(codesOf(answer)).toEqual(["BAD_REQUEST"]);
    expect(answer.text).not.toContain("<");
  });

  test("without a Host header, or with an unknown expectation, is answered under the same headers", async () => {
    const { url } = await serve();
    const end = "Connection: close\r\n\r\n";
    const line = "GET /health/live HTTP/1.1\r\n";
    const none = await written(new URL(url), `${line}${end}`);
    expect(none).toMatch(/^HTTP\/1\.1 400 [^]*Expected a Host header, but got none\./);
    const odd = await written(new URL(url), `${line}Host: localhost\r\nExpect: x\r\n${end}`);
    expect(odd).toMatch(/^HTTP\/1\.1 200 /);
    for (const answer of [none, odd])
      expect(answer).toContain("content-security-policy: default-src 'none'");
  });

  test("is answered in the type that was asked for", async () => {
    const { url } = await serve();
    const answer = await exchange(url, {
      method: "POST",
      headers: { ...JSON_BODY, ...NEWER },
      body: "{",
    });
    expect(answer.headers["content-type"]).toBe("application/graphql-response+json; charset=utf-8");
  });

  test.each([
    ["a path that cannot be decoded", "GET /%zz HTTP/1.1\r\nHost: 127.0.0.1", 400],
    ["a path into nothing", "GET /assets/%00 HTTP/1.1\r\nHost: 127.0.0.1", 400],
    ["an unknown method", "CONNECTX / HTTP/1.1\r\nHost: 127.0.0.1", 400],
    [
      "headers that are too long",
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: ${"a".repeat(20_000)}`,
      431,
    ],
    [
      "a body of two lengths",
      "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
      400,
    ],
    ["another protocol", "PRI * HTTP/2.0", 400],
  ])("%s is answered in GraphQL's shape, under the same headers", async (_, head, status) => {
    const { url, log } = await serve({ graphiql: true });
    const answer = await written(new URL(url), `${head}\r\nConnection: close\r\n\r\n`);
    const [headers = "", body = ""] = answer.split("\r\n\r\n");
    expect(headers).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(headers).toContain("content-security-policy: default-src 'none'");
    expect(JSON.parse(body)).toEqual({
      errors: [{ message: "The request is malformed.", extensions: { code: "BAD_REQUEST" } }],
    });
    expect(log).toEqual([]);
  });

  test.each(
    METHODS.filter((method) => !["GET", "HEAD", "POST", "OPTIONS", "CONNECT"].includes(method)),
  )("%s is answered with the methods that are allowed", async (method) => {
    const { url } = await serve();
    const headers = { ...PREFLIGHTED, "content-length": "1" };
    const { status, headers: answered } = await exchange(url, { method, headers, body: "{" });
    expect([status, answered.allow]).toEqual([405, "GET, POST"]);
    const elsewhere = await exchange(new URL("/elsewhere", url).href, { method });
    expect(elsewhere.status).toBe(404);
  });

  test.each(["gzip, chunked", "x<y>, chunked"])(
    "a body in the transfer coding %s is refused",
    async (coding) => {
      const { url } = await serve();
      const headers = { ...JSON_BODY, "transfer-encoding": coding };
      const answer = await exchange(url, { method: "POST", headers, body: "{}" });
      expect([answer.status, codesOf(answer)]).toEqual([501, ["BAD_REQUEST"]]);
      const shown = coding.includes("<") ? "an unknown coding" : coding;
      expect(answer.text).toContain(`but got ${shown}.`);
    },
  );

  test("other paths are refused", async () => {
    const { url } = await serve();
    const elsewhere = await exchange(new URL("/elsewhere", url).href);
    expect([elsewhere.status, codesOf(elsewhere)]).toEqual([404, ["BAD_REQUEST"]]);
    const bad = await exchange(`${new URL("/", url).href}%zz`);
    expect(bad.status).toBe(400);
  });

  test("waits for the responses to the requests before it on its connection", async () => {
    const { makeReads, begun, release } = heldBackups();
    let started = 0;
    const { url } = await serve({
      makeReads: () => {
        started += 1;
        return makeReads();
      },
    });
    const answer = written(new URL(url), piped(["{ backups { complete } }", ...TYPENAMES(4)]));
    await begun;
    // Whatever was sent before is read before this is answered.
    await ask(url, "{ __typename }");
    expect(started).toBe(2);
    release();
    const bodies = (await answer).match(/\{"data":.*/g);
    expect(bodies).toEqual([
      '{"data":{"backups":{"complete":true}}}',
      ...Array.from({ length: 4 }, () => '{"data":{"__typename":"Query"}}'),
    ]);
    expect(started).toBe(6);
  });

  test("is not read while many wait on its connection", async () => {
    let read = 0;
    const count = (): void => void (read += 1);
    subscribe("http.server.request.start", count);
    onTestFinished(() => void unsubscribe("http.server.request.start", count));
    const { makeReads, begun, release } = heldBackups();
    const { url } = await serve({ makeReads });
    const queries = ["{ backups { complete } }", ...TYPENAMES(2_000)];
    const answer = written(new URL(url), piped(queries));
    await begun;
    for (let i = 0; i < 100; i += 1) await ask(url, "{ __typename }");
    expect(read).toBeGreaterThan(101);
    expect(read).toBeLessThan(1_500);
    release();
    expect((await answer).match(/^HTTP\/1\.1 200 /gm)).toHaveLength(queries.length);
  });

  test("what is no HTTP at all does no harm", async () => {
    const { url } = await serve();
    await written(new URL(url), "nonsense\r\n\r\n");
    expect((await ask(url, "{ __typename }")).status).toBe(200);
  });
});

describe("headers", () => {
  test("keep answers from being kept, framed, sniffed or run", async () => {
    const { url } = await serve();
    for (const answer of [
      await ask(url, "{ __typename }"),
      await exchange(url),
      await ask(url, "{"),
    ])
      expect(answer.headers).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      });
  });

  test("carry an id of our own where the caller's is none or harmful", async () => {
    const { url } = await serve();
    const ids = [{}, { "x-request-id": "a b" }, { "x-request-id": "x".repeat(65) }].map(
      async (headers) => (await ask(url, "{ __typename }", headers)).headers["x-request-id"],
    );
    for (const id of await Promise.all(ids)) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("open answers to listed origins and to no other", async () => {
    const origin = "https://dashboards.example";
    const { url } = await serve({ corsOrigins: [origin] });
    const listed = await ask(url, "{ __typename }", { origin });
    expect(listed.headers["access-control-allow-origin"]).toBe(origin);
    expect(listed.headers["access-control-allow-credentials"]).toBeUndefined();
    const preflight = await exchange(url, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-headers"]).toContain("content-type");
    for (const foreign of ["https://evil.example", "null"]) {
      const answer = await ask(url, "{ __typename }", { origin: foreign });
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      expect(answer.headers.vary).toBe("Origin");
    }
    const closed = await serve();
    const shut = await ask(closed.url, "{ __typename }", { origin });
    expect(shut.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test.each([
    ["localhost", 200],
    ["LOCALHOST:4000", 200],
    ["127.0.0.1:80", 200],
    ["[::1]:4000", 200],
    ["gateway.example", 200],
    ["evil.example", 421],
    ["127.0.0.1.evil.example", 421],
    ["localhost:x", 421],
  ])("a Host of %j is answered %i", async (host, status) => {
    const { url } = await serve({ hosts: ["gateway.example"] });
    const answer = await ask(url, "{ __typename }", { host, "x-forwarded-host": "localhost" });
    expect(answer.status).toBe(status);
    if (status === 421) expect(codesOf(answer)).toEqual(["BAD_REQUEST"]);
  });

  test("a foreign Host reaches no path at all, also behind a proxy", async () => {
    const { url } = await serve({ trustProxy: true });
    for (const path of ["/graphql", "/health/live", "/nothing"]) {
      const headers = { host: "evil.example", "x-forwarded-host": "localhost" };
      expect((await exchange(new URL(path, url).href, { headers })).status).toBe(421);
    }
    const end = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const statusOf = async (target: string) =>
      (await written(new URL(url), `GET ${target} ${end}`)).slice(9, 12);
    expect(await statusOf("http://evil.example/health/live")).toBe("421");
    expect(await statusOf("nothing://")).toBe("421");
    expect(await statusOf(`http://localhost:4000/health/live`)).toBe("200");
  });
});

describe("health", () => {
  test("is live and ready, and says how far the lists have been read", async () => {
    const progress = { lists: 18, read: 5, retryAfterMs: 13_000 };
    const { url } = await serve({ progress: () => progress });
    const health = (path: string) => exchange(new URL(path, url).href);
    expect(await health("/health/live")).toMatchObject({ status: 200, body: { status: "live" } });
    const ready = { status: 200, body: { status: "ready", ...progress } };
    expect(await health("/health/ready")).toMatchObject(ready);
  });
});
