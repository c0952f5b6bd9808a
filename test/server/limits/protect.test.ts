import { request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { ask, codesOf, exchange } from "../harness.js";
import { lateBy, serveGated } from "../gated.js";

const PREFLIGHTED = { "apollo-require-preflight": "1" };
const DEEP = `{ ${"a{".repeat(20)}a${"}".repeat(20)} }`;

/** Asks with an address that no library writes anew, and gives the answer's text. */
const rawGet = (url: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = request({ hostname, port, path, headers: PREFLIGHTED }, (response) =>
      resolve(text(response)),
    );
    asked.on("error", reject);
    asked.end();
  });

describe("load", () => {
  test("above the limit is refused on every path, with when to come back, until it is over", async () => {
    let late = 1_001;
    const { url, asked } = await serveGated({ gate: { loopDelay: lateBy(() => late) } });
    for (const path of ["/graphql", "/", "/nothing"]) {
      const answer = await exchange(new URL(path, url).href);
      expect([answer.status, codesOf(answer)]).toEqual([503, ["OVERLOADED"]]);
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    }
    expect((await ask(url, "{ providers { key } }")).status).toBe(503);
    expect(asked).toEqual([]);
    late = 1_000;
    expect((await ask(url, "{ providers { key } }")).status).toBe(200);
  });

  test("does not keep probes from their answer", async () => {
    const { url } = await serveGated({ gate: { loopDelay: lateBy(() => 9_999) } });
    const statusOf = async (path: string) => (await exchange(new URL(path, url).href)).status;
    expect([await statusOf("/health/live"), await statusOf("/health/ready")]).toEqual([200, 200]);
    expect(await statusOf("/healthy")).toBe(503);
  });
});

describe("a document that is too large", () => {
  test("is refused in POST and GET alike, before it is validated", async () => {
    const { url, asked } = await serveGated();
    const posted = await ask(url, DEEP);
    const address = `${url}?query=${encodeURIComponent(DEEP)}`;
    const got = await exchange(address, { headers: PREFLIGHTED });
    const newer = await ask(url, DEEP, { accept: "application/graphql-response+json" });
    for (const answer of [posted, got, newer])
      expect(answer.body.errors).toMatchObject([
        { extensions: { code: "QUERY_TOO_COSTLY", depth: 21, limit: 15 } },
      ]);
    expect([posted.status, got.status, newer.status]).toEqual([200, 200, 400]);
    expect(asked).toEqual([]);
  });

  test.each([
    `?query=%7B__typename%7D&query=${encodeURIComponent(DEEP)}`,
    `?a=1&%71uery=${encodeURIComponent(DEEP)}`,
    `?query=${DEEP.replaceAll(" ", "+")}`,
    `?query=${encodeURIComponent(DEEP)}#%0A}`,
  ])("is found however it is written in the address: %.60s", async (search) => {
    const { url } = await serveGated();
    expect(await rawGet(url, `/graphql${search}`)).toContain("QUERY_TOO_COSTLY");
  });

  test.each([
    '{"query": 5}',
    '{"query": null}',
    '{"query": {"kind": "Document"}}',
    "[]",
    "5",
    "{}",
  ])("is not looked for in %s, which is refused as it is", async (body) => {
    const { url } = await serveGated();
    const headers = { "content-type": "application/json" };
    const answer = await exchange(url, { method: "POST", headers, body });
    expect([answer.status, codesOf(answer)]).toEqual([400, ["BAD_REQUEST"]]);
  });

  test("is not looked for by whoever may not ask", async () => {
    const { url } = await serveGated({ gate: { auth: { mode: "apiKey", apiKeys: [] } } });
    expect(codesOf(await ask(url, DEEP))).toEqual(["UNAUTHENTICATED"]);
  });
});
