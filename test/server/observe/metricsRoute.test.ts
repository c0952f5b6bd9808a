import { once } from "node:events";
import { connect } from "node:net";
import { Counter, Registry } from "prom-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { ANYONE, type Principal } from "../../../src/domain/principal.js";
import { ClientError } from "../../../src/errors.js";
import { onlyOfAccounts, startMetricsServer } from "../../../src/server/observe/metricsRoute.js";
import { ask, codesOf, exchange, serve } from "../harness.js";
import { fakeReads } from "../../graphql/fakeReads.js";
import { logged, observation, samplesOf, serveObserved } from "./harness.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;

/** What Prometheus 2.42 sends. */
const PROMETHEUS =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

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

  test("have no exemplars in Prometheus' text, which a scrape as OpenMetrics does not change", async () => {
    const { url } = await serveObserved();
    await ask(url, "{ __typename }", { traceparent: TRACEPARENT });
    const before = await metricsOf(url);
    const open = await metricsOf(url, { accept: PROMETHEUS });
    expect(await metricsOf(url)).toMatchObject({ text: before.text });
    expect(before.text).not.toContain("trace_id");
    expect(open.headers["content-type"]).toBe(
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    );
    const exemplar = new RegExp(
      `^\\S+ 1 # {trace_id="${TRACE}",span_id="${SPAN}"} 0 \\d+\\.?\\d*$`,
      "gm",
    );
    const [line = "", ...others] = open.text.match(exemplar) ?? [];
    expect([line, others]).toEqual([
      expect.stringContaining('operation_duration_seconds_bucket{le="0.001"'),
      [],
    ]);
    expect(open.text).toMatch(/^# TYPE backup_gateway_operations counter$/m);
    expect(open.text).toMatch(/\n# EOF\n$/);
    const samples = (text: string) => [...samplesOf(text.replaceAll(/ # {.*/g, "")).keys()].sort();
    expect(samples(open.text)).toEqual(samples(before.text));
  });

  test.each([
    ["application/openmetrics-text; version=1.0.0", true],
    ["text/plain;q=0.5, application/openmetrics-text;q=0.6", true],
    ["text/plain, application/openmetrics-text;q=0.9", false],
    ["application/openmetrics-text;q=0", false],
    ["text/html,*/*;q=0.8", false],
    ["image/png", false],
    ["application/openmetrics-text;q=x,;q=,=", false],
  ])("for Accept: %s are OpenMetrics: %s", async (accept, isOpen) => {
    const { url } = await serveObserved();
    const { headers } = await metricsOf(url, { accept });
    expect(headers["content-type"]).toMatch(isOpen ? /^application\/openmetrics/ : /^text\/plain/);
  });

  test.each([
    ["not recorded", `00-${TRACE}-${SPAN}-00`],
    ["a trace of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["more fields than the version has", `${TRACEPARENT}-00`],
    ["no hex", `00-${"g".repeat(32)}-${SPAN}-01`],
    ["quotes", `00-${TRACE}-${SPAN}-01"} 1`],
    ["another version", `ff-${TRACE}-${SPAN}-01`],
    ["two headers", `${TRACEPARENT}, ${TRACEPARENT}`],
    ["as long as a header may be", TRACEPARENT.repeat(200)],
    ["nothing", ""],
  ])("have no exemplar of a traceparent that is %s", async (_, traceparent) => {
    const { url } = await serveObserved();
    await ask(url, "{ __typename }", { traceparent });
    expect((await metricsOf(url, { accept: PROMETHEUS })).text).not.toContain("trace_id");
  });

  test("show the trace of the operation that a vendor call was made for, while it runs", async () => {
    const { observation: observed } = observation();
    const note = { action: "A", attempt: 1, outcome: "OK" as const, fault: null, ms: 3 };
    const call = (requestId?: string) =>
      observed.hooks.observer.onAttempt({ account: "uc", requestId, ...note });
    const own = observed.serverOptions(
      {
        makeReads: (_, { requestId }) => fakeReads({ calls: () => (call(requestId), []) }).reads,
        plugins: [],
      },
      { authenticate: async () => ANYONE },
    );
    const { url } = await serve(own);
    const ATTEMPTS = /vendor_attempt_duration_seconds_bucket.* # {trace_id="(\w+)"/g;
    const traces = async () =>
      [...(await metricsOf(url, { accept: PROMETHEUS })).text.matchAll(ATTEMPTS)].map(
        ([, id]) => id,
      );
    await ask(url, "{ backups { complete } }");
    call();
    call("r-1");
    expect(await traces()).toEqual([]);
    await ask(url, "{ backups { complete } }", { traceparent: TRACEPARENT, "x-request-id": "r-1" });
    expect(await traces()).toEqual([TRACE]);
    const { text } = await metricsOf(url, { accept: PROMETHEUS });
    call("r-1");
    expect((await metricsOf(url, { accept: PROMETHEUS })).text.match(/ # {.*/g)).toEqual(
      text.match(/ # {.*/g),
    );
  });

  test.each([
    ["a caller without the scope", principal(["backups:read"]), 403, "FORBIDDEN"],
    ["a caller who is not known", null, 401, "UNAUTHENTICATED"],
  ])("are refused to %s", async (_, who, status, code) => {
    const { url } = await serveObserved({
      authenticate: async () => {
        if (who !== null) return who;
        throw new ClientError("UNAUTHENTICATED", "The key is missing or unknown.");
      },
    });
    const answer = await metricsOf(url);
    expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
    expect(answer.text).not.toContain("backup_gateway");
  });

  test("show a caller of some accounts nothing of the others", async () => {
    const { url, observation: observed } = await serveObserved({
      authenticate: async () => principal(["metrics:read"], ["uc"]),
    });
    const note = { action: "A", attempt: 1, outcome: "OK" as const, fault: null, ms: 3 };
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
    const { url } = await serve({ extend: own.extend, authenticate: async () => ANYONE });
    expect((await metricsOf(url)).status).toBe(404);
    expect((await ask(url, "{ __typename }")).status).toBe(200);
  });
});

const text = [
  "# HELP a Things.",
  "# TYPE a counter",
  'a{vendor="v",account="one",action="x"} 1',
  'a{vendor="v",account="two",action="x"} 1',
  'b{provider="one/uredis",state="UNKNOWN"} 1',
  'b{provider="two/uredis",state="UNKNOWN"} 1',
  'c_bucket{le="1",vendor="v",account="two"} 1',
  'd{operation="other"} 1',
  'd{vendor="v",action="x"} 1',
  "e 1",
  "",
].join("\n");

describe("a scrape by a key that sees some accounts", () => {
  test("holds their lines and those of the gateway, but no sums over accounts", () => {
    expect(onlyOfAccounts(text, ["one"]).split("\n")).toEqual([
      "# HELP a Things.",
      "# TYPE a counter",
      'a{vendor="v",account="one",action="x"} 1',
      'b{provider="one/uredis",state="UNKNOWN"} 1',
      'd{operation="other"} 1',
      "e 1",
      "",
    ]);
  });

  test("holds no line of any account where it sees none", () => {
    expect(onlyOfAccounts(text, [])).not.toMatch(/one|two/);
  });

  test("cannot be widened by what a vendor calls its instances", async () => {
    const registry = new Registry();
    const counter = new Counter({
      name: "i",
      help: "h",
      labelNames: ["instance", "provider"],
      registers: [registry],
    });
    counter.inc({ instance: 'x",account="one', provider: "two/umem" });
    counter.inc({ instance: '{provider="two/x', provider: "one/umem" });
    const shown = onlyOfAccounts(await registry.metrics(), ["one"]);
    expect(shown).not.toContain("two/umem");
    expect(shown).toContain("one/umem");
  });
});

async function start() {
  const { observation: observed } = observation();
  const { logger, lines } = logged();
  const { registry } = observed;
  const server = await startMetricsServer({ host: "127.0.0.1", port: 0, logger, registry });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= server.close());
  onTestFinished(close);
  return { ...server, close, lines, registry };
}

describe("a listener of its own", () => {
  test("serves metrics, and nothing else", async () => {
    const { url } = await start();
    const { status, text, headers } = await exchange(url);
    expect([status, headers["x-content-type-options"]]).toEqual([200, "nosniff"]);
    expect(text).toContain("backup_gateway_operations_in_flight 0");
    for (const path of ["/", "/graphql", "/health/live"])
      expect((await exchange(new URL(path, url).href)).status).toBe(404);
    const body = { "content-type": "application/json" };
    expect((await exchange(url, { method: "POST", headers: body, body: "[0]" })).status).toBe(404);
  });

  test("ends although a client has connected and says nothing", async () => {
    const { url, close } = await start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    // So that the server has accepted the connection too.
    await exchange(url);
    const ended = once(socket.resume(), "close");
    await close();
    await ended;
  });

  test("answers to no foreign host", async () => {
    const { url } = await start();
    expect((await exchange(url, { headers: { host: "evil.example" } })).status).toBe(421);
  });

  test("masks what goes wrong, and logs it", async () => {
    const { url, registry, lines } = await start();
    registry.metrics = () => Promise.reject(new Error("canary"));
    const { status, text } = await exchange(url);
    expect(status).toBe(500);
    expect(text).not.toContain("canary");
    expect(lines).toMatchObject([{ level: 50, msg: "A request failed unexpectedly." }]);
  });

  test("frees its port", async () => {
    const { url, close } = await start();
    await close();
    await expect(exchange(url)).rejects.toThrow("ECONNREFUSED");
  });
});
