import { expect, test } from "vitest";
import { reportCalls } from "../../src/server/operationPlugins.js";
import { asCaller, keyNamed, serveGated } from "./gated.js";
import { ask } from "./harness.js";

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
