import { describe, expect, test } from "vitest";
import { SourceError, type SourceErrorDetails } from "../../src/errors.js";
import { AccountState } from "../../src/http/accountState.js";
import type { BreakerNote } from "../../src/http/client.js";
import { MemoryQuota } from "../../src/http/quota.js";
import { FakeClock } from "./fakeClock.js";
import { LIMITS } from "./harness.js";

function make() {
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
    const { state, clock } = make();
    expect(state.learnClock(answered(clock.now() + 600_000), 0)).toBe(true);
    expect(state.offsetMs).toBe(600_000);
  });

  test("is learnt again when ours is corrected", () => {
    const { state, clock } = make();
    state.learnClock(answered(clock.now() + 600_000), 0);
    expect(state.learnClock(answered(clock.now()), 600_000)).toBe(true);
    expect(state.offsetMs).toBe(0);
  });

  test("explains nothing if it agrees with what was signed", () => {
    const { state, clock } = make();
    expect(state.learnClock(answered(clock.now() + 1_000), 0)).toBe(false);
    expect(state.offsetMs).toBe(0);
  });

  test("is unknown without a date", () => {
    expect(make().state.learnClock(answered(), 0)).toBe(false);
  });
});

describe("health", () => {
  test("knows nothing at first", () => {
    expect(make().state.health()).toEqual({
      breaker: "closed",
      lastSuccessAt: null,
      lastFailure: null,
      isFailing: false,
      callsLeft: null,
    });
  });

  test("keeps the last success and the last failure, and says which came last", () => {
    const { state, clock } = make();
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
    const { state } = make();
    state.failed(failure(kind));
    expect(state.health()).toMatchObject({ lastFailure: null, isFailing: false });
  });

  test("shows the worst of the account's hosts, and reports each", async () => {
    const { state, notes } = make();
    const good = state.breakerOf("https://a.example");
    const bad = state.breakerOf("https://b.example");
    expect(state.breakerOf("https://a.example")).toBe(good);
    await good.run(async () => ({ down: false }));
    for (let n = 0; n < 5; n += 1) await bad.run(async () => ({ down: true }));
    expect(state.health().breaker).toBe("open");
    expect(notes).toEqual([{ account: "ops", origin: "https://b.example", state: "open" }]);
  });

  test("shows what the quota leaves", async () => {
    const { state, quota } = make();
    await quota.take({ account: "ops", action: "List", rate: 5 });
    expect(state.health().callsLeft).toBe(4);
  });
});
