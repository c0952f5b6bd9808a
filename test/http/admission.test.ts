import { describe, expect, test } from "vitest";
import type { BreakerNote } from "../../src/domain/observation.js";
import { SourceError, type SourceErrorDetails } from "../../src/errors.js";
import { Admission, type Entrant } from "../../src/http/admission.js";
import { AccountState } from "../../src/http/httpClient.js";
import { MemoryQuota, type Quota } from "../../src/http/quota.js";
import { FakeClock, settle } from "./fakeClock.js";
import { LIMITS } from "./harness.js";

interface Wish {
  readonly action?: string;
  readonly rate?: number;
  /** Until the deadline. */
  readonly ms?: number;
  readonly signal?: AbortSignal;
  readonly prepare?: () => Promise<void> | null;
  readonly isReady?: () => boolean;
}

/** An admission whose entrants run until `end`. */
function make({ concurrency = 16, quota = null as Quota | null } = {}) {
  const clock = new FakeClock();
  const admission = new Admission(clock, quota ?? new MemoryQuota(clock), concurrency);
  const started: string[] = [];
  const startedAt: number[] = [];
  const ends = new Map<string, () => void>();
  const begin = clock.now();
  const enter = (name: string, wish: Wish = {}): Promise<string> => {
    const { action = "List", rate = 1_000, ms = 60_000 } = wish;
    const entrant: Entrant<string> = {
      bucket: { account: "ops", action, rate },
      context: {
        signal: wish.signal ?? new AbortController().signal,
        deadline: clock.now() + ms,
      },
      prepare: wish.prepare ?? (() => null),
      isReady: wish.isReady ?? (() => true),
      start: () =>
        new Promise((resolve) => {
          started.push(name);
          startedAt.push(clock.now() - begin);
          ends.set(name, () => resolve(name));
        }),
    };
    const entered = admission.run(entrant);
    entered.catch(() => undefined);
    return entered;
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settle();
  };
  return { clock, started, startedAt, enter, end };
}

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe("concurrency", () => {
  test("is kept, first come, first served", async () => {
    const { enter, end, started } = make({ concurrency: 2 });
    for (const name of names("a", 4)) void enter(name);
    await settle();
    expect(started).toEqual(["a0", "a1"]);
    await end("a1");
    expect(started).toEqual(["a0", "a1", "a2"]);
    await end("a0");
    expect(started).toEqual(["a0", "a1", "a2", "a3"]);
  });

  test("goes round the actions if one has a long line", async () => {
    const { enter, end, started } = make({ concurrency: 1 });
    for (const name of names("a", 50)) void enter(name, { action: "A" });
    for (const name of names("b", 3)) void enter(name, { action: "B" });
    await settle();
    for (let n = 0; n < 6; n += 1) await end(started[n] ?? "");
    expect(started).toEqual(["a0", "a1", "b0", "a2", "b1", "a3", "b2"]);
  });

  test("gives an entrant's result, or its failure, and the slot to the next", async () => {
    const { enter, end, started } = make({ concurrency: 1 });
    const first = enter("a0");
    const failing = enter("a1", { prepare: () => Promise.reject(new Error("not now")) });
    void enter("a2");
    await settle();
    await end("a0");
    expect(await first).toBe("a0");
    await expect(failing).rejects.toThrow("not now");
    expect(started).toEqual(["a0", "a2"]);
  });
});

describe("quota", () => {
  test("is kept by waiting in order", async () => {
    const { clock, enter, started, startedAt } = make();
    for (const name of names("a", 5)) void enter(name, { rate: 2 });
    await clock.advance(2_500);
    expect(started).toEqual(names("a", 5));
    expect(startedAt).toEqual([0, 0, 1_000, 1_000, 2_000]);
  });

  test("is kept although slots were the bottleneck before", async () => {
    const { clock, enter, end, startedAt } = make({ concurrency: 2 });
    for (const name of names("a", 9)) void enter(name, { rate: 3 });
    await clock.advance(5_000);
    for (const name of names("a", 9)) {
      await end(name);
      await clock.advance(1);
    }
    await clock.advance(5_000);
    for (const [n, at] of startedAt.entries())
      expect((startedAt[n + 3] ?? Infinity) - at).toBeGreaterThanOrEqual(1_000);
  });

  test("holds no slot while it waits", async () => {
    const { clock, enter, started, end } = make({ concurrency: 1 });
    void enter("a0", { action: "A", rate: 1 });
    void enter("a1", { action: "A", rate: 1 });
    await settle();
    await end("a0");
    void enter("b0", { action: "B" });
    await settle();
    expect(started).toEqual(["a0", "b0"]);
    await end("b0");
    await clock.advance(1_000);
    expect(started).toEqual(["a0", "b0", "a1"]);
  });

  test("that cannot be met in time is reported at once", async () => {
    const { enter, started } = make();
    const entered = names("a", 5).map((name) => enter(name, { rate: 1, ms: 2_500 }));
    await settle();
    expect(started).toEqual(["a0"]);
    for (const late of entered.slice(3))
      await expect(late).rejects.toMatchObject({ kind: "THROTTLED", retryable: true });
    await expect(entered[3]).rejects.toMatchObject({ details: { retryAfterMs: 3_000 } });
  });

  test("that shrinks while others wait is reported to them in turn, not at their deadline", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    const admission = new Admission(clock, quota, 16);
    const bucket = { account: "ops", action: "List", rate: 2 };
    const signal = new AbortController().signal;
    const ended: string[] = [];
    for (let n = 0; n < 8; n += 1) {
      const context = { signal, deadline: clock.now() + 10_000 };
      const entrant: Entrant<string> = {
        bucket,
        context,
        prepare: () => null,
        isReady: () => true,
        start: async () => "ran",
      };
      admission.run(entrant).then(
        (result) => ended.push(result),
        (error: { kind: string }) => ended.push(error.kind),
      );
    }
    await settle();
    quota.throttled(bucket, 30_000);
    await clock.advance(1_000);
    expect(ended).toEqual(["ran", "ran", ...Array<string>(6).fill("THROTTLED")]);
  });

  test("of a server is tried again after the time that it said, without a slot", async () => {
    const answers = [300, 200, 0];
    const quota: Quota = {
      take: async () => answers.shift() ?? 0,
      takeNow: () => null,
      throttled: () => undefined,
      waitMs: () => 0,
      callsLeft: () => null,
    };
    const { clock, enter, started, startedAt } = make({ concurrency: 1, quota });
    void enter("a0", { action: "A" });
    await clock.advance(400);
    expect(started).toEqual([]);
    await clock.advance(200);
    expect(started).toEqual(["a0"]);
    expect(startedAt).toEqual([500]);
  });
});

describe("a call that ends", () => {
  test("at a deadline in the line is CUT, and the line goes on", async () => {
    const { clock, enter, started, end } = make({ concurrency: 1 });
    void enter("a0");
    const atSlot = enter("a1", { ms: 100 });
    const inLine = enter("a2", { ms: 100 });
    void enter("a3");
    await clock.advance(100);
    await expect(atSlot).rejects.toMatchObject({ kind: "CUT" });
    await expect(inLine).rejects.toMatchObject({ kind: "CUT" });
    await end("a0");
    expect(started).toEqual(["a0", "a3"]);
  });

  test("by a signal is CUT wherever it waits, and delays no call after it", async () => {
    const { clock, enter, started, end } = make({ concurrency: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    void enter("a0", { action: "A", rate: 1 });
    const gone = [
      enter("a1", { action: "A", rate: 1, signal }),
      enter("a2", { action: "A", rate: 1, signal }),
      enter("b0", { action: "B", signal }),
      enter("b1", { action: "B", signal }),
    ];
    void enter("b2", { action: "B" });
    await settle();
    controller.abort();
    for (const call of gone) await expect(call).rejects.toMatchObject({ kind: "CUT" });
    await end("a0");
    expect(started).toEqual(["a0", "b2"]);
    await end("b2");
    expect(clock.sleeping).toBe(0);
  });
});

test("a request that is no longer ready is prepared again, without a token", async () => {
  let prepared = 0;
  const quota = new MemoryQuota(new FakeClock());
  const { enter, started } = make({ quota });
  void enter("a0", {
    rate: 5,
    prepare: () => {
      prepared += 1;
      return null;
    },
    isReady: () => prepared === 3,
  });
  await settle();
  expect(prepared).toBe(3);
  expect(started).toEqual(["a0"]);
  expect(quota.callsLeft("ops")).toBe(4);
});

function makeState() {
  const clock = new FakeClock();
  const notes: BreakerNote[] = [];
  const quota = new MemoryQuota(clock);
  const observer = { onBreaker: (note: BreakerNote) => void notes.push(note) };
  return {
    clock,
    notes,
    quota,
    state: new AccountState("ops", LIMITS, { clock, quota, observer }),
  };
}

const answered = (date?: number) => ({
  status: 403,
  headers: (date === undefined ? {} : { date: new Date(date).toUTCString() }) as Record<
    string,
    string
  >,
  body: "",
});
const failure = (kind: SourceError["kind"], details: SourceErrorDetails = {}): SourceError =>
  new SourceError(kind, "It failed.", details);

describe("the vendor's clock", () => {
  test("is learnt from the answer's date", () => {
    const { state, clock } = makeState();
    expect(state.learnClock(answered(clock.now() + 600_000), 0)).toBe(true);
    expect(state.offsetMs).toBe(600_000);
  });

  test("is learnt again when ours is corrected", () => {
    const { state, clock } = makeState();
    state.learnClock(answered(clock.now() + 600_000), 0);
    expect(state.learnClock(answered(clock.now()), 600_000)).toBe(true);
    expect(state.offsetMs).toBe(0);
  });

  test("explains nothing if it agrees with what was signed", () => {
    const { state, clock } = makeState();
    expect(state.learnClock(answered(clock.now() + 1_000), 0)).toBe(false);
    expect(state.offsetMs).toBe(0);
  });

  test.each([
    { hours: 22, isLearnt: true },
    { hours: 24, isLearnt: false },
    { hours: -72, isLearnt: true },
  ])("is learnt up to a day ahead: $hours hours", ({ hours, isLearnt }) => {
    const { state, clock } = makeState();
    const offsetMs = hours * 3_600_000;
    expect(state.learnClock(answered(clock.now() + offsetMs), 0)).toBe(isLearnt);
    expect(state.offsetMs).toBe(isLearnt ? offsetMs : 0);
  });

  test("is unknown without a date", () => {
    expect(makeState().state.learnClock(answered(), 0)).toBe(false);
  });
});

describe("health", () => {
  test("knows nothing at first", () => {
    expect(makeState().state.health()).toEqual({
      breaker: "closed",
      lastSuccessAt: null,
      lastFailure: null,
      isFailing: false,
      callsLeft: null,
    });
  });

  test("keeps the last success and the last failure, and says which came last", () => {
    const { state, clock } = makeState();
    state.failed(failure("FORBIDDEN"));
    expect(state.health()).toMatchObject({ lastSuccessAt: null, isFailing: true });
    state.succeeded();
    expect(state.health()).toMatchObject({
      lastSuccessAt: clock.now(),
      lastFailure: "FORBIDDEN",
      isFailing: false,
    });
  });

  test.each(["CUT", "NOT_FOUND"] as const)("takes %s for no failure", (kind) => {
    const { state } = makeState();
    state.failed(failure(kind));
    expect(state.health()).toMatchObject({ lastFailure: null, isFailing: false });
  });

  test("shows the worst of the account's hosts, and reports each", async () => {
    const { state, notes } = makeState();
    const good = state.breakerOf("https://a.example");
    const bad = state.breakerOf("https://b.example");
    expect(state.breakerOf("https://a.example")).toBe(good);
    await good.run(async () => ({ down: false }));
    for (let n = 0; n < 5; n += 1) await bad.run(async () => ({ down: true }));
    expect(state.health().breaker).toBe("open");
    expect(notes).toEqual([{ account: "ops", origin: "https://b.example", state: "open" }]);
  });

  test("shows what the quota leaves", async () => {
    const { state, quota } = makeState();
    await quota.take({ account: "ops", action: "List", rate: 5 });
    expect(state.health().callsLeft).toBe(4);
  });
});
