import { setMaxListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { CallLog, type Operation } from "../../src/listing/operation.js";
import {
  readShared,
  sharedEntry,
  type SharedCache,
  type SharedEntry,
} from "../../src/index/replicas.js";
import { FakeClock, settle } from "../http/fakeClock.js";
import { FakeShared } from "./fakeShared.js";

const entryIn = (cache: SharedCache): SharedEntry<string> => ({
  cache,
  name: "list",
  find: () => cache.get("list"),
  put: (value) => cache.set("list", value, 1_000),
});

function make() {
  const shared = new FakeShared();
  const clock = new FakeClock();
  const pause = (ms: number, signal: AbortSignal) => clock.sleep(ms, signal);
  const operationFor = (ms = 20_000): Operation & { abort(): void } => {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    return {
      signal: controller.signal,
      deadline: clock.now() + ms,
      calls: new CallLog(),
      budget: { left: 1 },
      abort: () => controller.abort(),
    };
  };
  /** A replica's reading, which ends when the test says so. */
  const reading = (replica: string, operation = operationFor()) => {
    let reads = 0;
    let end = { resolve: (_: string): void => undefined, reject: (_: Error): void => undefined };
    const read = (): Promise<string> => {
      reads += 1;
      return new Promise((resolve, reject) => (end = { resolve, reject }));
    };
    const context = { operation, now: clock.now, ttlMs: 30_000 };
    const result = readShared(entryIn(shared.of(replica, pause)), context, read);
    result.catch(() => undefined);
    return {
      result,
      reads: () => reads,
      gives: (value: string) => end.resolve(value),
      fails: (error: Error) => end.reject(error),
    };
  };
  return { shared, clock, operationFor, reading };
}

describe("a list that replicas share", () => {
  test("is used as it is if another replica has read it", async () => {
    const { shared, reading } = make();
    shared.texts.set("list", "old");
    const one = reading("a");
    expect(await one.result).toBe("old");
    expect([one.reads(), shared.claimed]).toEqual([0, 0]);
  });

  test("is read by one replica while the others wait", async () => {
    const { shared, clock, reading } = make();
    const readings = ["a", "b", "c"].map((replica) => reading(replica));
    await settle();
    expect(readings.map(({ reads }) => reads())).toEqual([1, 0, 0]);
    await clock.advance(3_000);
    expect(readings.map(({ reads }) => reads())).toEqual([1, 0, 0]);
    readings[0]?.gives("new");
    await clock.advance(250);
    expect(await Promise.all(readings.map(({ result }) => result))).toEqual(["new", "new", "new"]);
    expect(readings.map(({ reads }) => reads())).toEqual([1, 0, 0]);
    await settle();
    expect(shared.claimed).toBe(0);
  });

  test("is read by the next replica if the first one fails, and the failure is not shared", async () => {
    const { shared, clock, reading } = make();
    const [first, second] = [reading("a"), reading("b")];
    await settle();
    first.fails(new SourceError("TIMEOUT", "Too slow."));
    await expect(first.result).rejects.toThrow("Too slow.");
    expect(shared.texts.size).toBe(0);
    await clock.advance(250);
    expect(second.reads()).toBe(1);
    second.gives("new");
    expect(await second.result).toBe("new");
  });

  test("that the vendor refuses is requested once per ttl by all replicas", async () => {
    const { clock, reading } = make();
    const [first, second] = [reading("a"), reading("b")];
    await settle();
    first.fails(new SourceError("FORBIDDEN", "Not allowed.", { code: "403" }));
    await clock.advance(250);
    const refused = { kind: "FORBIDDEN", message: "Not allowed.", details: { code: "403" } };
    await expect(first.result).rejects.toMatchObject(refused);
    await expect(second.result).rejects.toMatchObject(refused);
    await clock.advance(29_000);
    const third = reading("c");
    await expect(third.result).rejects.toMatchObject(refused);
    expect([first.reads(), second.reads(), third.reads()]).toEqual([1, 0, 0]);
    await clock.advance(1_000);
    const later = reading("c");
    await settle();
    expect(later.reads()).toBe(1);
    later.gives("new");
    expect(await later.result).toBe("new");
  });

  test.each(["nonsense", "{}", '{"kind":"TIMEOUT","message":"m","at":1}', '{"kind":"FORBIDDEN"}'])(
    "is read although the shared server holds %s in place of a refusal",
    async (text) => {
      const { shared, reading } = make();
      shared.texts.set("list refused", text);
      const one = reading("a");
      await settle();
      expect(one.reads()).toBe(1);
      one.gives("new");
      expect(await one.result).toBe("new");
    },
  );

  test("is looked up again by the replica that gets the claim, because the previous holder may have written", async () => {
    const { shared, clock, operationFor } = make();
    const cache = shared.of("b", clock.sleep);
    const claim = (name: string): Promise<boolean> => {
      shared.texts.set("list", "new");
      return cache.claim(name);
    };
    const context = { operation: operationFor(), now: clock.now, ttlMs: 30_000 };
    const read = () => Promise.reject(new Error("Nobody needs this."));
    expect(await readShared(entryIn({ ...cache, claim }), context, read)).toBe("new");
    expect(shared.claimed).toBe(0);
  });

  test("is read without a claim after half of the time left to the operation", async () => {
    const { clock, reading, operationFor } = make();
    const first = reading("a");
    const second = reading("b", operationFor(4_000));
    await clock.advance(1_900);
    expect(second.reads()).toBe(0);
    await clock.advance(400);
    expect(second.reads()).toBe(1);
    second.gives("own");
    expect(await second.result).toBe("own");
    first.gives("late");
    expect(await first.result).toBe("late");
  });

  test("is waited for thirty seconds at most", async () => {
    const { clock, reading, operationFor } = make();
    reading("a");
    const second = reading("b", operationFor(600_000));
    await clock.advance(29_000);
    expect(second.reads()).toBe(0);
    await clock.advance(1_500);
    expect(second.reads()).toBe(1);
  });

  test("is not waited for once the operation has ended", async () => {
    const { clock, reading, operationFor } = make();
    reading("a");
    const operation = operationFor();
    const second = reading("b", operation);
    await clock.advance(1_000);
    operation.abort();
    await expect(second.result).rejects.toMatchObject({ kind: "CUT" });
    expect(second.reads()).toBe(0);
  });
});

test("what a replica read whose clock is ahead counts as read now, and by more than a second as nothing", async () => {
  const { shared, clock } = make();
  const cache = shared.of("a", async () => undefined);
  const value = {
    cache,
    name: "list",
    keptMs: () => 60_000,
    encode: (text: string) => text,
    decode: (text: unknown) => String(text),
  };
  const entry = sharedEntry(value, 0, clock.now);
  const found = [];
  for (const aheadMs of [0, 1_000, 1_001]) {
    await entry.put({ value: "a", asOf: clock.now() + aheadMs, stale: null });
    found.push((await entry.find())?.asOf ?? null);
  }
  expect(found).toEqual([clock.now(), clock.now(), null]);
});
