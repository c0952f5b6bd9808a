import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FaultPlan } from "../../src/clouds/knobs/faults.js";
import { CLOUD_VENDORS, type CloudVendor } from "../../src/clouds/vendorCloud.js";
import { ask, codesOf } from "../server/harness.js";
import { makeStack, startStack, type Stack } from "../server/stack.js";
import { makeTransport } from "../../src/http/transport.js";
import { askPage, nativeIdsOf, pageOf, type HttpPage } from "./graphqlWalk.js";
import { UNCACHED } from "./gateway.js";
import { sized } from "../runs.js";
import { startClock } from "../stillClouds.js";

let stack: Stack;
const clock = startClock();
let ahead = 0;
const now = (): number => clock() + ahead;
beforeEach(async () => {
  ahead = 0;
  stack = await makeStack({
    clouds: {
      now,
      estate: { instances: sized(2, 4), backupsEach: 30 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    },
    server: { now },
    gateway: { now, settings: UNCACHED },
  });
});
afterEach(() => stack.close());

const fail = (vendor: CloudVendor): void =>
  void stack.clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });

/** The vendors are well again, and the breakers have waited long enough to find out. */
const recover = (): void => {
  stack.clouds.knobs.faults.clear();
  ahead += 30_000;
};

describe("a client that walks over HTTP while vendors fail", () => {
  test("gets late what was owed, each backup once, though each vendor fails twice", async () => {
    const pages: HttpPage[] = [];
    let after: string | null = null;
    for (;;) {
      const step = pages.length;
      const vendor = CLOUD_VENDORS[Math.floor(step / 3) % CLOUD_VENDORS.length];
      if (step % 3 === 1 && vendor !== undefined) fail(vendor);
      if (step % 3 === 0) recover();
      const page: HttpPage = await pageOf(stack.url, { first: sized(10, 20), after });
      pages.push(page);
      if (!page.complete) expect(page.pageInfo.endCursor).not.toBeNull();
      if (step === 1) expect(page.issues).not.toEqual([]);
      if (!page.pageInfo.hasNextPage && page.complete) break;
      after = page.pageInfo.endCursor ?? after;
    }
    const truth = stack.clouds.estate.truth().map(({ nativeId }) => nativeId);
    expect(nativeIdsOf(pages).sort()).toEqual(truth.sort());
    expect(pages.flatMap(({ edges }) => edges.filter(({ late }) => late)).length).toBeGreaterThan(
      20,
    );
  });

  test("has no next page where only failed sources are left, and goes on from the end all the same", async () => {
    fail("ucloud");
    const filter = { vendors: ["UCLOUD"] };
    const first = sized(100, 200);
    const page = await pageOf(stack.url, { first, filter });
    expect([page.edges, page.complete, page.pageInfo.hasNextPage]).toEqual([[], false, false]);
    expect(new Set(page.issues.map(({ code }) => code))).toEqual(new Set(["UNAVAILABLE"]));
    recover();
    const next = await pageOf(stack.url, { first, filter, after: page.pageInfo.endCursor });
    expect([next.edges.length, next.complete]).toEqual([first, true]);
    expect(next.edges.every(({ late }) => !late)).toBe(true);
  });

  test("gets an error with the first issue's code where it wants all or nothing", async () => {
    fail("tencent");
    const answer = await askPage(stack.url, { first: 5, onSourceError: "FAIL" });
    expect(codesOf(answer)).toEqual(["UPSTREAM_FAILED"]);
    expect(answer.body.errors?.[0]).toMatchObject({
      path: ["backups"],
      extensions: { issue: "UNAVAILABLE", provider: "demo-tencent/redis" },
    });
    expect(answer.body.data).toEqual({ backups: null });
  });
});

describe("the health of a vendor that hangs", () => {
  const HEALTH = "health { state lastIssue }";
  type HangingCalls = Pick<FaultPlan, "vendor" | "action">;
  const ALIBABA: HangingCalls = { vendor: "alibaba" };
  async function start(execution: "compiled" | "interpreted", timeoutMs: number) {
    const transport = makeTransport();
    let hanging: string | null = null;
    const { clouds, url } = await startStack({
      clouds: {
        now: clock,
        estate: { instances: 4, backupsEach: 3 },
        upstream: { retries: 0, rate: 10_000, concurrency: 64 },
      },
      server: { execution, now: clock },
      gateway: {
        settings: UNCACHED,
        now: clock,
        transport: {
          ...transport,
          // Only what hangs is timed, because other answers are as slow as the machine.
          send: (request, limits, signal) => {
            const isHanging = hanging !== null && JSON.stringify(request).includes(hanging);
            const own = isHanging ? timeoutMs : 120_000;
            return transport.send(request, { ...limits, timeoutMs: own }, signal);
          },
        },
      },
    });
    const hang = (plan: HangingCalls): void => {
      clouds.knobs.faults.add({ ...plan, effect: { kind: "hang" } });
      hanging = plan.action ?? new URL(clouds.endpoints[plan.vendor]).host;
      clouds.calls.reset();
    };
    return { url, calls: clouds.calls, hang };
  }
  /** The distinct healths of a vendor in an answer. */
  const healthsOf = (vendor: CloudVendor, text: string): unknown[] => {
    const found = text.matchAll(/"key":"demo-(\w+)[^"]*","health":(\{[^}]*\})/g);
    return [...new Set([...found].flatMap(([, of, health]) => (of === vendor ? health : [])))];
  };

  test.each([
    {
      place: "before the read",
      query: `{ providers { key ${HEALTH} } backups { complete } }`,
      fault: ALIBABA,
    },
    {
      place: "after the read",
      query: `{ backups { complete } providers { key ${HEALTH} } }`,
      fault: ALIBABA,
    },
    {
      place: "beside a count",
      query: `{ providers { key ${HEALTH} } backups(first: 0) { totalCount } }`,
      fault: ALIBABA,
    },
    {
      place: "in an instance, beside its list",
      query: `{ instances(first: 200, filter: { vendors: [ALIBABA] }) {
        nodes { provider { key ${HEALTH} } backups(first: 2) { complete } } } }`,
      fault: { vendor: "alibaba", action: "DescribeBackups" },
    },
    {
      place: "in a backup, beside its links",
      query: `{ backups(first: 3, filter: { vendors: [TENCENT] }) {
        nodes { provider { key ${HEALTH} } downloads { sizeBytes } } } }`,
      fault: { vendor: "tencent", action: "DescribeBackupUrl" },
    },
  ] as const)("is DEGRADED by TIMEOUT in the first answer, $place", async ({ query, fault }) => {
    const answers: unknown[] = [];
    for (const execution of ["compiled", "interpreted"] as const) {
      const { url, calls, hang } = await start(execution, 50);
      // An operation is compiled when it comes again.
      const healthy = [await ask(url, query), await ask(url, query)];
      for (const { text } of healthy)
        expect(healthsOf(fault.vendor, text)).toEqual(['{"state":"HEALTHY","lastIssue":null}']);
      hang(fault);
      const { text } = await ask(url, query);
      expect(healthsOf(fault.vendor, text)).toEqual(['{"state":"DEGRADED","lastIssue":"TIMEOUT"}']);
      answers.push({ text, calls: calls.count() });
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  test("waits for no read of another operation", async () => {
    const { url, calls, hang } = await start("compiled", 120_000);
    hang(ALIBABA);
    const over = new AbortController();
    const reading = fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ backups { complete } }" }),
      signal: over.signal,
    }).catch(() => "ended");
    await expect.poll(() => calls.count({ vendor: "alibaba" })).toBeGreaterThan(0);
    const { text } = await ask(url, `{ providers { key ${HEALTH} } }`);
    expect(healthsOf("alibaba", text)).toEqual(['{"state":"UNKNOWN","lastIssue":null}']);
    over.abort();
    expect(await reading).toBe("ended");
  });
});
