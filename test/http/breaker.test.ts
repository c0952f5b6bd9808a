import { describe, expect, test } from "vitest";
import type { BreakerState } from "../../src/domain/observation.js";
import { Breaker, OPEN_MS } from "../../src/http/breaker.js";
import { FakeClock, settle } from "./fakeClock.js";

const up = async (): Promise<{ down: boolean }> => ({ down: false });
const down = async (): Promise<{ down: boolean }> => ({ down: true });
const cut = (): Promise<{ down: boolean }> => Promise.reject(new Error("cut"));

interface Made {
  readonly clock: FakeClock;
  readonly breaker: Breaker;
  readonly states: BreakerState[];
  /** Ends after so many milliseconds. */
  context(ms?: number): { signal: AbortSignal; deadline: number };
}

function make(): Made {
  const clock = new FakeClock();
  const states: BreakerState[] = [];
  return {
    clock,
    breaker: new Breaker(clock, (state) => states.push(state)),
    states,
    context: (ms = 60_000) => ({
      signal: new AbortController().signal,
      deadline: clock.now() + ms,
    }),
  };
}

async function makeOpen(): Promise<Made> {
  const made = make();
  for (let failure = 0; failure < 5; failure += 1) await made.breaker.run(down);
  return made;
}

/** A probe that has begun, and the means to end it. */
function probe(breaker: Breaker): {
  end: (result: { down: boolean }) => void;
  cut: () => void;
  ended: Promise<unknown>;
} {
  let end = (_: { down: boolean }): void => undefined;
  let cutOff = (): void => undefined;
  const ended = breaker.run(
    () =>
      new Promise<{ down: boolean }>((resolve, reject) => {
        end = resolve;
        cutOff = () => reject(new Error("cut"));
      }),
  );
  ended.catch(() => undefined);
  return { end: (result) => end(result), cut: () => cutOff(), ended };
}

describe("a closed breaker", () => {
  test("opens at the fifth failure in a row", async () => {
    const { breaker, states, context } = make();
    for (let failure = 0; failure < 4; failure += 1) await breaker.run(down);
    expect(breaker.state).toBe("closed");
    await breaker.pass(context());
    await breaker.run(down);
    expect(breaker.state).toBe("open");
    expect(states).toEqual(["open"]);
  });

  test("starts to count again after any answer", async () => {
    const { breaker } = make();
    for (let n = 0; n < 20; n += 1) await breaker.run(n % 5 === 4 ? up : down);
    expect(breaker.state).toBe("closed");
  });

  test("learns nothing from an attempt that was cut", async () => {
    const { breaker } = make();
    for (let failure = 0; failure < 4; failure += 1) await breaker.run(down);
    for (let n = 0; n < 20; n += 1) await expect(breaker.run(cut)).rejects.toThrow("cut");
    expect(breaker.state).toBe("closed");
    await breaker.run(down);
    expect(breaker.state).toBe("open");
  });
});

describe("an open breaker", () => {
  test("refuses at once, and says for how long", async () => {
    const { breaker, clock, context } = await makeOpen();
    expect(breaker.isPassable).toBe(false);
    await clock.advance(5_000);
    await expect(breaker.pass(context())).rejects.toMatchObject({
      kind: "UNAVAILABLE",
      fault: "breaker",
      retryable: true,
      details: { retryAfterMs: OPEN_MS - 5_000 },
    });
  });

  test("lets a probe pass after its time, and closes when that is answered", async () => {
    const { breaker, clock, states, context } = await makeOpen();
    await clock.advance(OPEN_MS);
    expect(breaker.state).toBe("halfOpen");
    await breaker.pass(context());
    await breaker.run(up);
    expect(breaker.state).toBe("closed");
    expect(states).toEqual(["open", "halfOpen", "closed"]);
  });

  test("is not kept open by a clock that was set back", async () => {
    const { breaker, clock, context } = await makeOpen();
    clock.setBack(3_600_000);
    await expect(breaker.pass(context())).rejects.toMatchObject({
      details: { retryAfterMs: OPEN_MS },
    });
  });
});

describe("while a probe is running", () => {
  async function makeProbed() {
    const made = await makeOpen();
    await made.clock.advance(OPEN_MS);
    const probing = probe(made.breaker);
    const passed: string[] = [];
    const waiting = ["a", "b"].map((name) =>
      made.breaker.pass(made.context()).then(
        () => passed.push(name),
        (error: { fault: string }) => passed.push(`${name}: ${error.fault}`),
      ),
    );
    await settle();
    expect(made.breaker.isPassable).toBe(false);
    expect(passed).toEqual([]);
    return { ...made, probing, passed, waiting };
  }

  test("others wait, and pass when it is answered", async () => {
    const { breaker, probing, passed, waiting } = await makeProbed();
    probing.end({ down: false });
    await Promise.all(waiting);
    expect(passed).toEqual(["a", "b"]);
    expect(breaker.state).toBe("closed");
  });

  test("others wait, and are refused when it fails", async () => {
    const { breaker, probing, passed, waiting, clock } = await makeProbed();
    probing.end({ down: true });
    await Promise.all(waiting);
    expect(passed).toEqual(["a: breaker", "b: breaker"]);
    await clock.advance(OPEN_MS - 1);
    expect(breaker.state).toBe("open");
  });

  test("the next one probes when it is cut", async () => {
    const { breaker, probing, passed, waiting } = await makeProbed();
    probing.cut();
    await expect(probing.ended).rejects.toThrow("cut");
    await Promise.all(waiting);
    expect(passed).toEqual(["a", "b"]);
    expect(breaker.state).toBe("halfOpen");
    expect(breaker.isPassable).toBe(true);
    const again = probe(breaker);
    expect(breaker.isPassable).toBe(false);
    again.end({ down: false });
    await again.ended;
    expect(breaker.state).toBe("closed");
  });

  test("no call waits past its deadline", async () => {
    const { breaker, clock, context } = await makeProbed();
    const waiting = expect(breaker.pass(context(50))).rejects.toMatchObject({ kind: "CUT" });
    await clock.advance(50);
    await waiting;
  });
});

describe("a doubted breaker", () => {
  test("lets one attempt find out, and closes if it succeeds", async () => {
    const { breaker, states, context } = make();
    breaker.doubt();
    expect([breaker.state, breaker.isPassable]).toEqual(["halfOpen", true]);
    const { end, ended } = probe(breaker);
    expect(breaker.isPassable).toBe(false);
    const waiting = breaker.pass(context());
    end({ down: false });
    await ended;
    await waiting;
    expect(breaker.state).toBe("closed");
    expect(states).toEqual(["halfOpen", "closed"]);
  });

  test("opens at the first failure", async () => {
    const { breaker, clock } = make();
    breaker.doubt();
    await breaker.run(down);
    expect([breaker.state, breaker.isPassable]).toEqual(["open", false]);
    await clock.advance(OPEN_MS);
    expect(breaker.isPassable).toBe(true);
  });

  test("does not change if it was open", async () => {
    const { breaker } = await makeOpen();
    breaker.doubt();
    expect([breaker.state, breaker.isPassable]).toEqual(["open", false]);
  });

  test("is not judged by attempts that began before", async () => {
    const { breaker, states } = make();
    const before = Array.from({ length: 5 }, () => probe(breaker));
    breaker.doubt();
    for (const { end, ended } of before) {
      end({ down: true });
      await ended;
    }
    expect(states).toEqual([]);
    await breaker.run(up);
    expect(breaker.state).toBe("closed");
  });
});
