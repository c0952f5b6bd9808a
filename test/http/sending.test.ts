import { describe, expect, test } from "vitest";
import type { AttemptNote } from "../../src/domain/observation.js";
import { SourceError } from "../../src/errors.js";
import type { AccountLimits, HttpCall } from "../../src/http/client.js";
import { TransportError, type Fault } from "../../src/http/faults.js";
import { makeHttpClient } from "../../src/http/httpClient.js";
import type { HttpResponse } from "../../src/http/message.js";
import { OPEN_MS } from "../../src/http/breaker.js";
import type { ExchangeLimits } from "../../src/http/exchange.js";
import type { Transport } from "../../src/http/transport.js";
import { FakeClock, settle } from "./fakeClock.js";
import { LIMITS, openLikeAVendor, type Moment } from "./harness.js";

type Step = Fault | Partial<HttpResponse> | Promise<HttpResponse>;

const answer = (body: object, more: Partial<HttpResponse> = {}): HttpResponse => ({
  status: 200,
  headers: {},
  body: JSON.stringify(body),
  ...more,
});
const GOOD = answer({ Rows: [] });

/** A client over a transport that takes the steps in turn; the last one is for all further calls. */
function make(
  steps: Step[],
  { random = 0.5, ...limits }: Partial<AccountLimits> & { random?: number } = {},
) {
  const clock = new FakeClock();
  const begin = clock.now();
  const sentAt: number[] = [];
  const exchanges: ExchangeLimits[] = [];
  const moments: Moment[] = [];
  const notes: AttemptNote[] = [];
  const waits: number[] = [];
  const transport: Transport = {
    async send(_, exchange) {
      const step = steps[Math.min(sentAt.length, steps.length - 1)] as Step;
      sentAt.push(clock.now() - begin);
      exchanges.push(exchange);
      if (typeof step === "string") throw new TransportError(step);
      return step instanceof Promise ? step : { ...GOOD, ...step };
    },
    forget: () => undefined,
    close: async () => undefined,
  };
  let nonces = 0;
  const client = makeHttpClient({
    settingsOf: () => ({ ...LIMITS, timeoutMs: 2_000, ...limits }),
    now: clock.now,
    sleep: clock.sleep,
    random: () => random,
    nonce: () => `nonce-${(nonces += 1)}`,
    transport,
    observer: { onAttempt: (note) => notes.push(note), onWait: (ms) => waits.push(ms) },
  });
  const send = (ms = 25_000, changes: Partial<HttpCall<unknown>> = {}): Promise<unknown> => {
    const call: HttpCall<unknown> = {
      account: "ops",
      action: "List",
      rate: 20,
      request: (moment) => {
        moments.push(moment);
        return { method: "GET", url: "https://redis.vendor.example/?Action=List", headers: {} };
      },
      open: openLikeAVendor,
      ...changes,
    };
    const context = { signal: new AbortController().signal, deadline: clock.now() + ms };
    const sent = client.send(call, context);
    sent.catch(() => undefined);
    return sent;
  };
  return { clock, client, send, sentAt, exchanges, moments, notes, waits };
}

describe("attempts", () => {
  test("are signed each time, with jitter between them", async () => {
    const { clock, send, sentAt, moments, notes } = make(["reset", "timeout", GOOD]);
    const sent = send();
    await clock.advance(1_000);
    expect(await sent).toEqual({ Rows: [] });
    expect(sentAt).toEqual([0, 50, 150]);
    expect(moments.map(({ nonce }) => nonce)).toEqual(["nonce-1", "nonce-2", "nonce-3"]);
    expect(moments.map(({ now }) => now - moments[0]!.now)).toEqual([0, 50, 150]);
    expect(notes.map(({ attempt, outcome, fault }) => [attempt, outcome, fault])).toEqual([
      [1, "UNAVAILABLE", "reset"],
      [2, "TIMEOUT", "timeout"],
      [3, "OK", null],
    ]);
  });

  test("have the account's limits, and no more time than the call", async () => {
    const { send, exchanges } = make([GOOD], { timeoutMs: 10_000, concurrency: 4 });
    await send(25_000);
    await send(3_000);
    const common = { account: "ops", connections: 4, maxResponseBytes: LIMITS.maxResponseBytes };
    expect(exchanges).toEqual([
      { ...common, timeoutMs: 10_000, onTimeout: "timeout" },
      { ...common, timeoutMs: 2_850, onTimeout: "cut" },
    ]);
  });

  test.each([
    { what: "ends a little before the deadline", leftMs: 8_000, timeoutMs: 7_600, end: "timeout" },
    {
      what: "is the vendor's after half of its timeout",
      leftMs: 5_300,
      timeoutMs: 5_035,
      end: "timeout",
    },
    { what: "is the caller's before", leftMs: 5_000, timeoutMs: 4_750, end: "cut" },
  ])("wait for a time that $what", async ({ leftMs, timeoutMs, end }) => {
    const { send, exchanges } = make([GOOD], { timeoutMs: 10_000 });
    await send(leftMs);
    expect(exchanges).toMatchObject([{ timeoutMs, onTimeout: end }]);
  });

  test("are not repeated after a timeout if too little time is left to find out more", async () => {
    const enough = make(["timeout"], { timeoutMs: 10_000 });
    const sent = expect(enough.send(5_600)).rejects.toMatchObject({ kind: "TIMEOUT" });
    await enough.clock.advance(1_000);
    await sent;
    expect(enough.sentAt).toEqual([0, 50, 150]);
    const short = make(["timeout"], { timeoutMs: 10_000 });
    await expect(short.send(5_200)).rejects.toMatchObject({ kind: "TIMEOUT" });
    expect(short.sentAt).toEqual([0]);
    // Other failures pass sooner.
    const down = make(["reset", GOOD], { timeoutMs: 10_000 });
    const soon = down.send(1_000);
    await down.clock.advance(1_000);
    expect(await soon).toEqual({ Rows: [] });
  });

  test("that were cut report the vendor's failure before them, unless the caller left", async () => {
    const { clock, client, send } = make(["reset", "cut"]);
    const sent = expect(send()).rejects.toMatchObject({ kind: "UNAVAILABLE", fault: "reset" });
    await clock.advance(1_000);
    await sent;
    expect(client.health("ops")).toMatchObject({ isFailing: true, lastFailure: "UNAVAILABLE" });
  });

  test("end with one that was cut", async () => {
    const { send, sentAt } = make(["cut"]);
    await expect(send()).rejects.toMatchObject({ kind: "CUT" });
    expect(sentAt).toHaveLength(1);
  });

  test("are not made for a call whose deadline has passed", async () => {
    const { send, sentAt } = make([GOOD]);
    await expect(send(0)).rejects.toMatchObject({ kind: "CUT" });
    expect(sentAt).toEqual([]);
  });

  test("stop when the caller leaves between them", async () => {
    const { clock, client, sentAt } = make(["reset"]);
    const controller = new AbortController();
    const call: HttpCall<unknown> = {
      account: "ops",
      action: "List",
      rate: 20,
      request: () => ({ method: "GET", url: "https://redis.vendor.example/", headers: {} }),
      open: openLikeAVendor,
    };
    const sent = client.send(call, { signal: controller.signal, deadline: clock.now() + 9_000 });
    const failed = expect(sent).rejects.toMatchObject({ kind: "CUT" });
    await settle();
    controller.abort();
    await failed;
    await clock.advance(9_000);
    expect(sentAt).toHaveLength(1);
  });

  test("run out with the account's budget, and successes refill it", async () => {
    const busy = answer({ Code: "Busy" });
    // A hundred retries, one call without, five successes, and the one retry that they earn.
    const steps = [...Array<Step>(201).fill(busy), ...Array<Step>(5).fill(GOOD), busy];
    const { clock, send, sentAt } = make(steps, { retries: 1 });
    const attemptsOfNext = async (): Promise<number> => {
      const before = sentAt.length;
      void send(1_000);
      await clock.advance(1_000);
      return sentAt.length - before;
    };
    for (let call = 0; call < 100; call += 1) expect(await attemptsOfNext()).toBe(2);
    expect(await attemptsOfNext()).toBe(1);
    for (let call = 0; call < 5; call += 1) expect(await attemptsOfNext()).toBe(1);
    expect(await attemptsOfNext()).toBe(2);
    expect(await attemptsOfNext()).toBe(1);
  });
});

describe("throttling", () => {
  const slow = answer({ Code: "SlowDown" });

  test("waits as long as the vendor demands, and informs the quota", async () => {
    const { clock, client, send, sentAt } = make([
      { ...slow, headers: { "retry-after": "4" } },
      GOOD,
    ]);
    const sent = send();
    await clock.advance(3_999);
    expect(sentAt).toEqual([0]);
    expect(client.health("ops").callsLeft).toBe(0);
    await clock.advance(1);
    expect(await sent).toEqual({ Rows: [] });
    expect(sentAt).toEqual([0, 4_000]);
  });

  test("halves the rate for all calls of the action", async () => {
    const { clock, client, send } = make([slow, GOOD], { rate: 20 });
    const sent = send();
    await clock.advance(1_000);
    await sent;
    expect(client.health("ops").callsLeft).toBeLessThanOrEqual(10);
  });

  test("keeps a call's own rate unless the settings have one", async () => {
    const own = make([GOOD], { rate: null });
    await own.send(25_000, { rate: 7 });
    expect(own.client.health("ops").callsLeft).toBe(6);
    const set = make([GOOD], { rate: 3 });
    await set.send(25_000, { rate: 7 });
    expect(set.client.health("ops").callsLeft).toBe(2);
  });

  test("by our own quota is reported with the wait, without a call", async () => {
    const { clock, send, sentAt, waits } = make([GOOD], { rate: 1 });
    await send();
    const late = send(900);
    await expect(late).rejects.toMatchObject({
      kind: "THROTTLED",
      details: { retryAfterMs: 1_000 },
    });
    const patient = send(5_000);
    await clock.advance(1_000);
    await patient;
    expect(sentAt).toEqual([0, 1_000]);
    expect(waits).toEqual([1_000]);
  });
});

describe("a refused timestamp", () => {
  const wrong = (date?: number): HttpResponse =>
    answer(
      { Code: "WrongTime" },
      { headers: date === undefined ? {} : { date: new Date(date).toUTCString() } },
    );
  const BEGIN = new FakeClock().now();
  const AHEAD = 600_000;

  test("is corrected from the answer's date at once, and for all later calls", async () => {
    const { send, sentAt, moments } = make([wrong(BEGIN + AHEAD), GOOD]);
    await send();
    await send();
    expect(sentAt).toEqual([0, 0, 0]);
    expect(moments.map(({ now }) => now - BEGIN)).toEqual([0, AHEAD, AHEAD]);
    expect(new Set(moments.map(({ nonce }) => nonce)).size).toBe(3);
  });

  test("is corrected once in a call", async () => {
    const { send, sentAt } = make([wrong(BEGIN + AHEAD), wrong(BEGIN + 2 * AHEAD)]);
    await expect(send()).rejects.toMatchObject({ kind: "UNAUTHENTICATED" });
    expect(sentAt).toHaveLength(2);
  });

  test.each([
    ["without a date", undefined],
    ["with a date that agrees with ours", BEGIN],
  ])("%s is the end", async (_, date) => {
    const { send, sentAt } = make([wrong(date)]);
    await expect(send()).rejects.toMatchObject({ kind: "UNAUTHENTICATED" });
    expect(sentAt).toHaveLength(1);
  });

  test("without retries helps the next call", async () => {
    const { send, moments } = make([wrong(BEGIN + AHEAD), GOOD], { retries: 0 });
    await expect(send()).rejects.toMatchObject({ kind: "UNAUTHENTICATED" });
    await send();
    expect(moments.map(({ now }) => now - BEGIN)).toEqual([0, AHEAD]);
  });
});

describe("the breaker", () => {
  test("opens on failures of the host, refuses without a call, and lets one probe in", async () => {
    const steps: Step[] = ["reset", "reset", "reset", "reset", "reset", GOOD];
    const { clock, client, send, sentAt } = make(steps, { retries: 0 });
    for (let n = 0; n < 5; n += 1) await expect(send()).rejects.toThrow(SourceError);
    await expect(send()).rejects.toMatchObject({
      kind: "UNAVAILABLE",
      details: { retryAfterMs: OPEN_MS },
    });
    expect(sentAt).toHaveLength(5);
    expect(client.health("ops")).toMatchObject({ breaker: "open", lastFailure: "UNAVAILABLE" });
    await clock.advance(OPEN_MS);
    expect(client.health("ops").breaker).toBe("halfOpen");
    expect(await send()).toEqual({ Rows: [] });
    expect(client.health("ops").breaker).toBe("closed");
  });

  test("lets those who wait for a probe through when it is answered", async () => {
    let end = (_: HttpResponse): void => undefined;
    const probed = new Promise<HttpResponse>((resolve) => (end = resolve));
    const failures = Array.from({ length: 5 }, (): Step => "reset");
    const { clock, send, sentAt } = make([...failures, probed, GOOD], { retries: 0 });
    for (let n = 0; n < 5; n += 1) await expect(send()).rejects.toThrow(SourceError);
    await clock.advance(OPEN_MS);
    const sent = Array.from({ length: 20 }, () => send());
    await settle();
    expect(sentAt).toHaveLength(6);
    end(GOOD);
    expect(await Promise.all(sent)).toHaveLength(20);
    expect(sentAt).toHaveLength(25);
  });

  test.each<{ step: Step; fault: string }>([
    { step: "reset", fault: "breaker" },
    // That the vendor does not answer says more than that it is not called.
    { step: "timeout", fault: "timeout" },
  ])("ends the retries of a call that finds it open: $step", async ({ step, fault }) => {
    const { clock, send, sentAt } = make([step], { retries: 9 });
    const sent = expect(send()).rejects.toMatchObject({ fault });
    await clock.advance(5_000);
    await sent;
    expect(sentAt).toHaveLength(5);
  });

  test("learns nothing from attempts that were cut", async () => {
    const steps: Step[] = ["reset", "reset", "reset", "reset", "cut", "cut", "reset"];
    const { client, send } = make(steps, { retries: 0 });
    for (let n = 0; n < 6; n += 1) await expect(send()).rejects.toThrow(SourceError);
    expect(client.health("ops").breaker).toBe("closed");
    await expect(send()).rejects.toThrow(SourceError);
    expect(client.health("ops").breaker).toBe("open");
  });

  test.each<[string, Step]>([
    ["refusals", answer({ Code: "NotYours" }, { status: 403 })],
    ["throttling", answer({ Code: "SlowDown" }, { status: 400 })],
    ["unreadable answers", answer([], { status: 200 })],
    ["the vendor's own trouble inside 200", answer({ Code: "Busy" })],
    ["cut attempts", "cut"],
  ])("is not opened by %s", async (_, step) => {
    const { clock, client, send } = make([step], { retries: 0 });
    for (let n = 0; n < 10; n += 1) {
      await expect(send()).rejects.toThrow(SourceError);
      await clock.advance(5_000);
    }
    expect(client.health("ops").breaker).toBe("closed");
  });
});

describe("a failure that is not the vendor's", () => {
  test("a request that cannot be built is reported without its reason", async () => {
    const { send, sentAt } = make([GOOD]);
    const request = (): never => {
      throw new Error("canary");
    };
    await expect(send(25_000, { request })).rejects.toMatchObject({
      kind: "UNAVAILABLE",
      retryable: false,
      message: expect.not.stringContaining("canary"),
    });
    expect(sentAt).toEqual([]);
  });

  test("an observer is not called for a wait of 0", async () => {
    const { send, waits } = make([GOOD]);
    await send();
    expect(waits).toEqual([]);
  });
});
