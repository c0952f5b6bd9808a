import type { Dispatcher } from "undici";
import { describe, expect, test } from "vitest";
import { Exchange, type ExchangeLimits } from "../../src/http/exchange.js";
import type { TransportError } from "../../src/http/faults.js";
import type { HttpResponse } from "../../src/http/message.js";
import { settle } from "./fakeClock.js";

/** An exchange, and what became of it. */
function make(limits: Partial<ExchangeLimits> = {}) {
  const aborts: unknown[] = [];
  const outcomes: (HttpResponse | TransportError)[] = [];
  const abort = new AbortController();
  const exchange = new Exchange(
    {
      account: "ops",
      connections: 1,
      timeoutMs: 20,
      onTimeout: "timeout",
      maxResponseBytes: 10,
      ...limits,
    },
    abort.signal,
    {
      resolve: (response) => outcomes.push(response),
      reject: (error) => outcomes.push(error),
    },
  );
  const controller = {
    abort: (reason: unknown) => aborts.push(reason),
  } as unknown as Dispatcher.DispatchController;
  return { exchange, controller, aborts, outcomes, abort };
}

const bytes = (text: string): Buffer => Buffer.from(text);

describe("an exchange", () => {
  test("returns the whole response, in however many pieces it came", async () => {
    const { exchange, controller, outcomes, aborts } = make();
    exchange.onRequestStart(controller);
    exchange.onResponseStart(controller, 200, { "content-length": "6", "x-a": ["1", "2"] });
    for (const byte of bytes("备份")) exchange.onResponseData(controller, Buffer.of(byte));
    exchange.onResponseEnd();
    await settle();
    expect(outcomes).toEqual([
      { status: 200, headers: { "content-length": "6", "x-a": "1, 2" }, body: "备份" },
    ]);
    expect(aborts).toEqual([]);
  });

  test("takes hints for no answer", async () => {
    const { exchange, controller, outcomes } = make();
    exchange.onRequestStart(controller);
    exchange.onResponseStart(controller, 103, { "content-length": "99" });
    exchange.onResponseStart(controller, 204, {});
    exchange.onResponseEnd();
    await settle();
    expect(outcomes).toEqual([{ status: 204, headers: {}, body: "" }]);
  });

  test("gives a body of exactly the cap, and says that its connection ended it", async () => {
    const { exchange, controller, outcomes } = make();
    exchange.onRequestStart(controller);
    exchange.onResponseStart(controller, 200, {});
    exchange.onResponseData(controller, bytes("0123456789"));
    exchange.onResponseEnd();
    await settle();
    expect(outcomes).toMatchObject([{ body: "0123456789", endedByClose: true }]);
  });

  test.each([
    ["a byte too many", 200, {}, "size"],
    ["an announced byte too many", 200, { "content-length": "11" }, "size"],
  ])("ends at %s, and takes nothing more", async (_, status, headers, fault) => {
    const { exchange, controller, outcomes, aborts } = make();
    exchange.onRequestStart(controller);
    exchange.onResponseStart(controller, status, headers);
    exchange.onResponseData(controller, bytes("0123456789"));
    exchange.onResponseData(controller, bytes("a"));
    exchange.onResponseError(controller, new Error("aborted"));
    await settle();
    expect(outcomes).toMatchObject([{ fault }]);
    expect(aborts).toEqual(outcomes);
  });

  test("that ended before its connection came is not begun", async () => {
    const { exchange, controller, outcomes, aborts, abort } = make();
    abort.abort();
    expect(outcomes).toMatchObject([{ kind: "CUT" }]);
    expect(aborts).toEqual([]);
    exchange.onRequestStart(controller);
    expect(aborts).toEqual(outcomes);
  });

  test.each([
    ["timeout", "TIMEOUT"],
    ["cut", "CUT"],
  ] as const)("ends after its time as %s", async (onTimeout, kind) => {
    const { outcomes } = make({ onTimeout, timeoutMs: 1 });
    while (outcomes.length === 0) await settle();
    expect(outcomes).toMatchObject([{ kind }]);
  });

  test("that has its response ignores timer and signal", async () => {
    const { exchange, controller, outcomes, aborts, abort } = make({ timeoutMs: 1 });
    exchange.onRequestStart(controller);
    exchange.onResponseStart(controller, 204, {});
    exchange.onResponseEnd();
    await settle();
    abort.abort();
    const after = Date.now() + 3;
    while (Date.now() < after) await settle();
    expect(outcomes).toHaveLength(1);
    expect(aborts).toEqual([]);
  });

  test("without an answer at its end is BAD_RESPONSE", async () => {
    const { exchange, controller, outcomes } = make();
    exchange.onRequestStart(controller);
    exchange.onResponseEnd();
    await settle();
    expect(outcomes).toMatchObject([{ kind: "BAD_RESPONSE" }]);
  });
});
