import { describe, expect, test } from "vitest";
import type { Principal } from "../../../src/domain/principal.js";
import type { CoverageSight } from "../../../src/server/observe/coverageSight.js";
import { CoverageWatch } from "../../../src/server/observe/coverageWatch.js";
import { fakeReads } from "../../graphql/fakeReads.js";

const MINUTE = 60_000;

interface Opened {
  readonly principal: Principal;
  readonly signal: AbortSignal;
  readonly deadlineAt: number;
  readonly mayAsk: boolean;
}

/** A watch over reads from memory, with a clock that is moved by hand. */
function watch({ costs = 0, hold }: { costs?: number; hold?: Promise<void> } = {}) {
  const seen = {
    now: 0,
    opened: [] as Opened[],
    remembering: [] as number[],
    looks: [] as CoverageSight[],
    failures: [] as unknown[],
    fails: false,
  };
  const closing = new AbortController();
  const { reads } = fakeReads();
  const watch = new CoverageWatch({
    open: (principal, bounds) => {
      if (bounds.mayAsk) seen.opened.push({ principal, ...bounds });
      else seen.remembering.push(bounds.deadlineAt);
      if (seen.fails) throw new Error("no");
      return {
        ...reads,
        coverage: async (...args) => {
          await hold;
          seen.now += costs;
          return reads.coverage(...args);
        },
        latestBackup: () => Promise.resolve(null),
      };
    },
    now: () => seen.now,
    deadlineMs: 25_000,
    patienceMs: 1,
    closing: closing.signal,
    onLook: (sight) => seen.looks.push(sight),
    onFailure: (error) => seen.failures.push(error),
  });
  return { watch, seen, closing };
}

describe("the watch over coverage", () => {
  test("reads nothing before somebody scrapes, and then once for all who do", async () => {
    const { watch: watched, seen } = watch();
    expect(seen.opened).toEqual([]);
    const sights = await Promise.all([watched.latest(), watched.latest(), watched.latest()]);
    expect(seen.opened).toHaveLength(1);
    expect(sights.every((sight) => sight !== null && sight === seen.looks[0])).toBe(true);
  });

  test("reads in its own name and time, and then a moment from memory", async () => {
    const { watch: watched, seen } = watch();
    await watched.latest();
    expect(seen.opened).toMatchObject([
      { principal: { name: "metrics", accounts: null, scopes: new Set() }, deadlineAt: 25_000 },
    ]);
    expect(seen.remembering).toEqual([1_000]);
  });

  test("looks again after five minutes, and shows what it knows until then", async () => {
    const { watch: watched, seen } = watch();
    const first = await watched.latest();
    seen.now = 5 * MINUTE - 1;
    expect(await watched.latest()).toBe(first);
    seen.now = 5 * MINUTE;
    await watched.latest();
    expect(seen.opened).toHaveLength(2);
  });

  test("reads for at most a twentieth of the time", async () => {
    // Two providers, of which each takes half a minute.
    const { watch: watched, seen } = watch({ costs: 30_000 });
    await watched.latest();
    seen.now = 20 * MINUTE - 1;
    await watched.latest();
    expect(seen.opened).toHaveLength(1);
    seen.now = 20 * MINUTE;
    await watched.latest();
    expect(seen.opened).toHaveLength(2);
  });

  test("does not keep a scrape waiting for long", async () => {
    let release = (): void => undefined;
    const hold = new Promise<void>((resolve) => (release = resolve));
    const { watch: watched, seen } = watch({ hold });
    expect(await watched.latest()).toBeNull();
    expect(await watched.latest()).toBeNull();
    expect(seen.opened).toHaveLength(1);
    release();
    // The look needs some turns of the loop more; each scrape gives it one.
    let sight = await watched.latest();
    while (sight === null) sight = await watched.latest();
    expect(seen.looks).toEqual([sight]);
  });

  test("keeps what it knew where a look fails, and tells of it", async () => {
    const { watch: watched, seen } = watch();
    const first = await watched.latest();
    seen.fails = true;
    seen.now = 5 * MINUTE;
    expect(await watched.latest()).toBe(first);
    expect(seen.failures).toMatchObject([{ message: "no" }]);
    expect(await watched.latest()).toBe(first);
    expect(seen.opened).toHaveLength(2);
  });

  test("ends what is under way when the gateway closes, and begins nothing more", async () => {
    const { watch: watched, seen, closing } = watch({ hold: new Promise(() => undefined) });
    await watched.latest();
    closing.abort();
    expect(seen.opened[0]?.signal.aborted).toBe(true);
    const { watch: closed, seen: nothing, closing: closedBefore } = watch();
    closedBefore.abort();
    expect(await closed.latest()).toBeNull();
    expect(nothing.opened).toEqual([]);
  });
});
