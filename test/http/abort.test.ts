import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Abort, onAbort } from "../../src/http/bounds.js";
import { reply, serve } from "./faultServer.js";
import { contextFor, makeHarness } from "./harness.js";

const warnings: Error[] = [];
const note = (warning: Error): number => warnings.push(warning);

beforeEach(() => {
  warnings.length = 0;
  process.on("warning", note);
});
afterEach(() => process.off("warning", note));

/** Node emits warnings a moment later. */
async function emitted(): Promise<Error[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return warnings;
}

/** Both kinds of signals, and what aborts them. */
const KINDS = [
  {
    kind: "an AbortSignal",
    make: () => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    },
  },
  {
    kind: "an Abort",
    make: () => {
      const signal = new Abort();
      return { signal, abort: () => signal.abort() };
    },
  },
];

describe.each(KINDS)("the abort of $kind", ({ make }) => {
  test("calls all listeners, once, in order", () => {
    const { signal, abort } = make();
    const heard: number[] = [];
    for (const n of [1, 2, 3]) onAbort(signal, () => heard.push(n));
    expect(signal.aborted).toBe(false);
    abort();
    abort();
    expect([heard, signal.aborted]).toEqual([[1, 2, 3], true]);
  });

  test("does not call listeners that were removed", () => {
    const { signal, abort } = make();
    const heard: number[] = [];
    const forget = onAbort(signal, () => heard.push(1));
    onAbort(signal, () => heard.push(2));
    forget();
    abort();
    expect(heard).toEqual([2]);
  });

  test("calls later listeners at once", () => {
    const { signal, abort } = make();
    abort();
    const heard: number[] = [];
    onAbort(signal, () => heard.push(1))();
    expect(heard).toEqual([1]);
  });
});

describe("an abort", () => {
  test("that has happened calls a listener at once", () => {
    const heard: number[] = [];
    onAbort(AbortSignal.abort(), () => heard.push(1))();
    expect(heard).toEqual([1]);
  });

  test("may be waited for by thousands without a warning", async () => {
    const { signal } = new AbortController();
    for (let n = 0; n < 5_000; n += 1) onAbort(signal, () => undefined);
    expect(await emitted()).toEqual([]);
  });
});

test("calls that share a signal warn of no leak, sending, queueing or waiting to retry", async () => {
  const server = await serve(...Array(60).fill(reply("", { status: 500 })), reply("{}"));
  const { client, call } = makeHarness({ concurrency: 20, retries: 1 }, { random: () => 0.2 });
  const context = contextFor();
  const origins = Array.from({ length: 60 }, () => server.origin);
  await Promise.allSettled(origins.map((origin) => client.send(call(origin), context)));
  expect(server.requests.length).toBeGreaterThanOrEqual(20);
  expect(await emitted()).toEqual([]);
  await client.close();
  await server.stop();
});
