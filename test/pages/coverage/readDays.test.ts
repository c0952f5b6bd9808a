import { describe, expect, test } from "vitest";
import { lastDays } from "../../../src/pages/coverage/days.js";
import { readDays } from "../../../src/pages/coverage/readDays.js";
import { collect, fakeAsk, NEVER } from "./fixtures.js";

const DAYS = lastDays(Date.parse("2026-06-15T10:00:00Z"));

const bucket = (day: string, status: string, count: number) => ({
  keys: [
    { dimension: "DAY", value: day },
    { dimension: "STATUS", value: status },
  ],
  count,
  sizeBytes: count * 10,
  sizedCount: count,
});

const answer = (buckets: readonly object[], codes: readonly string[] = []) => ({
  backupStats: {
    complete: codes.length === 0,
    issues: codes.map((code) => ({
      provider: { key: "ops/redis" },
      region: null,
      code,
      message: "because",
    })),
    buckets,
  },
});

const question = { provider: "ops/redis", days: DAYS, signal: NEVER };

const figure = (count: number) => ({ count, sizeBytes: count * 10, sizedCount: count });

describe("the backups of one provider in the last days", () => {
  test("are one request, from the first midnight on", async () => {
    const { ask, asked } = fakeAsk(() =>
      answer([bucket("2026-06-14", "FAILED", 1), bucket("2026-06-14", "SUCCEEDED", 5)]),
    );
    const [daily, ...more] = await collect(readDays(ask, question));
    expect(more).toEqual([]);
    expect(asked).toEqual([
      {
        operation: "BackupsByDay",
        variables: {
          since: "2026-05-17T00:00:00.000Z",
          until: "2026-06-17T00:00:00.000Z",
          providers: ["ops/redis"],
        },
      },
    ]);
    expect(daily?.days).toHaveLength(30);
    expect(daily?.days[28]).toEqual({ FAILED: figure(1), SUCCEEDED: figure(5) });
    expect(daily).toMatchObject({ isComplete: true, isReading: false });
  });

  test("of a clock that is ahead belong to today, and an unknown day to none", async () => {
    const { ask } = fakeAsk(() =>
      answer([
        bucket("2026-06-15", "SUCCEEDED", 2),
        bucket("2026-06-16", "SUCCEEDED", 3),
        bucket("day", "SUCCEEDED", 4),
      ]),
    );
    const [daily] = await collect(readDays(ask, question));
    expect(daily?.days.at(-1)).toEqual({ SUCCEEDED: figure(5) });
    expect(daily?.days.slice(0, -1).every((day) => Object.keys(day).length === 0)).toBe(true);
  });

  test("are asked for again while limits cut them short, until no more are counted", async () => {
    const counts = [0, 0, 8, 8, 9, 9, 9, 9, 9];
    const { ask, asked } = fakeAsk((_, at) =>
      answer([bucket("2026-06-01", "SUCCEEDED", counts[at - 1] ?? 0)], ["CUT"]),
    );
    const steps = await collect(readDays(ask, question));
    expect(asked).toHaveLength(8);
    expect(steps.map(({ isReading }) => isReading)).toEqual([...Array(7).fill(true), false]);
    expect(steps.some(({ isComplete }) => isComplete)).toBe(false);
  });

  test("of a provider that fails are not asked for again", async () => {
    const { ask, asked } = fakeAsk(() => answer([], ["UNAVAILABLE", "STALE"]));
    const [daily] = await collect(readDays(ask, question));
    expect(asked).toHaveLength(1);
    expect(daily).toMatchObject({ isComplete: false, isReading: false });
  });
});
