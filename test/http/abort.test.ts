import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { onAbort } from "../../src/http/abort.js";
import { reply, serve } from "./faultServer.js";
import { contextFor, makeHarness } from "./harness.js";

const warnings: Error[] = [];
const note = (warning: Error): number => warnings.push(warning);

beforeEach(() => {
  warnings.length = 0;
  process.on("warning", note);
});
afterEach(() => process.off("warning", note));

/** Warnings are told a moment later. */
async function told(): Promise<Error[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return warnings;
}

describe("an abort", () => {
  test("is told to all who listen, once, in order", () => {
    const controller = new AbortController();
    const heard: number[] = [];
    for (const n of [1, 2, 3]) onAbort(controller.signal, () => heard.push(n));
    controller.abort();
    controller.abort();
    expect(heard).toEqual([1, 2, 3]);
  });

  test("is not told to those who stopped listening", () => {
    const controller = new AbortController();
    const heard: number[] = [];
    const forget = onAbort(controller.signal, () => heard.push(1));
    onAbort(controller.signal, () => heard.push(2));
    forget();
    controller.abort();
    expect(heard).toEqual([2]);
  });

  test("that has been is told at once", () => {
    const heard: number[] = [];
    onAbort(AbortSignal.abort(), () => heard.push(1))();
    expect(heard).toEqual([1]);
  });

  test("may be waited for by thousands without a warning", async () => {
    const { signal } = new AbortController();
    for (let n = 0; n < 5_000; n += 1) onAbort(signal, () => undefined);
    expect(await told()).toEqual([]);
  });
});

test("calls that share a signal warn of no leak, sending, queueing or waiting to retry", async () => {
  const server = await serve(...Array(60).fill(reply("", { status: 500 })), reply("{}"));
  const { client, call } = makeHarness({ concurrency: 20, retries: 1 }, { random: () => 0.2 });
  const context = contextFor();
  const origins = Array.from({ length: 60 }, () => server.origin);
  await Promise.allSettled(origins.map((origin) => client.send(call(origin), context)));
  expect(server.requests.length).toBeGreaterThanOrEqual(20);
  expect(await told()).toEqual([]);
  await client.close();
  await server.stop();
});
