import { describe, expect, test } from "vitest";
import { readPage } from "../../src/server/pages.js";
import { exchange, serve } from "./harness.js";

const BROWSER = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

describe("the GraphiQL page", () => {
  test("is what a browser gets, under a policy that runs only its own scripts", async () => {
    const { url } = await serve({ graphiql: true });
    const page = await exchange(url, { headers: BROWSER });
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "x-frame-options": "DENY",
    });
    const policy = String(page.headers["content-security-policy"]).split("; ");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("default-src 'none'");
    expect(page.text).not.toMatch(/<script(?![^>]*src=)/);
    expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  test("loads files of this host that may be kept for good", async () => {
    const { url } = await serve({ graphiql: true });
    const { text } = await exchange(url, { headers: BROWSER });
    const paths = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) {
      const file = await exchange(new URL(path ?? "", url).href);
      expect(file.status).toBe(200);
      expect(file.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    }
    const missing = await exchange(new URL("/assets/missing.js", url).href);
    expect([missing.status, missing.headers["cache-control"]]).toEqual([404, "no-store"]);
  });

  test("is a static page without data, open to callers without a key", async () => {
    const { url } = await serve({
      graphiql: true,
      authenticate: async () => {
        throw new Error("nobody may be asked who they are");
      },
    });
    expect((await exchange(url, { headers: BROWSER })).status).toBe(200);
  });

  test("says so where the estate is a demo", async () => {
    const demo = await serve({ graphiql: true, demo: true });
    const real = await serve({ graphiql: true });
    expect((await exchange(demo.url, { headers: BROWSER })).text).toContain('data-demo="true"');
    expect((await exchange(real.url, { headers: BROWSER })).text).not.toContain("data-demo");
  });

  test("is not there where it is switched off, and neither are its files", async () => {
    const { url } = await serve();
    const page = await exchange(url, { headers: BROWSER });
    expect(page.status).toBe(400);
    expect(page.headers["content-type"]).toContain("application/json");
    expect((await exchange(new URL("/assets/", url).href)).status).toBe(404);
  });

  test.each(["../../package.json", "..%2f..%2fpackage.json", "%2e%2e/graphiql/index.html", ""])(
    "gives nothing beside its files: %j",
    async (path) => {
      const { url } = await serve({ graphiql: true });
      const answer = await exchange(`${new URL("/", url).href}assets/${path}`);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toContain("redis-backup-gateway");
    },
  );

  test("says what to do where it was never built", async () => {
    const limits = { first: 200, tokens: 1, bodyBytes: 1, vendorCalls: 1 };
    const facts = { demo: false, graphiql: false, limits };
    await expect(readPage("nothing", facts)).rejects.toThrow("run npm run build");
  });
});

describe("the coverage page", () => {
  test("is at the root, under the same policy, with nothing inline and nothing from elsewhere", async () => {
    const { url } = await serve({ page: true });
    const page = await exchange(new URL("/", url).href, { headers: BROWSER });
    expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    const graphiql = await serve({ graphiql: true });
    const other = await exchange(graphiql.url, { headers: BROWSER });
    expect(page.headers["content-security-policy"]).toBe(other.headers["content-security-policy"]);
    expect(page.text).not.toMatch(/<script(?![^>]*src=)/);
    const paths = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(1);
    expect(paths.filter((path) => !/^(\/assets\/coverage\/|data:,$)/.test(path ?? ""))).toEqual([]);
    for (const path of paths.filter((path) => path?.startsWith("/")))
      expect((await exchange(new URL(path ?? "", url).href)).status).toBe(200);
  });

  test("contains the page limit, and whether there is a demo or GraphiQL", async () => {
    const limits = { first: 50, tokens: 2_000, bodyBytes: 10_000, vendorCalls: 1 };
    const all = await serve({ page: true, graphiql: true, demo: true, limits });
    const front = (url: string) => exchange(new URL("/", url).href).then(({ text }) => text);
    expect(await front(all.url)).toContain(
      '<html data-demo="true" data-graphiql="true" data-first="50" lang="en">',
    );
    const few = await serve({ page: true });
    expect(await front(few.url)).toContain('<html data-first="200" lang="en">');
  });

  test("is a static page without data, open to callers without a key", async () => {
    const { url } = await serve({
      page: true,
      authenticate: async () => {
        throw new Error("nobody may be asked who they are");
      },
    });
    expect((await exchange(new URL("/", url).href)).status).toBe(200);
  });

  test("is not there where it is switched off, which is said in plain text", async () => {
    const { url } = await serve({ graphiql: true });
    const page = await exchange(new URL("/", url).href, { headers: BROWSER });
    expect([page.status, page.headers["content-type"]]).toEqual([404, "text/plain; charset=utf-8"]);
    expect(page.text).toBe("There is no page here.\n");
  });
});
