import { describe, expect, test } from "vitest";
import { ANYONE, type Principal } from "../../../src/domain/principal.js";
import { ClientError } from "../../../src/errors.js";
import { ask, codesOf, exchange, serve } from "../harness.js";
import { observation, serveObserved } from "./harness.js";

const metricsOf = (url: string, headers: Record<string, string> = {}) =>
  exchange(new URL("/metrics", url).href, { headers });

const principal = (scopes: string[], accounts: string[] | null = null): Principal => ({
  name: "p",
  scopes: new Set(scopes),
  accounts,
});

describe("metrics on the main port", () => {
  test("are Prometheus' text, for everybody where there is no auth", async () => {
    const { url } = await serveObserved();
    const { status, headers, text } = await metricsOf(url);
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(headers["cache-control"]).toBe("no-store");
    expect(text).toMatch(/^# HELP backup_gateway_operations_in_flight \S.*$/m);
    expect(text).toMatch(/^backup_gateway_operations_in_flight 0$/m);
  });

  test.each([
    ["a caller without the scope", principal(["backups:read"]), 403, "FORBIDDEN"],
    ["a caller who is not known", null, 401, "UNAUTHENTICATED"],
  ])("are refused to %s", async (_, who, status, code) => {
    const { url } = await serveObserved({
      authenticate: () => {
        if (who !== null) return who;
        throw new ClientError("UNAUTHENTICATED", "The key is missing or unknown.");
      },
    });
    const answer = await metricsOf(url);
    expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
    expect(answer.text).not.toContain("backup_gateway");
  });

  test("tell a caller of some accounts nothing of the others", async () => {
    const { url, observation: observed } = await serveObserved({
      authenticate: () => principal(["metrics:read"], ["uc"]),
    });
    const note = { action: "A", attempt: 1, outcome: "OK", fault: null, ms: 3 };
    for (const account of ["uc", "ali"]) observed.hooks.observer.onAttempt({ account, ...note });
    const { text } = await metricsOf(url);
    expect(text).toContain('account="uc"');
    expect(text).not.toContain('account="ali"');
  });

  test("answer to no foreign host", async () => {
    const { url } = await serveObserved();
    expect((await metricsOf(url, { host: "evil.example" })).status).toBe(421);
  });

  test("are not there where they have a listener of their own", async () => {
    const { observation: observed } = observation();
    const own = observed.serverOptions({ makeReads: () => null as never, plugins: [] }, null);
    const { url } = await serve({ extend: own.extend, authenticate: () => ANYONE });
    expect((await metricsOf(url)).status).toBe(404);
    expect((await ask(url, "{ __typename }")).status).toBe(200);
  });
});
