import { IncomingMessage, ServerResponse } from "node:http";
import { connect, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Operations } from "../../src/server/graphqlRoute.js";
import { LIMITS, serveGated } from "../server/gated.js";
import { ask, codesOf, exchange, serve } from "../server/harness.js";

const JSON_BODY = { "content-type": "application/json" };
const QUERY = JSON.stringify({ query: "{ __typename }" });
const many = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(" ");

/** Everything that the server answers to bytes that are written as they are. */
const written = (url: string, bytes: string): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    let answer = "";
    socket.setEncoding("utf8").on("data", (part: string) => (answer += part));
    socket.on("close", () => resolve(answer));
    socket.on("error", () => undefined);
  });

describe("a request with two Host headers", () => {
  test.each([
    ["first", "127.0.0.1", "evil.example"],
    ["last", "evil.example", "127.0.0.1"],
    ["both", "127.0.0.1", "127.0.0.1"],
  ])("is refused if ours is the %s", async (_, first, second) => {
    const { url } = await serve();
    const head = `GET /health/live HTTP/1.1\r\nHost: ${first}\r\nhOST: ${second}\r\n`;
    const answer = await written(url, `${head}Connection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain("Expected one Host header, but got several.");
  });
});

describe("a connection with 500 requests that do not wait for answers", () => {
  test("gets every answer in order, and others are answered meanwhile", async () => {
    const { url } = await serve();
    const { host, pathname } = new URL(url);
    const request = (i: number) => {
      const body = JSON.stringify({ query: `{ a${i}: __typename }` });
      const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json`;
      return `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const all = Array.from({ length: 500 }, (_, i) => request(i)).join("");
    const [answer, other] = await Promise.all([written(url, all), ask(url, "{ __typename }")]);
    const names = [...answer.matchAll(/"(a\d+)":"Query"/g)].map(([, name]) => name);
    expect(names).toEqual(Array.from({ length: 500 }, (_, i) => `a${i}`));
    expect(other.status).toBe(200);
  });
});

describe("a body in chunks", () => {
  const chunked = (path: string, chunks: number, ofBytes = 1): string => {
    const padded = `{"query":"{ __typename }"${" ".repeat(chunks * ofBytes - 26)}}`;
    const size = ofBytes.toString(16);
    const parts = padded.match(new RegExp(`.{${ofBytes}}`, "g")) ?? [];
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    const body = parts.map((part) => `${size}\r\n${part}\r\n`).join("");
    return `${head}Transfer-Encoding: chunked\r\n\r\n${body}0\r\n\r\n`;
  };

  test("is read if they are few", async () => {
    const { url } = await serveGated();
    expect(await written(url, chunked("/graphql", 1_900, 100))).toContain('"__typename":"Query"');
  });

  test("is refused if they are many, and the connection ends", async () => {
    const { url, log } = await serveGated();
    const next = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const answer = await written(url, chunked("/graphql", 60_000) + next);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer.toLowerCase()).toContain("connection: close");
    expect(answer).not.toContain("live");
    expect(log).toEqual([]);
  });

  test.each([
    ["too long", (bytes: string) => bytes],
    ["of a GET request", (bytes: string) => bytes.replace("POST", "GET")],
    ["of a PUT request", (bytes: string) => bytes.replace("POST", "PUT")],
    ["of another type", (bytes: string) => bytes.replace("application/json", "text/plain")],
  ])("stops nothing else if it is %s", async (_, change) => {
    const { url } = await serveGated({ server: { limits: { ...LIMITS, bodyBytes: 1_000 } } });
    await written(url, change(chunked("/graphql", 60_000)));
    expect((await ask(url, "{ __typename }")).status).toBe(200);
  });

  test("is not read for a path that does not exist", async () => {
    const { url } = await serveGated();
    const answer = await written(url, chunked("/nothing", 200).replace("query", "\u0000"));
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
  });
});

describe("a client that does not receive its response", () => {
  afterEach(() => vi.useRealTimers());

  test.each([
    ["loses its connection after the deadline, the grace period and 30 s", 30_029, true],
    ["keeps its connection until then", 30_028, false],
    ["keeps its connection if the response was sent", 60_000, false],
  ])("%s", (name, ms, isDestroyed) => {
    vi.useFakeTimers();
    const limits = { first: 1, tokens: 1, bodyBytes: 1, vendorCalls: 1 };
    const operations = new Operations({ deadlineMs: 20, graceMs: 9, now: () => 0, limits });
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const destroy = vi.spyOn(response, "destroy");
    operations.begin("r", response, () => undefined);
    if (name.includes("was sent")) response.emit("close");
    vi.advanceTimersByTime(ms);
    expect(destroy.mock.calls.length > 0).toBe(isDestroyed);
  });
});

describe("a compressed body", () => {
  test.each([
    ["gzip", "gzip", "gzip"],
    ["br", "br", "br"],
    ["two codings", "gzip, br", "gzip, br"],
    ["markup", "<script>", "an unknown coding"],
    ["2,000 characters", "x".repeat(2_000), "an unknown coding"],
  ])("of coding %s is refused, and the error names it", async (_, coding, named) => {
    const { url } = await serve();
    const headers = { ...JSON_BODY, "content-encoding": coding };
    const answer = await exchange(url, { method: "POST", headers, body: QUERY });
    expect([answer.status, codesOf(answer)]).toEqual([415, ["BAD_REQUEST"]]);
    expect(answer.body.errors?.[0]?.message).toBe(
      `Expected a body without Content-Encoding, but got ${named}.`,
    );
    expect(answer.headers["accept-encoding"]).toBe("identity");
  });

  test("is refused before it is read, whatever it expands to", async () => {
    const { url } = await serve();
    const bomb = gzipSync("0".repeat(5_000_000)).toString("latin1");
    const headers = { ...JSON_BODY, "content-encoding": "gzip" };
    expect((await exchange(url, { method: "POST", headers, body: bomb })).status).toBe(415);
  });

  test("is one only by its header: identity is accepted", async () => {
    const { url } = await serve();
    const headers = { ...JSON_BODY, "content-encoding": "Identity" };
    expect((await exchange(url, { method: "POST", headers, body: QUERY })).status).toBe(200);
  });
});

describe("a deep body", () => {
  const deep = (levels: number) => `${"[".repeat(levels)}1${"]".repeat(levels)}`;

  test.each([
    ["extensions", `{"query":"{ __typename }","extensions":{"a":${deep(50_000)}}}`],
    ["persistedQuery", `{"query":"{ __typename }","extensions":{"persistedQuery":${deep(99)}}}`],
    ["operationName", `{"query":"{ __typename }","operationName":${deep(50_000)}}`],
    ["query", `{"query":${deep(50_000)}}`],
    ["an unknown key", `{"query":"{ __typename }","x":${deep(66)}}`],
  ])("in %s is refused, and not with 500", async (_, body) => {
    const { url, log } = await serveGated();
    const answer = await exchange(url, { method: "POST", headers: JSON_BODY, body });
    expect([answer.status, codesOf(answer)]).toEqual([400, ["BAD_REQUEST"]]);
    expect(answer.body.errors?.[0]?.message).toBe("The body is nested deeper than 64 levels.");
    expect(log).toEqual([]);
  });

  test("is refused for its variables as bad input", async () => {
    const { url } = await serveGated();
    const body = `{"query":"{ __typename }","variables":{"a":${deep(50_000)}}}`;
    const answer = await exchange(url, { method: "POST", headers: JSON_BODY, body });
    expect(codesOf(answer)).toEqual(["BAD_USER_INPUT"]);
  });

  test("of a few levels is none", async () => {
    const { url } = await serveGated();
    const body = `{"query":"{ __typename }","extensions":{"a":${deep(20)}}}`;
    const answer = await exchange(url, { method: "POST", headers: JSON_BODY, body });
    expect(answer.body.data).toEqual({ __typename: "Query" });
  });
});

describe("a document that takes long to validate", () => {
  test.each([
    [
      "200 fragments at one level",
      `{ backups { nodes { ${many(200, (i) => `...F${i}`)} } } } ${many(200, (i) => `fragment F${i} on Backup{id}`)}`,
    ],
    [
      "80 fragments at two levels",
      `{ backups { nodes { ...N } } } fragment N on Backup { ${many(40, (i) => `...M${i}`)} }
       ${many(40, (i) => `fragment M${i} on Backup { instance { ${many(8, (j) => `...X${(i + j) % 40}`)} } }`)}
       ${many(40, (i) => `fragment X${i} on Instance { id }`)}`,
    ],
    [
      "a field under 280 type conditions",
      `{ backups { ${many(280, (i) => `...on T${i}{complete}`)} } }`,
    ],
    [
      "an unused fragment that spreads 150 others",
      `{ __typename } fragment A on Backup { ${many(150, (i) => `...F${i}`)} }
       ${many(150, (i) => `fragment F${i} on Backup{id}`)}`,
    ],
  ])("is refused before: %s", async (_, query) => {
    const { url } = await serveGated();
    const answer = await ask(url, query);
    expect(codesOf(answer)).toEqual(["QUERY_TOO_COSTLY"]);
    expect(answer.body.errors?.[0]?.message).toBe(
      "The document needs more than 10000 comparisons of fields and fragments to be validated.",
    );
  });

  test("is not one for 40 fragments of the same ten fields", async () => {
    const { url } = await serveGated();
    const fields = "id nativeId name status trigger method kind startedAt sizeBytes region".split(
      " ",
    );
    const query = `{ backups(first: 1) { nodes { ${many(40, (i) => `...F${i}`)} } } }
      ${many(40, (i) => `fragment F${i} on Backup { ${fields.join(" ")} }`)}`;
    expect(codesOf(await ask(url, query))).toEqual([]);
  });
});

describe("an error", () => {
  test.each([
    ["a long name", `{ ${"x".repeat(9_000)} }`],
    ["a long string where a name is expected", `{ "${"x".repeat(9_000)}" }`],
    [
      "a field that conflicts in many places",
      `{ backups { ${many(25, (i) => `complete: ${i % 2 ? "complete" : "totalCount"}`)} } }`,
    ],
  ])("stays small for %s", async (_, query) => {
    const { url } = await serveGated();
    const answer = await ask(url, query);
    expect(answer.body.errors?.length).toBeGreaterThan(0);
    for (const { message, locations = [] } of answer.body.errors as {
      message: string;
      locations?: unknown[];
    }[]) {
      expect(message.length).toBeLessThanOrEqual(1_001);
      expect(locations.length).toBeLessThanOrEqual(5);
    }
  });
});

describe("a GET request that a page of another site could send", () => {
  test("is refused with the header and the client settings that help", async () => {
    const { url } = await serve();
    const answer = await exchange(`${url}?query={__typename}`);
    expect([answer.status, codesOf(answer)]).toEqual([400, ["BAD_REQUEST"]]);
    for (const help of ["apollo-require-preflight", "preferGetMethod: false", 'method: "POST"'])
      expect(answer.body.errors?.[0]?.message).toContain(help);
  });
});

describe("a preflight", () => {
  test.each([
    "apollographql-client-name",
    "apollographql-client-version",
    "traceparent",
    "tracestate",
    "baggage",
    "sentry-trace",
    "x-request-id",
    "content-type",
    "authorization",
    "x-api-key",
    "apollo-require-preflight",
  ])("allows %s", async (name) => {
    const origin = "https://dashboards.example";
    const { url } = await serve({ corsOrigins: [origin] });
    const preflight = { "access-control-request-method": "POST" };
    const headers = { origin, ...preflight, "access-control-request-headers": name };
    const answer = await exchange(url, { method: "OPTIONS", headers });
    expect(answer.status).toBe(204);
    expect(String(answer.headers["access-control-allow-headers"]).split(", ")).toContain(name);
    expect(answer.headers["access-control-allow-origin"]).toBe(origin);
  });
});
