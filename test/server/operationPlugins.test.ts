import { expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { reportCalls } from "../../src/server/operationPlugins.js";
import { asCaller, keyNamed, serveGated } from "./gated.js";
import { fakeReads, pageOf } from "../graphql/fakeReads.js";
import { BACKUPS } from "../graphql/fakeEstate.js";
import { ask, codesOf, serve } from "./harness.js";

const QUESTION = "{ backups(first: 1) { complete } }";
const ASKING = { "x-gateway-calls": "1" };
const CALLS = [{ vendor: "UCLOUD", action: "DescribeUMemBackup", count: 3, cached: 1 }];

const serveTelling = (gate: Parameters<typeof serveGated>[0] = {}) =>
  serveGated({ ...gate, reads: { calls: () => CALLS }, server: { plugins: [reportCalls] } });

test("a client can request the vendor calls of its operation", async () => {
  const { url } = await serveTelling();
  const told = await ask(url, QUESTION, ASKING);
  expect(told.body).toEqual({
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
  const { url } = await serveTelling({ gate: { auth: { mode: "apiKey", apiKeys } } });
  const operator = await ask(url, QUESTION, { ...ASKING, ...asCaller("operator") });
  expect(operator.body).toMatchObject({ extensions: { calls: CALLS } });
  const reader = await ask(url, QUESTION, { ...ASKING, ...asCaller("reader") });
  expect(reader.body).toEqual({ data: { backups: { complete: true } } });
});

test.each(["compiled", "interpreted"] as const)(
  "%s execution lists at most a hundred errors, and counts the others by their code",
  async (execution) => {
    const rows = Array.from({ length: 150 }, (_, i) => ({ ...BACKUPS[0], id: String(i) }) as never);
    const refused = new SourceError("FORBIDDEN", "The key may not read links.");
    const { url } = await serve({
      execution,
      makeReads: () =>
        fakeReads({
          backups: ({ page }) => Promise.resolve(pageOf(rows, page)),
          downloads: ({ id }) =>
            Promise.reject(Number(id) < 148 ? refused : new Error("Nobody expected this.")),
        }).reads,
    });
    const failing = async (first: number) => {
      const query =
        "query ($first: Int) { backups(first: $first) { nodes { downloads { url } } } }";
      await ask(url, query, {}, { first });
      return ask(url, query, {}, { first });
    };
    const exact = await failing(100);
    expect(codesOf(exact)).toEqual(Array.from({ length: 100 }, () => "UPSTREAM_FAILED"));
    expect(exact.body.errors?.at(-1)).toHaveProperty("path");
    const more = await failing(150);
    expect(more.body.data).toEqual({ backups: { nodes: rows.map(() => ({ downloads: null })) } });
    expect(more.body.errors?.slice(0, 100)).toEqual(exact.body.errors);
    expect(more.body.errors?.slice(100)).toEqual([
      {
        message: "48 more errors with this code are not listed.",
        extensions: { code: "UPSTREAM_FAILED", count: 48 },
      },
      {
        message: "2 more errors with this code are not listed.",
        extensions: { code: "INTERNAL_SERVER_ERROR", count: 2 },
      },
    ]);
  },
);
