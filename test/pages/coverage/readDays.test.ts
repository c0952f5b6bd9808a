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

const periodOf = ({ since, until }: Readonly<Record<string, unknown>>): [number, number] => [
  Date.parse(String(since)),
  Date.parse(String(until)),
];

const lengthOf = (variables: Readonly<Record<string, unknown>>): number => {
  const [since, until] = periodOf(variables);
  return (until - since) / 86_400_000;
};

const dateOf = (day: number): string => new Date(day).toISOString().slice(0, 10);

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

  test("are asked for again while limits cut them short and more are counted", async () => {
    const counts = [0, 0, 8, 8, 9, 10];
    const { ask, asked } = fakeAsk((_, at) =>
      answer([bucket("2026-06-01", "SUCCEEDED", counts[at - 1] ?? 0)], at < 6 ? ["CUT"] : []),
    );
    const steps = await collect(readDays(ask, question));
    expect(asked).toHaveLength(6);
    expect(steps.map(({ isReading }) => isReading)).toEqual([...Array(5).fill(true), false]);
    expect(steps.map(({ isComplete }) => isComplete)).toEqual([...Array(5).fill(false), true]);
  });

  test("are counted in shorter periods if no more are counted", async () => {
    const { ask, asked } = fakeAsk(({ variables }) => {
      const [since] = periodOf(variables);
      const isLong = lengthOf(variables) > 16;
      return answer([bucket(dateOf(since), "SUCCEEDED", 5)], isLong ? ["CUT"] : []);
    });
    const steps = await collect(readDays(ask, question));
    expect(asked.map(({ variables }) => lengthOf(variables))).toEqual([31, 31, 31, 31, 16, 15]);
    expect(steps.at(-1)).toMatchObject({ isComplete: true, isReading: false, isCut: false });
  });

  test("are counted in shorter periods, newest first, if a list has too many", async () => {
    const most = 8;
    const { ask, asked } = fakeAsk(({ variables }) => {
      const [since, until] = periodOf(variables);
      const days = DAYS.filter((day) => day >= since && day < until);
      if (days.length > most) return answer([], ["SCAN_LIMIT"]);
      return answer(days.map((day) => bucket(dateOf(day), "SUCCEEDED", 100)));
    });
    const steps = await collect(readDays(ask, question));
    expect(asked.map(({ variables }) => lengthOf(variables))).toEqual([31, 16, 8, 8, 15, 7, 8]);
    expect(steps.map(({ isReading }) => isReading)).toEqual([true, true, true, false]);
    expect(steps.map(({ isComplete }) => isComplete)).toEqual([false, false, false, true]);
    expect(steps.at(-1)?.isCut).toBe(false);
    expect(steps.at(-1)?.days).toEqual(DAYS.map(() => ({ SUCCEEDED: figure(100) })));
    expect(steps[0]?.days.map((day) => Object.keys(day).length)).toEqual([
      ...Array<number>(23).fill(0),
      ...Array<number>(7).fill(1),
    ]);
  });

  test.each([
    ["SCAN_LIMIT", 1],
    ["CUT", 4],
  ])("are not counted day by day if one day alone is too long (%s)", async (code, times) => {
    const { ask, asked } = fakeAsk(({ variables }) => {
      const [since] = periodOf(variables);
      return answer([bucket(dateOf(since), "SUCCEEDED", 5)], [code]);
    });
    const steps = await collect(readDays(ask, question));
    const periods = asked.map(({ variables }) => lengthOf(variables));
    expect(periods.slice(0, 4 * times)).toEqual(
      [31, 16, 8, 4].flatMap((days) => Array(times).fill(days)),
    );
    expect(periods.length).toBeLessThanOrEqual(28);
    expect(steps.at(-1)).toMatchObject({ isComplete: false, isReading: false, isCut: true });
  });

  test("are cut only if nothing else is missing", async () => {
    const { ask } = fakeAsk(() => answer([], ["SCAN_LIMIT", "FORBIDDEN"]));
    const steps = await collect(readDays(ask, question));
    expect(steps.at(-1)).toMatchObject({ isComplete: false, isReading: false, isCut: false });
  });

  test("of a provider that fails are not asked for again", async () => {
    const { ask, asked } = fakeAsk(() => answer([], ["UNAVAILABLE", "STALE"]));
    const [daily] = await collect(readDays(ask, question));
    expect(asked).toHaveLength(1);
    expect(daily).toMatchObject({ isComplete: false, isReading: false, isCut: false });
  });
});
