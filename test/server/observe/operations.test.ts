import { request } from "node:http";
import { describe, expect, test } from "vitest";
import type { Principal } from "../../../src/domain/principal.js";
import { ClientError } from "../../../src/errors.js";
import type { RunningOperation } from "../../../src/server/options.js";
import { BACKUPS, ISSUE } from "../../graphql/fakeEstate.js";
import { fakeReads, pageOf } from "../../graphql/fakeReads.js";
import { ask, exchange, heldBackups, later } from "../harness.js";
import { samplesNamed, serveObserved } from "./harness.js";

const TOTAL = "backup_gateway_operations_total";
const DURATION = "backup_gateway_operation_duration_seconds";
const IN_FLIGHT = "backup_gateway_operations_in_flight";
const REFUSED = "backup_gateway_requests_refused_total";
const QUESTION = "query NewestBackups { backups(first: 2) { nodes { id } } }";

const reader: Principal = { name: "dashboards", scopes: new Set(["metrics:read"]), accounts: null };

describe("an operation", () => {
  test("makes one line and one count, by its name, outcome, caller and calls", async () => {
    const calls = [
      { vendor: "ucloud", action: "DescribeUMemBackup", count: 2, cached: 5 },
      { vendor: "alibaba", action: "DescribeBackups", count: 0, cached: 1 },
    ];
    const { url, scrape, lines } = await serveObserved({
      authenticate: async () => reader,
      makeReads: () => fakeReads({ calls: () => calls }).reads,
    });
    await ask(url, QUESTION, { "x-request-id": "r-1" });
    const samples = await scrape();
    expect(lines).toEqual([
      {
        level: 30,
        requestId: "r-1",
        operation: "NewestBackups",
        type: "query",
        principal: "dashboards",
        ms: 0,
        outcome: "OK",
        complete: true,
        issues: 0,
        calls: 2,
        cached: 6,
        msg: "An operation ended.",
      },
    ]);
    expect(samplesNamed(samples, TOTAL)).toEqual({
      '{operation="NewestBackups",outcome="OK"}': 1,
    });
    expect(samples.get(`${DURATION}_count{operation="NewestBackups",result="ok"}`)).toBe(1);
    expect(samplesNamed(samples, "backup_gateway_cache_hits_total")).toEqual({
      '{vendor="ucloud",action="DescribeUMemBackup"}': 5,
      '{vendor="alibaba",action="DescribeBackups"}': 1,
    });
    expect(samplesNamed(samples, "backup_gateway_cache_misses_total")).toEqual({
      '{vendor="ucloud",action="DescribeUMemBackup"}': 2,
    });
  });

  test("that lacks something is partial, and reports issues and late rows", async () => {
    const edges = BACKUPS.slice(1, 3).map((node) => ({ node, cursor: "", late: true }));
    const page = { complete: false, issues: [ISSUE, ISSUE], edges };
    const { url, scrape, lines } = await serveObserved({
      makeReads: () =>
        fakeReads({ backups: (query) => Promise.resolve(pageOf(BACKUPS, query.page, page)) }).reads,
    });
    await ask(url, QUESTION);
    const samples = await scrape();
    expect(lines).toMatchObject([{ outcome: "PARTIAL", complete: false, issues: 2, late: 2 }]);
    expect(samples.get(`${TOTAL}{operation="NewestBackups",outcome="PARTIAL"}`)).toBe(1);
    expect(samplesNamed(samples, "backup_gateway_late_rows_total")).toEqual({
      '{provider="ali/kvstore"}': 1,
      '{provider="uc/uredis"}': 1,
    });
  });

  test.each([
    ["query { nothing }", "GRAPHQL_VALIDATION_FAILED"],
    ["query {", "GRAPHQL_PARSE_FAILED"],
    ["{ backups(first: -1) { complete } }", "BAD_USER_INPUT"],
  ])("%s fails with its code", async (query, code) => {
    const { url, scrape, lines } = await serveObserved();
    await ask(url, query);
    const samples = await scrape();
    expect(lines).toMatchObject([{ outcome: code, codes: [code] }]);
    expect(samples.get(`${TOTAL}{operation="other",outcome="${code}"}`)).toBe(1);
  });

  test("of a name that a client made up is one of the others", async () => {
    const { url, scrape, lines } = await serveObserved();
    for (let i = 0; i < 1_000; i += 1) await ask(url, `query Mine${i} { __typename }`);
    const samples = await scrape();
    expect(samplesNamed(samples, TOTAL)).toEqual({ '{operation="other",outcome="OK"}': 1_000 });
    expect([...samples.keys()].filter((key) => key.startsWith(`${DURATION}_count`))).toEqual([
      `${DURATION}_count{operation="other",result="ok"}`,
    ]);
    expect(lines[999]).toMatchObject({ operation: "Mine999" });
  });

  test("has a name of bearable length in the log", async () => {
    const { url, lines } = await serveObserved();
    await ask(url, `query ${"N".repeat(5_000)} { __typename }`);
    await ask(url, "{ __typename }");
    expect(lines).toMatchObject([{ operation: "N".repeat(64) }, { operation: null }]);
  });

  test("leaves nothing of its variables, headers and text in the log or the metrics", async () => {
    const { url, scrape, lines } = await serveObserved({}, "trace");
    const query = "query Q($id: ID!) { canary1: node(id: $id) { id } }";
    await ask(url, query, { authorization: "Bearer canary2" }, { id: "canary3" });
    await ask(url, "{ backups(after: 4, canary4: 1) { complete } }");
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain("canary");
    expect(JSON.stringify([...(await scrape())])).not.toContain("canary");
  });

  test("is in flight until it is answered", async () => {
    const { makeReads, begun, release } = heldBackups();
    const { url, scrape } = await serveObserved({ makeReads });
    const answer = ask(url, QUESTION);
    await begun;
    expect((await scrape()).get(IN_FLIGHT)).toBe(1);
    release();
    await answer;
    expect((await scrape()).get(IN_FLIGHT)).toBe(0);
  });

  test("whose reads ignore the deadline is reported all the same", async () => {
    const { url, scrape, lines } = await serveObserved({
      deadlineMs: 20,
      drainMs: 0,
      makeReads: () => fakeReads({ backups: () => new Promise(() => undefined) }).reads,
    });
    await ask(url, QUESTION);
    const samples = await scrape();
    expect(lines).toMatchObject([{ outcome: "DEADLINE_EXCEEDED", principal: "anyone" }]);
    expect(samples.get(IN_FLIGHT)).toBe(0);
  });

  test("whose client goes away has gone with it", async () => {
    const begun = later<RunningOperation>();
    const { url, lines, scrape } = await serveObserved({
      makeReads: (_, operation) =>
        fakeReads({
          backups: () => {
            begun.resolve(operation);
            return new Promise(() => undefined);
          },
        }).reads,
    });
    const client = request(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    client.on("error", () => undefined);
    client.end(JSON.stringify({ query: QUESTION }));
    const { signal } = await begun.promise;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    client.destroy();
    await aborted;
    const samples = await scrape();
    expect(lines).toMatchObject([{ outcome: "CLIENT_GONE" }]);
    expect(samples.get(IN_FLIGHT)).toBe(0);
  });
});

describe("an operation that was not executed in compiled form", () => {
  test("is counted by its reason", async () => {
    const { observation: observed, scrape } = await serveObserved();
    const { onInterpreted } = observed.serverOptions(
      { makeReads: () => fakeReads().reads, plugins: [] },
      null,
    );
    onInterpreted("VARIABLES");
    expect(samplesNamed(await scrape(), "backup_gateway_operations_interpreted_total")).toEqual({
      '{reason="VARIABLES"}': 1,
    });
  });
});

describe("a request that is refused", () => {
  test("makes a line and a count by its status, and no operation", async () => {
    const { url, scrape, lines } = await serveObserved({
      authenticate: async ({ authorization }) => {
        if (authorization === "Bearer k") return reader;
        throw new ClientError("UNAUTHENTICATED", "The key is missing or unknown.");
      },
    });
    await ask(url, QUESTION, { "x-request-id": "r-2" });
    const known = { authorization: "Bearer k" };
    const json = { "content-type": "application/json" };
    await exchange(url, { method: "POST", headers: { ...known, ...json }, body: "{ canary" });
    const samples = await scrape(known);
    expect(lines).toMatchObject([
      { requestId: "r-2", status: 401, msg: "A request was refused." },
      { status: 400 },
    ]);
    expect(JSON.stringify(lines)).not.toContain("canary");
    expect(samplesNamed(samples, REFUSED)).toEqual({ '{status="401"}': 1, '{status="400"}': 1 });
    expect(samplesNamed(samples, TOTAL)).toEqual({});
  });

  test("as no GraphQL request has a line without an operation", async () => {
    const { url, lines, scrape } = await serveObserved();
    await exchange(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    const samples = await scrape();
    expect(lines).toMatchObject([{ outcome: "BAD_REQUEST", operation: null, type: null }]);
    expect(samples.get(`${TOTAL}{operation="other",outcome="BAD_REQUEST"}`)).toBe(1);
  });

  test("beside the route is not counted", async () => {
    const { url, scrape, lines } = await serveObserved();
    await exchange(new URL("/nowhere", url).href);
    await exchange(new URL("/health/live", url).href);
    expect(lines).toEqual([]);
    expect(samplesNamed(await scrape(), REFUSED)).toEqual({});
  });
});
