import { setMaxListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SourceIssueCode } from "../../src/domain/words.js";
import { SourceError } from "../../src/errors.js";
import { CachedValue, type Dated } from "../../src/index/readThrough.js";
import { CallLog, type Operation } from "../../src/listing/operation.js";
import { settle } from "../http/fakeClock.js";

const SETTINGS = { ttlMs: 1_000, staleIfErrorMs: 5_000, scanRows: 1, cacheRows: 1 };

interface Reading {
  readonly operation: Operation;
  readonly begunAt: number;
  gives(value: string): Promise<void>;
  fails(error: Error | SourceIssueCode): Promise<void>;
}

/** A list whose readings end when the test says so. */
function makeList(settings: Partial<typeof SETTINGS> = {}) {
  const clock = { now: 100_000 };
  const now = (): number => clock.now;
  const readings: Reading[] = [];
  const list = new CachedValue<string>(
    (operation, { now: asOf }) =>
      new Promise((resolve, reject) => {
        readings.push({
          operation,
          begunAt: asOf,
          gives(value) {
            resolve({ value, asOf });
            return settle();
          },
          fails(error) {
            reject(typeof error === "string" ? new SourceError(error, "Failed.") : error);
            return settle();
          },
        });
      }),
    { settings: { ...SETTINGS, ...settings }, now, pendingReads: { sharedAt: -Infinity } },
  );
  const open = (): Operation & { abort(): void } => {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const abort = () => controller.abort();
    const calls = new CallLog();
    return { signal: controller.signal, deadline: Infinity, calls, budget: { left: 1 }, abort };
  };
  const read = (operation = open(), notBefore = clock.now - SETTINGS.ttlMs) => {
    const result = list.read({ notBefore }, operation);
    result.catch(() => undefined);
    return result;
  };
  /** Reads the list in one step: the vendor answers at once. */
  const readNow = async (answer: string | Error): Promise<Dated<string> | SourceError> => {
    const before = readings.length;
    const result = read();
    await settle();
    const reading = readings[before];
    if (answer instanceof Error) await reading?.fails(answer);
    else await reading?.gives(answer);
    return result;
  };
  return { clock, list, readings, open, read, readNow };
}

const failure = (kind: SourceIssueCode) => new SourceError(kind, "Failed.");

describe("a list that is read and kept", () => {
  test("is read once for all operations that ask at the same time", async () => {
    const { readings, read } = makeList();
    const results = [read(), read(), read()];
    await settle();
    expect(readings).toHaveLength(1);
    await readings[0]?.gives("a");
    expect(await Promise.all(results)).toMatchObject([
      { value: "a" },
      { value: "a" },
      { value: "a" },
    ]);
  });

  test("is read again when it is older than the question allows", async () => {
    const { clock, readings, readNow } = makeList();
    await readNow("a");
    clock.now += SETTINGS.ttlMs;
    expect(await readNow("b")).toMatchObject({ value: "a", stale: null });
    clock.now += 1;
    expect(await readNow("b")).toMatchObject({ value: "b", asOf: clock.now });
    expect(readings).toHaveLength(2);
  });

  test("answers its own question only if the clock was set back while it was read", async () => {
    const { clock, readings, read, readNow } = makeList();
    const first = read();
    await settle();
    clock.now -= 1;
    await readings[0]?.gives("a");
    expect(await first).toMatchObject({ value: "a" });
    expect(await readNow("b")).toMatchObject({ value: "b", asOf: clock.now });
  });

  test("is read again by an operation that needs newer data than a reading under way brings", async () => {
    const { clock, readings, read } = makeList();
    const early = read();
    await settle();
    clock.now += 10;
    const late = read(undefined, clock.now);
    await readings[0]?.gives("a");
    expect(await early).toMatchObject({ value: "a" });
    await readings[1]?.gives("b");
    expect(await late).toMatchObject({ value: "b" });
  });

  test.each([
    { what: "stands in for a failure", waitMs: SETTINGS.staleIfErrorMs, settings: {}, stale: true },
    {
      what: "does not stand in once staleIfError has passed",
      waitMs: SETTINGS.staleIfErrorMs + 1,
      settings: {},
      stale: false,
    },
    {
      what: "does not stand in where nothing is kept",
      waitMs: 2_000,
      settings: { ttlMs: 0 },
      stale: false,
    },
  ])("$what", async ({ waitMs, settings, stale }) => {
    const { clock, readNow } = makeList(settings);
    await readNow("a");
    clock.now += waitMs;
    const error = failure("UNAVAILABLE");
    const answer = await readNow(error);
    if (stale) expect(answer).toMatchObject({ value: "a", stale: error });
    else expect(answer).toBe(error);
  });

  test("does not stand in for what the operation's own limits cut", async () => {
    const { clock, readNow } = makeList();
    await readNow("a");
    clock.now += 2_000;
    const error = failure("CUT");
    expect(await readNow(error)).toBe(error);
  });

  test("is read on for those who wait when one of them leaves, and ended when all have left", async () => {
    const { readings, read, open } = makeList();
    const [one, other] = [open(), open()];
    const results = [read(one), read(other)];
    await settle();
    one.abort();
    expect(await results[0]).toMatchObject({ kind: "CUT" });
    expect(readings[0]?.operation.signal.aborted).toBe(false);
    other.abort();
    expect(await results[1]).toMatchObject({ kind: "CUT" });
    expect(readings[0]?.operation.signal.aborted).toBe(true);
  });

  test("is not asked for by an operation that has ended", async () => {
    const { readings, read, open } = makeList();
    const operation = open();
    operation.abort();
    expect(await read(operation)).toMatchObject({ kind: "CUT" });
    expect(readings).toHaveLength(0);
  });

  test("is read again by an operation whose reading the limits of another one ended", async () => {
    const { readings, read } = makeList();
    const [own, others] = [read(), read()];
    await settle();
    await readings[0]?.fails("CUT");
    expect(await own).toMatchObject({ kind: "CUT" });
    await readings[1]?.gives("a");
    expect(await others).toMatchObject({ value: "a" });
  });

  test("throws what is a bug, and is read again afterwards", async () => {
    const { readNow } = makeList();
    await expect(readNow(new TypeError("A bug."))).rejects.toThrow("A bug.");
    expect(await readNow("a")).toMatchObject({ value: "a" });
  });
});

describe("a list that its vendor refuses", () => {
  test.each(["FORBIDDEN", "NOT_FOUND"] as const)(
    "as %s is asked for once within ttl, and again after it",
    async (kind) => {
      const { clock, readings, read, readNow } = makeList();
      const error = failure(kind);
      await readNow(error);
      clock.now += SETTINGS.ttlMs - 1;
      // A walk that began long ago is refused too, and so is a read of the newest data.
      for (const notBefore of [0, clock.now]) expect(await read(undefined, notBefore)).toBe(error);
      expect(readings).toHaveLength(1);
      clock.now += 1;
      expect(await readNow("a")).toMatchObject({ value: "a" });
      expect(readings).toHaveLength(2);
    },
  );

  test.each(["UNAUTHENTICATED", "THROTTLED", "UNAVAILABLE", "TIMEOUT", "BAD_RESPONSE"] as const)(
    "as %s is asked for again at once",
    async (kind) => {
      const { readNow } = makeList();
      await readNow(failure(kind));
      expect(await readNow("a")).toMatchObject({ value: "a" });
    },
  );

  test("is asked for by every operation where nothing is kept", async () => {
    const { readNow } = makeList({ ttlMs: 0 });
    await readNow(failure("FORBIDDEN"));
    expect(await readNow("a")).toMatchObject({ value: "a" });
  });

  test("is shown as it was before, without another call", async () => {
    const { clock, readings, readNow } = makeList();
    await readNow("a");
    clock.now += 2_000;
    const error = failure("FORBIDDEN");
    for (let i = 0; i < 2; i += 1)
      expect(await readNow(error)).toMatchObject({ value: "a", stale: { kind: "FORBIDDEN" } });
    expect(readings).toHaveLength(2);
  });
});

const KINDS = ["FORBIDDEN", "NOT_FOUND", "UNAVAILABLE", "THROTTLED", "CUT"] as const;

type Step =
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "read"; readonly maxAgeMs: number }
  | { readonly do: "abort"; readonly reader: number }
  | { readonly do: "end"; readonly kind: SourceIssueCode | null };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
    fc.record({ do: fc.constant("read" as const), maxAgeMs: fc.integer({ min: 0, max: 2_000 }) }),
    fc.record({ do: fc.constant("abort" as const), reader: fc.nat(9) }),
    fc.record({
      do: fc.constant("end" as const),
      kind: fc.oneof(fc.constant(null), fc.constantFrom(...KINDS)),
    }),
  ),
  { maxLength: 40 },
);

test("however readers, failures and refusals meet, no answer is older than allowed and no call is wasted", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { clock, readings, open, read } = makeList();
      let ended = 0;
      let refusedAt = Number.NEGATIVE_INFINITY;
      let newestAt = Number.NEGATIVE_INFINITY;
      const readers: { operation: ReturnType<typeof open>; answered: boolean }[] = [];
      const checkBegun = (before: number): void => {
        expect(readings.length - ended, "one reading at a time").toBeLessThanOrEqual(1);
        if (readings.length > before)
          expect(clock.now - refusedAt, "a refused list rests").toBeGreaterThanOrEqual(
            SETTINGS.ttlMs,
          );
      };
      const check = (answer: Dated<string> | SourceError, notBefore: number): void => {
        if (answer instanceof SourceError) {
          const isUsable = clock.now - newestAt <= SETTINGS.staleIfErrorMs;
          expect(answer.kind === "CUT" || !isUsable, "old data stands in").toBe(true);
        } else if (answer.stale === null)
          expect(answer.asOf, "fresh enough").toBeGreaterThanOrEqual(notBefore);
        else expect(clock.now - answer.asOf).toBeLessThanOrEqual(SETTINGS.staleIfErrorMs);
      };
      const end = async (kind: SourceIssueCode | null): Promise<void> => {
        const reading = readings[ended];
        if (reading === undefined) return;
        ended += 1;
        const before = readings.length;
        if (kind === null) {
          newestAt = reading.begunAt;
          refusedAt = Number.NEGATIVE_INFINITY;
          await reading.gives(`${ended}`);
        } else {
          if (kind === "FORBIDDEN" || kind === "NOT_FOUND") refusedAt = clock.now;
          await reading.fails(kind);
        }
        checkBegun(before);
      };
      for (const step of script) {
        if (step.do === "wait") clock.now += step.ms;
        else if (step.do === "abort") readers[step.reader % readers.length]?.operation.abort();
        else if (step.do === "end") await end(step.kind);
        else {
          const before = readings.length;
          const reader = { operation: open(), answered: false };
          readers.push(reader);
          const notBefore = clock.now - step.maxAgeMs;
          const isFresh = newestAt >= notBefore;
          void read(reader.operation, notBefore).then((answer) => {
            reader.answered = true;
            check(answer, notBefore);
          });
          await settle();
          checkBegun(before);
          if (isFresh) expect(reader.answered, "kept data needs no call").toBe(true);
        }
        await settle();
      }
      while (readings.length > ended) await end(null);
      expect(readers.every(({ answered }) => answered)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
