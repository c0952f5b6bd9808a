import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { bounded, isOver, pause } from "../../src/http/bounds.js";
import { FakeClock } from "./fakeClock.js";

const never = new Promise<never>(() => undefined);
const CUT = { kind: "CUT" };

function contextOf(clock: FakeClock, ms: number) {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    deadline: clock.now() + ms,
    abort: () => controller.abort(),
  };
}

describe("waiting within a context", () => {
  test("returns what it waited for, and leaves no timer", async () => {
    const clock = new FakeClock();
    expect(await bounded(clock, contextOf(clock, 1_000), Promise.resolve(7))).toBe(7);
    expect(clock.sleeping).toBe(0);
  });

  test("passes a failure on", async () => {
    const clock = new FakeClock();
    const failure = new Error("own");
    const waiting = bounded(clock, contextOf(clock, 1_000), Promise.reject(failure));
    await expect(waiting).rejects.toBe(failure);
    expect(clock.sleeping).toBe(0);
  });

  test("ends at the deadline", async () => {
    const clock = new FakeClock();
    const waiting = expect(bounded(clock, contextOf(clock, 1_000), never)).rejects.toMatchObject(
      CUT,
    );
    await clock.advance(999);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1);
    await waiting;
  });

  test("ends at an abort", async () => {
    const clock = new FakeClock();
    const context = contextOf(clock, 1_000);
    const waiting = expect(bounded(clock, context, never)).rejects.toMatchObject(CUT);
    context.abort();
    await waiting;
    expect(clock.sleeping).toBe(0);
  });

  test("ends at once if the context has ended before", async () => {
    const clock = new FakeClock();
    const context = contextOf(clock, 1_000);
    context.abort();
    await expect(bounded(clock, context, never)).rejects.toMatchObject(CUT);
    await expect(pause(clock, 10, context)).rejects.toMatchObject(CUT);
  });

  test("is not ended by a deadline that is farther than a timer can wait", async () => {
    const clock = {
      now: Date.now,
      sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
    };
    const context = { signal: new AbortController().signal, deadline: Number.MAX_SAFE_INTEGER };
    const waited = sleep(5, "waited");
    expect(await bounded(clock, context, waited)).toBe("waited");
  });
});

test("a context is over at its deadline, and after an abort", () => {
  const clock = new FakeClock();
  const context = contextOf(clock, 1);
  expect(isOver(clock, context)).toBe(false);
  expect(isOver(clock, { ...context, deadline: clock.now() })).toBe(true);
  context.abort();
  expect(isOver(clock, context)).toBe(true);
});
