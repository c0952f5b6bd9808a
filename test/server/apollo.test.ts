import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { reportCalls } from "../../src/server/apollo.js";
import { asCaller, keyNamed, serveGated } from "./gated.js";
import { fakeReads, pageOf } from "../graphql/fakeReads.js";
import { BACKUPS } from "../graphql/fakeEstate.js";
import { ask, codesOf, serve } from "./harness.js";

const QUESTION = "{ backups(first: 1) { complete } }";
const ASKING = { "x-gateway-calls": "1" };
const CALLS = [{ vendor: "UCLOUD", action: "DescribeUMemBackup", count: 3, cached: 1 }];

const serveCalls = (gate: Parameters<typeof serveGated>[0] = {}) =>
  serveGated({ ...gate, reads: { calls: () => CALLS }, server: { plugins: [reportCalls] } });

test("a client can request the vendor calls of its operation", async () => {
  const { url } = await serveCalls();
  const answer = await ask(url, QUESTION, ASKING);
  expect(answer.body).toEqual({
    data: { backups: { complete: true } },
    extensions: { calls: CALLS },
  });
  for (const headers of [{}, { "x-gateway-calls": "0" }, { "x-gateway-calls": "true" }])
    expect((await ask(url, QUESTION, headers)).body).not.toHaveProperty("extensions");
});

test("with authentication, only callers with the scope for metrics see them", async () => {
  const apiKeys = [
    keyNamed("operator", ["backups:read", "metrics:read"]),
    keyNamed("reader", ["backups:read", "backups:download", "raw:read"]),
  ];
  const { url } = await serveCalls({ gate: { auth: { mode: "apiKey", apiKeys } } });
  const operator = await ask(url, QUESTION, { ...ASKING, ...asCaller("operator") });
  expect(operator.body).toMatchObject({ extensions: { calls: CALLS } });
  const reader = await ask(url, QUESTION, { ...ASKING, ...asCaller("reader") });
  expect(reader.body).toEqual({ data: { backups: { complete: true } } });
});

/** A server whose rows refuse their links, all but the last two of them in a way that nobody expects. */
const serveFailing = (count: number, server: Parameters<typeof serve>[0] = {}) => {
  const rows = Array.from({ length: count }, (_, i) => ({ ...BACKUPS[0], id: String(i) }) as never);
  const refused = new SourceError("FORBIDDEN", "The key may not read links.");
  return serve({
    ...server,
    makeReads: () =>
      fakeReads({
        backups: ({ page }) => Promise.resolve(pageOf(rows, page)),
        downloads: ({ id }) =>
          Promise.reject(Number(id) < count - 2 ? refused : new Error("Nobody expected this.")),
      }).reads,
  });
};

const counted = (code: string, count: number) => ({
  message: `Errors with this code that are not listed: ${count}.`,
  extensions: { code, count },
});

describe.each(["compiled", "interpreted"] as const)("%s execution", (execution) => {
  test("lists at most a hundred errors, and counts the others by their code", async () => {
    const { url } = await serveFailing(150, { execution });
    const failing = async (first: number) => {
      const query = `query ($first: Int) { backups(first: $first) { nodes { downloads { url } } } } #${"long".repeat(400)}`;
      await ask(url, query, {}, { first });
      return ask(url, query, {}, { first });
    };
    const exact = await failing(100);
    expect(codesOf(exact)).toEqual(Array.from({ length: 100 }, () => "UPSTREAM_FAILED"));
    expect(exact.body.errors?.at(-1)).toHaveProperty("path");
    const more = await failing(150);
    expect(more.body.data).toEqual({
      backups: { nodes: Array.from({ length: 150 }, () => ({ downloads: null })) },
    });
    expect(more.body.errors?.slice(0, 100)).toEqual(exact.body.errors);
    expect(more.body.errors?.slice(100)).toEqual([
      counted("UPSTREAM_FAILED", 48),
      counted("INTERNAL_SERVER_ERROR", 2),
    ]);
  });

  test.each([
    ["POST", 3],
    ["POST", 100],
    ["GET", 100],
    ["a body without a length", 100],
  ])("has errors of 20 times the request's bytes at most: %s, %d rows", async (method, first) => {
    const { url } = await serveFailing(100, { execution });
    const query = `{backups(first:${first}){nodes{downloads{url}}}}`;
    const send = () => exchangeBytes(url, requestOf(method, query));
    await send();
    const { bytesIn, bytesOut, body } = await send();
    const { data, errors } = JSON.parse(body) as { data: object; errors: Counted[] };
    expect(bytesOut - JSON.stringify(data).length).toBeLessThanOrEqual(20 * bytesIn);
    expect(errors[0]).toMatchObject({ path: ["backups", "nodes", 0, "downloads"] });
    const listed = errors.filter(({ path }) => path !== undefined).length;
    const left = errors.reduce((sum, { extensions: { count = 0 } }) => sum + count, 0);
    expect([listed + left, left > 0]).toEqual([first, first > 3]);
  });
});

interface Counted {
  readonly path?: unknown;
  readonly extensions: { readonly count?: number };
}

/** The shortest requests that are answered. */
function requestOf(method: string, query: string): string {
  const head = "graphql HTTP/1.1\r\nhost:[::1]\r\nconnection:close\r\n";
  const type = "content-type:application/json\r\n";
  const body = JSON.stringify({ query });
  if (method === "GET")
    return `GET /${head.replace(" ", `?query=${query} `)}apollo-require-preflight:1\r\n\r\n`;
  if (method === "POST") return `POST /${head}${type}content-length:${body.length}\r\n\r\n${body}`;
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return `POST /${head}${type}transfer-encoding:chunked\r\n\r\n${chunk}`;
}

/** Writes a request as it is, and counts the bytes of both directions. */
const exchangeBytes = (
  url: string,
  request: string,
): Promise<{ bytesIn: number; bytesOut: number; body: string }> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(request));
    let answer = "";
    socket.setEncoding("utf8").on("data", (part: string) => (answer += part));
    socket.on("close", () => {
      const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
      resolve({ bytesIn: request.length, bytesOut: Buffer.byteLength(answer), body });
    });
  });
