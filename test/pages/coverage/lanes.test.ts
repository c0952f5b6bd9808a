import { expect, test } from "vitest";
import { inLanes } from "../../../src/pages/coverage/lanes.js";

test("work is done once for each item, so many at a time", async () => {
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const work = (item: number): Promise<void> => {
    begun.push(item);
    return new Promise((resolve) => ends.push(resolve));
  };
  const all = inLanes([1, 2, 3, 4, 5], 2, work);
  const seen: number[] = [];
  for (let ended = 0; ended < 5; ended += 1) {
    seen.push(begun.length);
    ends[ended]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all;
  expect(begun).toEqual([1, 2, 3, 4, 5]);
  expect(seen).toEqual([2, 3, 4, 5, 5]);
});

test("the first failure ends it all", async () => {
  const work = async (item: number): Promise<void> => {
    if (item === 2) throw new Error("no");
  };
  await expect(inLanes([1, 2, 3], 1, work)).rejects.toThrow("no");
});
