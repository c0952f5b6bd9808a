import { request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { serveGated } from "./gated.js";
import { ask, codesOf, exchange } from "./harness.js";

const PREFLIGHTED = { "apollo-require-preflight": "1" };
const DEEP = `{ ${"a{".repeat(20)}a${"}".repeat(20)} }`;

/** Sends a path that no library normalizes, and returns the text of the answer. */
const rawGet = (url: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = request({ hostname, port, path, headers: PREFLIGHTED }, (response) =>
      resolve(text(response)),
    );
    asked.on("error", reject);
    asked.end();
  });

const statusOf = async (url: string, path: string): Promise<number> =>
  (await exchange(new URL(path, url).href)).status;

/** Keeps the event loop about 40 ms late until the test ends. */
function beLate(): void {
  const busy = setInterval(() => {
    const until = performance.now() + 40;
    while (performance.now() < until);
  }, 1);
  onTestFinished(() => clearInterval(busy));
}

describe("load", () => {
  const limits = { maxEventLoopDelayMs: 10 };

  test("above the limit is refused on every path, with the time to retry", async () => {
    const { url, asked } = await serveGated({ gate: { limits } });
    beLate();
    await expect.poll(() => statusOf(url, "/")).toBe(503);
    for (const path of ["/graphql", "/"]) {
      const answer = await exchange(new URL(path, url).href);
      expect([answer.status, codesOf(answer)]).toEqual([503, ["OVERLOADED"]]);
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    }
    expect((await ask(url, "{ providers { key } }")).status).toBe(503);
    expect(asked).toEqual([]);
    const probes = ["/health/live", "/health/ready"].map((path) => statusOf(url, path));
    expect(await Promise.all(probes)).toEqual([200, 200]);
    // What does not exist costs nothing more to refuse.
    expect(await statusOf(url, "/healthy")).toBe(404);
  });

  test("below the limit is served", async () => {
    const { url } = await serveGated({ gate: { limits: { maxEventLoopDelayMs: 100_000 } } });
    const strict = await serveGated({ gate: { limits } });
    beLate();
    // A second server of this process shows when the delay has been measured.
    await expect.poll(() => statusOf(strict.url, "/")).toBe(503);
    expect((await ask(url, "{ providers { key } }")).status).toBe(200);
    expect(await statusOf(url, "/nothing")).toBe(404);
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

  test("is not checked for callers who may not ask", async () => {
    const { url } = await serveGated({ gate: { auth: { mode: "apiKey", apiKeys: [] } } });
    expect(codesOf(await ask(url, DEEP))).toEqual(["UNAUTHENTICATED"]);
  });
});
