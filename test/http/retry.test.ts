import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  budgetAfterSuccess,
  decideRetry,
  FULL_BUDGET,
  NOT_RETRIED,
  type AttemptFailure,
} from "../../src/http/retry.js";

type Result = "ok" | AttemptFailure | { failure: AttemptFailure; retryAfterMs: number };

interface Vector {
  readonly what: string;
  readonly outcomes: readonly Result[];
  readonly random?: number;
  readonly maxRetries?: number;
  readonly budget?: number;
  readonly remainingMs?: number;
}

/** Plays the outcomes of one call's attempts; time passes only while it waits. */
function play({ outcomes, random = 0.5, maxRetries = 2, budget = 100, ...rest }: Vector): {
  delays: number[];
  tokens: number;
  result: string;
} {
  let tokens = budget;
  let remainingMs = rest.remainingMs ?? 25_000;
  let state = NOT_RETRIED;
  const delays: number[] = [];
  for (const outcome of outcomes) {
    if (outcome === "ok")
      return { delays, tokens: budgetAfterSuccess(tokens, state), result: "ok" };
    const { failure, retryAfterMs } =
      typeof outcome === "string" ? { failure: outcome, retryAfterMs: null } : outcome;
    const decision = decideRetry(
      state,
      { failure, retryAfterMs, remainingMs, neededMs: 0, random },
      { maxRetries, tokens },
    );
    tokens = decision.tokens;
    if (!decision.retry) return { delays, tokens, result: failure };
    delays.push(decision.delayMs);
    remainingMs -= decision.delayMs;
    state = decision.state;
  }
  throw new Error("The outcomes end while the call goes on.");
}

describe("the vectors of the retry policy", () => {
  test.each<Vector & ReturnType<typeof play>>([
    {
      what: "a success at once earns a token",
      outcomes: ["ok"],
      delays: [],
      tokens: 101,
      result: "ok",
    },
    {
      what: "a full budget earns none",
      outcomes: ["ok"],
      budget: 500,
      delays: [],
      tokens: 500,
      result: "ok",
    },
    {
      what: "a success after a retry earns none",
      outcomes: ["transient", "ok"],
      delays: [50],
      tokens: 95,
      result: "ok",
    },
    {
      what: "the ceiling doubles",
      outcomes: ["transient", "transient", "transient", "transient", "ok"],
      maxRetries: 4,
      delays: [50, 100, 200, 400],
      tokens: 80,
      result: "ok",
    },
    {
      what: "the ceiling stops at five seconds",
      outcomes: Array.from({ length: 9 }, (_, n) => (n < 8 ? "transient" : "ok")),
      maxRetries: 8,
      random: 0.999,
      delays: [99, 199, 399, 799, 1598, 3196, 4995, 4995],
      tokens: 60,
      result: "ok",
    },
    {
      what: "jitter is full: it may be nothing",
      outcomes: ["transient", "throttled", "ok"],
      random: 0,
      delays: [0, 0],
      tokens: 90,
      result: "ok",
    },
    {
      what: "throttling waits longer",
      outcomes: ["throttled", "throttled", "ok"],
      delays: [250, 500],
      tokens: 90,
      result: "ok",
    },
    {
      what: "a timeout costs twice as much",
      outcomes: ["timeout", "timeout", "ok"],
      delays: [50, 100],
      tokens: 80,
      result: "ok",
    },
    {
      what: "the last failure is the result, and costs nothing",
      outcomes: ["transient", "timeout", "throttled"],
      delays: [50, 100],
      tokens: 85,
      result: "throttled",
    },
    {
      what: "no retries allowed",
      outcomes: ["transient"],
      maxRetries: 0,
      delays: [],
      tokens: 100,
      result: "transient",
    },
    { what: "a final failure", outcomes: ["final"], delays: [], tokens: 100, result: "final" },
    {
      what: "a final failure after another",
      outcomes: ["transient", "final"],
      delays: [50],
      tokens: 95,
      result: "final",
    },
    {
      what: "a budget that is used up",
      outcomes: ["transient"],
      budget: 4,
      tokens: 4,
      delays: [],
      result: "transient",
    },
    {
      what: "a budget that pays for a retry but for no timeout",
      outcomes: ["timeout"],
      budget: 9,
      delays: [],
      tokens: 9,
      result: "timeout",
    },
    {
      what: "a budget that ends within the call",
      outcomes: ["transient", "transient"],
      budget: 9,
      delays: [50],
      tokens: 4,
      result: "transient",
    },
    {
      what: "the vendor demands more than the jitter",
      outcomes: [{ failure: "throttled", retryAfterMs: 2_000 }, "ok"],
      delays: [2_000],
      tokens: 95,
      result: "ok",
    },
    {
      what: "the vendor demands less than the jitter",
      outcomes: [{ failure: "throttled", retryAfterMs: 100 }, "ok"],
      delays: [250],
      tokens: 95,
      result: "ok",
    },
    {
      what: "what the vendor demands has no limit but the deadline",
      outcomes: [{ failure: "transient", retryAfterMs: 20_000 }, "ok"],
      delays: [20_000],
      tokens: 95,
      result: "ok",
    },
    {
      what: "what the vendor demands ends at the deadline",
      outcomes: [{ failure: "throttled", retryAfterMs: 3_000 }],
      remainingMs: 3_000,
      delays: [],
      tokens: 100,
      result: "throttled",
    },
    {
      what: "the jitter would end after the deadline",
      outcomes: ["transient", "transient"],
      remainingMs: 120,
      delays: [50],
      tokens: 95,
      result: "transient",
    },
    {
      what: "an incomplete body is requested once more",
      outcomes: ["brokenOff", "brokenOff"],
      delays: [50],
      tokens: 95,
      result: "brokenOff",
    },
    {
      what: "a refused timestamp is corrected at once, and once",
      outcomes: ["clockSkew", "clockSkew"],
      delays: [0],
      tokens: 95,
      result: "clockSkew",
    },
    {
      what: "a correction uses up a retry and doubles the ceiling",
      outcomes: ["clockSkew", "transient", "transient"],
      delays: [0, 100],
      tokens: 90,
      result: "transient",
    },
  ])("$what", ({ delays, tokens, result, ...vector }) => {
    expect(play(vector)).toEqual({ delays, tokens, result });
  });
});

describe("whatever happens", () => {
  const failures: AttemptFailure[] = [
    "transient",
    "timeout",
    "throttled",
    "brokenOff",
    "clockSkew",
  ];
  const outcome = fc.oneof(
    fc.constantFrom<Result>(...failures),
    fc.record({ failure: fc.constantFrom(...failures), retryAfterMs: fc.nat(60_000) }),
  );

  test("no call has more than its retries, waits past its deadline or overdraws the budget", () => {
    fc.assert(
      fc.property(
        fc.array(outcome, { minLength: 12, maxLength: 12 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat(10),
        fc.nat(FULL_BUDGET),
        fc.nat(30_000),
        (outcomes, random, maxRetries, tokens, remainingMs) => {
          const played = play({
            what: "",
            outcomes,
            random,
            maxRetries,
            budget: tokens,
            remainingMs,
          });
          expect(played.delays.length).toBeLessThanOrEqual(maxRetries);
          expect(played.delays.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(remainingMs);
          expect(played.tokens).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test("an outage causes at most a hundred retries", () => {
    let tokens = FULL_BUDGET;
    let retries = 0;
    for (let call = 0; call < 1_000; call += 1) {
      const played = play({
        what: "",
        outcomes: ["transient", "transient", "transient"],
        budget: tokens,
      });
      tokens = played.tokens;
      retries += played.delays.length;
    }
    expect(retries).toBe(100);
  });
});
