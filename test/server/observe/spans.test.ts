import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import type { AttemptNote } from "../../../src/domain/observation.js";
import { makeSpans } from "../../../src/server/observe/spans.js";
import { NOW } from "../../graphql/fakeEstate.js";
import { fakeReads } from "../../graphql/fakeReads.js";
import { ask } from "../harness.js";
import { observation, serveObserved } from "./harness.js";
import { recordSpans } from "./recorder.js";

const ATTEMPT: AttemptNote = {
  account: "uc",
  action: "A",
  attempt: 1,
  outcome: "OK",
  fault: null,
  ms: 30,
};
const QUESTION = "query NewestBackups { backups(first: 1) { complete } }";

describe("the span of an operation", () => {
  test("has a name from a fixed set, and attributes without anything that the client wrote", async () => {
    const spans = recordSpans();
    const { url } = await serveObserved();
    const headers = { "x-request-id": "r-1" };
    await ask(url, QUESTION, headers);
    await ask(url, 'query canary1 { canary2: node(id: "canary3") { id } }', headers);
    expect(spans).toMatchObject([
      {
        name: "query NewestBackups",
        parent: null,
        options: { kind: SpanKind.SERVER },
        attributes: {
          "http.request.method": "POST",
          "http.route": "/graphql",
          "graphql.operation.type": "query",
          "graphql.operation.name": "NewestBackups",
          "request.id": "r-1",
          outcome: "OK",
          complete: true,
          issues: 0,
          "vendor.calls": 0,
          "vendor.cached": 0,
        },
        status: SpanStatusCode.UNSET,
        endedAt: undefined,
      },
      { name: "query other", attributes: { "graphql.operation.name": "other" } },
    ]);
    expect(JSON.stringify(spans)).not.toContain("canary");
  });

  test("is an error where the operation failed", async () => {
    const spans = recordSpans();
    const { url } = await serveObserved();
    await ask(url, "{ nothing }");
    expect(spans).toMatchObject([
      {
        status: SpanStatusCode.ERROR,
        attributes: { outcome: "GRAPHQL_VALIDATION_FAILED" },
      },
    ]);
  });

  test("goes on with the trace of the caller", async () => {
    const spans = recordSpans();
    const { url } = await serveObserved();
    await ask(url, QUESTION, { traceparent: "the-caller" });
    expect(spans).toMatchObject([{ parent: "the-caller", options: { kind: SpanKind.SERVER } }]);
  });

  test("lies under the span of an instrumented HTTP server, which has read the headers", () => {
    const spans = recordSpans();
    const outer = trace.getTracer("http").startSpan("POST");
    const made = makeSpans({ vendorOf: String, labelOf: String, now: () => NOW });
    context.with(trace.setSpan(context.active(), outer), () => {
      made.begin({ id: "r-1", method: "POST", headers: { traceparent: "the-caller" } }).end(null);
    });
    expect(spans[1]).toMatchObject({
      parent: "span-0",
      options: { kind: SpanKind.INTERNAL },
      attributes: {},
      endedAt: undefined,
    });
  });

  test.each([
    ["another trace", "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
    ["no trace", ""],
  ])(
    "is no exemplar of a call while its request id is also that of an operation with %s",
    (_, traceparent) => {
      const { begin, exemplarOf } = makeSpans({
        vendorOf: String,
        labelOf: String,
        now: () => NOW,
      });
      const traced = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      const one = begin({ id: "r-1", method: "POST", headers: { traceparent: traced } });
      expect(exemplarOf("r-1")).toEqual(one.exemplar);
      expect(one.exemplar).not.toBeNull();
      const two = begin({ id: "r-1", method: "POST", headers: { traceparent } });
      expect(exemplarOf("r-1")).toBeNull();
      two.end(null);
      expect(exemplarOf("r-1")).toEqual(one.exemplar);
      one.end(null);
      expect(exemplarOf("r-1")).toBeNull();
    },
  );

  test("is the parent of its vendor calls, also of operations that run at the same time", async () => {
    const spans = recordSpans();
    const { observation: observed } = observation();
    const gates: (() => void)[] = [];
    const { url } = await serveObserved({
      makeReads: (_, { requestId }) =>
        fakeReads({
          calls: () => [],
          backups: async () => {
            await new Promise<void>((resolve) => {
              gates.push(resolve);
              if (gates.length === 2) for (const open of gates.reverse()) open();
            });
            observed.hooks.observer.onAttempt({ ...ATTEMPT, action: requestId });
            throw new Error("enough");
          },
        }).reads,
    });
    await Promise.all(["one", "two"].map((id) => ask(url, QUESTION, { "x-request-id": id })));
    const operations = new Map(
      spans.map(({ id, attributes }) => [String(attributes["request.id"]), id]),
    );
    const parents = spans
      .filter(({ options }) => options.kind === SpanKind.CLIENT)
      .map(({ name, parent }) => [name, parent]);
    expect(new Map(parents as [string, string][])).toEqual(
      new Map([
        ["ucloud one", operations.get("one")],
        ["ucloud two", operations.get("two")],
      ]),
    );
  });
});

describe("the span of a vendor attempt", () => {
  test("has vendor, account, action, outcome and times", () => {
    const spans = recordSpans();
    const { onAttempt } = observation().observation.hooks.observer;
    onAttempt(ATTEMPT);
    const sent = { method: "POST", origin: "https://api.ucloud.cn", status: 503 };
    onAttempt({ ...ATTEMPT, outcome: "UNAVAILABLE", fault: "dns", attempt: 2, sent });
    expect(spans).toMatchObject([
      {
        name: "ucloud A",
        options: { kind: SpanKind.CLIENT, startTime: NOW - 30 },
        attributes: { vendor: "ucloud", account: "uc", action: "A", outcome: "OK", attempt: 1 },
        status: SpanStatusCode.UNSET,
        endedAt: NOW,
      },
      {
        attributes: {
          outcome: "UNAVAILABLE",
          fault: "dns",
          "error.type": "UNAVAILABLE",
          "http.request.method": "POST",
          "http.response.status_code": 503,
          "url.scheme": "https",
          "server.address": "api.ucloud.cn",
          "server.port": 443,
        },
        status: SpanStatusCode.ERROR,
      },
    ]);
  });
});

describe("without an SDK", () => {
  test("nothing is recorded, and everything works", async () => {
    const { url, lines } = await serveObserved();
    const answer = await ask(url, QUESTION, { traceparent: "the-caller" });
    expect(answer.body.errors).toBeUndefined();
    expect(lines).toHaveLength(1);
  });
});
