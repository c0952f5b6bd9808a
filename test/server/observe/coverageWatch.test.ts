import { describe, expect, test } from "vitest";
import type { CoverageReport, CoverageState } from "../../../src/domain/coverage.js";
import type { Instance } from "../../../src/domain/instance.js";
import type { Principal } from "../../../src/domain/principal.js";
import type { Reads } from "../../../src/domain/reads.js";
import {
  type CoverageSnapshot,
  CoverageWatch,
  readCoverage,
  MOST_INSTANCES,
} from "../../../src/server/observe/coverageWatch.js";
import { BACKUPS, INSTANCES, ISSUE, NOW } from "../../graphql/fakeEstate.js";
import { fakeReads } from "../../graphql/fakeReads.js";

const HOUR = 3_600_000;
const [R1, R2, U1] = INSTANCES as [Instance, Instance, Instance];
const goodAt = (hoursAgo: number) => ({ ...BACKUPS[0]!, startedAt: NOW - hoursAgo * HOUR });

type Entry = CoverageReport["entries"][number];
const entry = (
  instance: Instance,
  state: CoverageState,
  hoursAgo: number | null = null,
): Entry => ({
  instance,
  coverage: {
    state,
    reason: "",
    policy: null,
    violations: [],
    lastSuccess: hoursAgo === null ? null : goodAt(hoursAgo),
    checkedAt: NOW,
  },
});

/** Reads whose coverage is made of these entries, and what they were asked in which order. */
function readsOf(
  entries: readonly Entry[],
  given: Partial<Reads> = {},
  unknown: Partial<CoverageReport> = {},
) {
  return fakeReads({
    coverage: (rpoMs, filter) => {
      const own = entries.filter(({ instance }) => filter?.providers?.includes(instance.provider));
      return Promise.resolve({
        rpoMs,
        filter,
        checkedAt: NOW,
        entries: own,
        unknownRegions: 0,
        isWhole: true,
        complete: true,
        issues: [],
        ...(filter?.providers?.includes("uc/uredis") && unknown),
      });
    },
    ...given,
  });
}

/** Reads the coverage; the reads that use only what is cached find all of it. */
const snapshotOf = (reads: Reads) =>
  readCoverage({ calling: reads, cached: () => reads, showsTags: false });

describe("a snapshot of the coverage", () => {
  test("counts the states of every provider, by the policies of instances", async () => {
    const entries = [entry(R1, "PROTECTED", 1), entry(R2, "VIOLATING"), entry(U1, "UNKNOWN")];
    const { reads, asked } = readsOf(entries, { latestBackup: () => Promise.resolve(null) });
    const { providers, checkedAt } = await snapshotOf(reads);
    expect(checkedAt).toBe(NOW);
    expect(providers).toEqual([
      {
        provider: "ali/kvstore",
        counts: { PROTECTED: 1, VIOLATING: 1, UNKNOWN: 0 },
        complete: true,
      },
      { provider: "uc/uredis", counts: { PROTECTED: 0, VIOLATING: 0, UNKNOWN: 1 }, complete: true },
    ]);
    const coverages = asked.filter(([name]) => name === "coverage");
    expect(coverages.map(([, rpoMs]) => rpoMs)).toEqual([null, null]);
  });

  test("counts a region that cannot be listed as unknown, under its provider", async () => {
    const lost = { unknownRegions: 2, complete: false, issues: [ISSUE] };
    const { reads } = readsOf([], {}, lost);
    const { providers } = await snapshotOf(reads);
    expect(providers[1]).toEqual({
      provider: "uc/uredis",
      counts: { PROTECTED: 0, VIOLATING: 0, UNKNOWN: 2 },
      complete: false,
    });
    expect(providers[0]?.counts.UNKNOWN).toBe(0);
  });

  test("reads what is older than the objective only from the cache, and only where it is needed", async () => {
    const entries = [entry(R1, "PROTECTED", 1), entry(R2, "VIOLATING")];
    const { reads: asking, asked } = readsOf(entries);
    const { reads: fromCache, asked: askedOfCache } = fakeReads({
      latestBackup: () => Promise.resolve(goodAt(50)),
    });
    const cached = (): Reads => {
      asked.push(["cached"]);
      return fromCache;
    };
    await readCoverage({ calling: asking, cached, showsTags: false });
    const names = asked.map(([name]) => name);
    expect(names).not.toContain("latestBackup");
    expect(names).not.toContain("backups");
    expect(names).not.toContain("facts");
    expect(names.indexOf("cached")).toBeGreaterThan(names.lastIndexOf("coverage"));
    expect(askedOfCache.filter(([name]) => name === "latestBackup")).toEqual([
      ["latestBackup", R2, "SUCCEEDED"],
      ["latestBackup", R2, "FAILED"],
      ["latestBackup", R1, "FAILED"],
    ]);
  });

  test("puts the worst first: violating, then unknown, each with the oldest backup first", async () => {
    const entries = [
      entry(R1, "PROTECTED", 1),
      entry(U1, "PROTECTED", 9),
      entry({ ...U1, nativeId: "u-9" }, "UNKNOWN"),
      entry(R2, "VIOLATING"),
    ];
    const { reads } = readsOf(entries, {
      latestBackup: (_, status) => Promise.resolve(status === "FAILED" ? null : goodAt(50)),
    });
    const { instances, omitted } = await snapshotOf(reads);
    expect(instances.map(({ instance, newest }) => [instance.nativeId, newest?.startedAt])).toEqual(
      [
        [R2.nativeId, NOW - 50 * HOUR],
        ["u-9", undefined],
        [U1.nativeId, NOW - 9 * HOUR],
        [R1.nativeId, NOW - HOUR],
      ],
    );
    expect(omitted).toBe(0);
  });

  test("reads the tags of instances if they are shown", async () => {
    const entries = [entry(R1, "PROTECTED", 1), entry(R2, "UNKNOWN")];
    const { reads: calling, asked } = readsOf(entries);
    const tags = [{ key: "env", value: "prod" }];
    const { reads: fromCache } = fakeReads({
      facts: (instance) => Promise.resolve({ ...instance, tags, automaticBackups: false }),
    });
    const { instances } = await readCoverage({ calling, cached: () => fromCache, showsTags: true });
    expect(asked.filter(([name]) => name === "facts").map(([, ...args]) => args)).toEqual([
      [R2, ["tags"]],
      [R1, ["tags"]],
    ]);
    expect(instances.map(({ instance }) => [instance.tags, instance.automaticBackups])).toEqual([
      [tags, false],
      [tags, false],
    ]);
  });

  test("counts good backups and finds the last failure in what is cached", async () => {
    const { reads } = readsOf([entry(R1, "PROTECTED", 1)], {
      latestBackup: (_, status) => Promise.resolve(status === "FAILED" ? goodAt(3) : goodAt(1)),
    });
    const [one] = (await snapshotOf(reads)).instances;
    const good = BACKUPS.filter(({ instanceNativeId }) => instanceNativeId === R1.nativeId);
    expect(one).toMatchObject({ goodBackups: good.length, lastFailureAt: NOW - 3 * HOUR });
  });

  test.each<[CoverageState, "found none" | "was not read", null | undefined]>([
    ["VIOLATING", "found none", null],
    ["VIOLATING", "was not read", undefined],
    ["UNKNOWN", "found none", undefined],
    ["UNKNOWN", "was not read", undefined],
  ])("%s, where the rest of the list %s, has the newest backup %s", async (state, rest, newest) => {
    const found = () =>
      rest === "found none" ? Promise.resolve(null) : Promise.reject(new Error("cut"));
    const { reads } = readsOf([entry(R2, state)], { latestBackup: found, backups: found as never });
    const [one] = (await snapshotOf(reads)).instances;
    expect(one).toMatchObject({ state, goodBackups: null, lastFailureAt: null });
    expect(one?.newest).toBe(newest);
  });

  test("is bounded, however many instances there are", async () => {
    const many = Array.from({ length: MOST_INSTANCES + 5 }, (_, i) =>
      entry({ ...R1, nativeId: `r-${i}` }, "PROTECTED", 1 + (i % 7)),
    );
    const { reads } = readsOf([...many, entry(R2, "VIOLATING")], {
      latestBackup: () => Promise.resolve(null),
    });
    const { instances, omitted, providers } = await snapshotOf(reads);
    expect([instances.length, omitted]).toEqual([MOST_INSTANCES, 6]);
    expect(instances[0]?.instance).toEqual(R2);
    expect(instances[1]?.newest?.startedAt).toBe(NOW - 7 * HOUR);
    expect(providers[0]?.counts.PROTECTED).toBe(MOST_INSTANCES + 5);
  });

  test("reports its vendor calls", async () => {
    const calls = [{ vendor: "v", action: "A", count: 3, cached: 1 }];
    const { reads } = readsOf([], { calls: () => calls });
    expect((await snapshotOf(reads)).calls).toBe(calls);
  });
});

const MINUTE = 60_000;

interface Opened {
  readonly principal: Principal;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly vendorCalls: number;
}

/** A watch over reads from memory, with a clock that is moved by hand. */
function watch({
  costs = 0,
  hold,
  patienceMs = 120_000,
}: { costs?: number; hold?: Promise<void>; patienceMs?: number } = {}) {
  const seen = {
    now: 0,
    opened: [] as Opened[],
    cachedDeadlines: [] as number[],
    snapshots: [] as CoverageSnapshot[],
    failures: [] as unknown[],
    fails: false,
  };
  const closing = new AbortController();
  const { reads } = fakeReads();
  const watch = new CoverageWatch({
    open: (principal, bounds) => {
      if (bounds.vendorCalls > 0) seen.opened.push({ principal, ...bounds });
      else seen.cachedDeadlines.push(bounds.deadline);
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
    showsTags: false,
    deadlineMs: 25_000,
    vendorCalls: 2_000,
    patienceMs,
    closing: closing.signal,
    onRead: (snapshot) => seen.snapshots.push(snapshot),
    onFailure: (error) => seen.failures.push(error),
  });
  return { watch, seen, closing };
}

describe("the watch over coverage", () => {
  test("reads nothing before the first scrape, and then once for all scrapes", async () => {
    const { watch: watched, seen } = watch();
    expect(seen.opened).toEqual([]);
    const all = await Promise.all([watched.latest(), watched.latest(), watched.latest()]);
    expect(seen.opened).toHaveLength(1);
    expect(all.every((one) => one !== null && one === seen.snapshots[0])).toBe(true);
  });

  test("reads in its own name and time, and takes the rest of that time for what is cached", async () => {
    const { watch: watched, seen } = watch();
    await watched.latest();
    expect(seen.opened).toMatchObject([
      {
        principal: { name: "metrics", accounts: null, scopes: new Set() },
        deadline: 25_000,
        vendorCalls: 2_000,
      },
    ]);
    expect(seen.cachedDeadlines).toEqual([25_000]);
  });

  test("has a second for what is cached after vendors that took all its time", async () => {
    const { watch: watched, seen } = watch({ costs: 25_000 });
    await watched.latest();
    // Each of two providers took that long.
    await expect.poll(() => seen.cachedDeadlines).toEqual([51_000]);
  });

  test("reads again after five minutes, and shows the last snapshot until then", async () => {
    const { watch: watched, seen } = watch();
    const first = await watched.latest();
    seen.now = 5 * MINUTE - 1;
    expect(await watched.latest()).toBe(first);
    seen.now = 5 * MINUTE;
    await watched.latest();
    expect(seen.opened).toHaveLength(2);
  });

  test("reads again at once if the clock was set back", async () => {
    const { watch: watched, seen } = watch();
    await watched.latest();
    seen.now = -60 * MINUTE;
    await watched.latest();
    await watched.latest();
    expect(seen.opened).toHaveLength(2);
  });

  test("reads for at most a twentieth of the time", async () => {
    // Two providers; each takes half a minute.
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
    const { watch: watched, seen } = watch({ hold, patienceMs: 1 });
    expect(await watched.latest()).toBeNull();
    expect(await watched.latest()).toBeNull();
    expect(seen.opened).toHaveLength(1);
    release();
    // The read takes more turns of the event loop; each scrape gives it one.
    let latest = await watched.latest();
    while (latest === null) latest = await watched.latest();
    expect(seen.snapshots).toEqual([latest]);
  });

  test("keeps the last snapshot if a read fails, and reports the failure", async () => {
    const { watch: watched, seen } = watch();
    const first = await watched.latest();
    seen.fails = true;
    seen.now = 5 * MINUTE;
    expect(await watched.latest()).toBe(first);
    expect(seen.failures).toMatchObject([{ message: "no" }]);
    expect(await watched.latest()).toBe(first);
    expect(seen.opened).toHaveLength(2);
  });

  test("aborts the read in progress when the gateway closes, and starts no other", async () => {
    const {
      watch: watched,
      seen,
      closing,
    } = watch({ hold: new Promise(() => undefined), patienceMs: 1 });
    await watched.latest();
    closing.abort();
    expect(seen.opened[0]?.signal.aborted).toBe(true);
    const { watch: closed, seen: nothing, closing: closedBefore } = watch();
    closedBefore.abort();
    expect(await closed.latest()).toBeNull();
    expect(nothing.opened).toEqual([]);
  });
});
