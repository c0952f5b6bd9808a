import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import type { Ask, Item } from "../../src/listing/shape.js";
import { ReadingLog } from "../../src/listing/checkpoint.js";

const PAGES = 5;

/** Reads five pages one after the other, and gives how many there were. */
const readAll =
  (name: string) =>
  async (ask: Ask<Item>): Promise<string> => {
    for (let at = 0; at < PAGES; at += 1) await ask({ window: null, size: 1, at: `${name}${at}` });
    return `${name} whole`;
  };

/** The questions of an operation that may make so many calls. */
const operation = (
  calls: number,
  asked: unknown[],
  end: "CUT" | "THROTTLED" = "CUT",
): Ask<Item> => {
  let left = calls;
  return async ({ at }) => {
    if (left === 0) throw new SourceError(end, "No more calls may be made.");
    left -= 1;
    asked.push(at);
    return { rows: [], total: null, next: null };
  };
};

describe("readings that are cut", () => {
  test("both continue if an operation starts two of one source", async () => {
    const log = new ReadingLog<Item>();
    const asked: unknown[] = [];
    const done = new Set<string>();
    for (let now = 0; now < PAGES; now += 1)
      for (const name of ["down", "up"]) {
        const ask = operation(1, asked);
        const read = log.take(ask, { name, now, notBefore: 0 }, readAll(name));
        await read.then((text) => done.add(text)).catch(() => undefined);
      }
    expect([...done]).toEqual(["down whole", "up whole"]);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test("continue if the quota of the account ended them", async () => {
    const log = new ReadingLog<Item>();
    const asked: unknown[] = [];
    const time = { name: "a", now: 1, notBefore: 0 };
    const read = log.take(operation(3, asked, "THROTTLED"), time, readAll("a"));
    await expect(read).rejects.toMatchObject({ kind: "THROTTLED" });
    expect(await log.take(operation(2, asked), time, readAll("a"))).toBe("a whole");
    expect(asked).toEqual(["a0", "a1", "a2", "a3", "a4"]);
  });

  test("count as old as their first call, and start again if that is too old", async () => {
    const log = new ReadingLog<Item>();
    const asked: unknown[] = [];
    const began: number[] = [];
    for (const { now, notBefore } of [
      { now: 1, notBefore: 0 },
      { now: 2, notBefore: 1 },
      { now: 3, notBefore: 2 },
      // The clock is set back.
      { now: 2, notBefore: 1 },
    ]) {
      const read = log.take(operation(1, asked), { name: "a", now, notBefore }, (ask, asOf) => {
        began.push(asOf);
        return readAll("a")(ask);
      });
      await expect(read).rejects.toMatchObject({ kind: "CUT" });
    }
    expect([began, asked]).toEqual([
      [1, 1, 3, 2],
      ["a0", "a1", "a0", "a0"],
    ]);
  });

  test("leave nothing behind if they fail for another reason", async () => {
    const log = new ReadingLog<Item>();
    const asked: unknown[] = [];
    const time = { name: "a", now: 1, notBefore: 0 };
    await expect(log.take(operation(2, asked), time, readAll("a"))).rejects.toThrow();
    const failing = log.take(operation(0, asked), time, async () => {
      throw new SourceError("TIMEOUT", "slow");
    });
    await expect(failing).rejects.toMatchObject({ kind: "TIMEOUT" });
    await log.take(operation(PAGES, asked), time, readAll("a"));
    expect(asked).toEqual(["a0", "a1", "a0", "a1", "a2", "a3", "a4"]);
  });
});
