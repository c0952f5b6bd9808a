import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import type { Key } from "../../src/domain/id.js";
import { walkOrigin } from "../../src/paging/direction.js";
import type { WalkState } from "../../src/paging/debt.js";
import { PageTaker, takePage, type PageRequest } from "../../src/paging/page.js";
import { fixedSource, type MergeSource } from "../../src/paging/slice.js";

const slice = (starts: readonly number[], name: string) => ({
  since: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
  rows: starts.map((startedAt) => ({ startedAt, id: `${name}${startedAt}` })),
  asOf: 0,
  notices: [],
  stale: null,
});

const source = (name: string, ...starts: number[]): MergeSource<Key> => ({
  name,
  place: { provider: name, region: null, instanceNativeId: null },
  low: null,
  high: null,
  freshMs: 0,
  peek: () => slice(starts, name),
  read: async () => slice(starts, name),
});

const failing = (name: string, kind: "UNAVAILABLE" | "CUT" = "UNAVAILABLE"): MergeSource<Key> => ({
  ...source(name),
  peek: () => null,
  read: async () => new SourceError(kind, "down"),
});

const START: WalkState = { position: walkOrigin("newestFirst"), debts: [] };

const request: Omit<PageRequest<Key>, "sources"> = {
  direction: "newestFirst",
  state: START,
  end: null,
  limit: 10,
  matches: () => true,
  lookAhead: true,
  scanLimit: 100,
  onCut: "cut",
};

const take = async (sources: MergeSource<Key>[], parts: Partial<PageRequest<Key>> = {}) =>
  takePage({ ...request, sources, ...parts });

const ids = ({ rows }: { rows: readonly { row: Key; late: boolean }[] }) =>
  rows.map(({ row, late }) => `${row.id}${late ? " late" : ""}`);

describe("a page", () => {
  test("needs no read if all of its slices are cached, and reads what is not", async () => {
    const cached = new PageTaker({ ...request, sources: [source("a", 9, 5), source("b", 7)] });
    expect(cached.peek()?.rows.map(({ row }) => row.id)).toEqual(["a9", "b7", "a5"]);
    const unread = { ...source("c", 7), peek: () => null };
    const taker = new PageTaker({ ...request, sources: [source("a", 9, 5), unread] });
    expect(taker.peek()).toBeNull();
    expect(ids(await taker.read())).toEqual(["a9", "c7", "a5"]);
  });

  test("counts as fresh as long as the oldest of the slices that it needs", async () => {
    const old = (name: string, asOf: number, ...starts: number[]): MergeSource<Key> => ({
      ...source(name),
      freshMs: 10,
      peek: () => ({ ...slice(starts, name), asOf }),
    });
    const deep: MergeSource<Key> = {
      ...old("c", 30, 8),
      peek: (instant) =>
        instant > 4
          ? { ...slice([8], "c"), since: 4, asOf: 30 }
          : { ...slice([1], "c"), until: 4, asOf: 1 },
    };
    const sources = [old("a", 20, 9, 5), old("b", 25, 7), deep];
    expect((await take(sources, { limit: 3 })).freshUntil).toBe(30);
    expect((await take(sources)).freshUntil).toBe(11);
    expect((await take([failing("b")])).freshUntil).toBe(Number.POSITIVE_INFINITY);
  });

  test("has no more when only a failed source is left, and its end brings what that owed, late", async () => {
    const page = await take([source("a", 9, 5), failing("b")]);
    expect([ids(page), page.more]).toEqual([["a9", "a5"], false]);
    expect(page.end.debts).toEqual([{ source: "b", from: walkOrigin("newestFirst"), to: null }]);
    const again = await take([source("a", 9, 5), failing("b")], { state: page.end });
    expect([ids(again), again.more, again.end.debts.length]).toEqual([[], false, 1]);
    const paid = await take([source("a", 9, 5), source("b", 8, 3)], { state: again.end });
    expect([ids(paid), paid.end.debts]).toEqual([["b8 late", "b3"], []]);
  });

  test("owes no more of a stale source than before, though a late row of another lies behind that", async () => {
    const stale: MergeSource<Key> = {
      ...source("b"),
      peek: () => null,
      read: async () => ({
        ...slice([], "b"),
        until: 3,
        stale: new SourceError("TIMEOUT", "slow"),
      }),
    };
    const [from, to] = [walkOrigin("newestFirst"), { startedAt: 6, id: "" }];
    const state = {
      position: { startedAt: 1, id: "" },
      debts: [
        { source: "b", from, to },
        { source: "c", from: to, to: null },
      ],
    };
    const page = await take([stale, source("c", 2)], { state, limit: 1 });
    expect(ids(page)).toEqual(["c2 late"]);
    expect(page.stateAfter(0).debts).toContainEqual({ source: "b", from, to });
  });

  test("that is cut before its first row reports the sources that have failed, and owes nothing", async () => {
    const known = (name: string, kind: "UNAVAILABLE" | "CUT") =>
      fixedSource<Key>(failing(name), new SourceError(kind, "down"));
    const later = { ...known("later", "UNAVAILABLE"), high: { startedAt: 5, id: "" } };
    const sources = [known("a", "CUT"), known("b", "UNAVAILABLE"), source("c", 9), later];
    const page = await take([...sources, known("d", "UNAVAILABLE")]);
    expect([ids(page), page.more, page.end]).toEqual([[], true, START]);
    expect(page.failures.map((failure) => failure.source.name).sort()).toEqual(["b", "d"]);
    expect(page.cuts.map((cut) => cut.source.name)).toEqual(["a"]);
  });

  test("that is cut ends at the frontier, owes nothing, and has more", async () => {
    const page = await take([source("a", 9), failing("b", "CUT")]);
    expect([ids(page), page.more, page.end.debts]).toEqual([[], true, []]);
  });

  test("goes on from any of its rows, with the debts of that row alone", async () => {
    let calls = 0;
    const late: MergeSource<Key> = {
      ...source("b"),
      peek: () => null,
      read: async (instant) => {
        calls += 1;
        if (calls > 1) return new SourceError("TIMEOUT", "slow");
        return { ...slice([8], "b"), since: 7, until: Number.POSITIVE_INFINITY, asOf: instant };
      },
    };
    const page = await take([source("a", 9, 5, 4), late]);
    expect(ids(page)).toEqual(["a9", "b8", "a5", "a4"]);
    expect(page.rows.map((_, index) => page.stateAfter(index).debts.length)).toEqual([0, 0, 1, 1]);
  });

  test.each([
    { direction: "newestFirst" as const, name: "z", at: 8, shows: ["z9", "z7", "b7"] },
    { direction: "oldestFirst" as const, name: "a", at: 7, shows: ["a7", "b7", "a9"] },
  ])(
    "$direction takes no row before one that an unread slice may hold",
    async ({ direction, name, at, shows }) => {
      const rows = [9, 7].map((startedAt) => ({ startedAt, id: `${name}${startedAt}` }));
      const below = { ...slice([], name), until: at };
      const above = { ...slice([], name), since: at };
      const half: MergeSource<Key> = {
        ...source(name),
        peek: (instant) => {
          const part = instant < at ? below : above;
          const inside = rows.filter(
            ({ startedAt }) => startedAt >= part.since && startedAt < part.until,
          );
          return { ...part, rows: inside };
        },
      };
      const state = { position: walkOrigin(direction), debts: [] };
      const page = await take([half, source("b", 7)], { direction, state });
      expect(ids(page)).toEqual(shows);
    },
  );

  test("that passes over too many rows ends there, and the next goes on behind them", async () => {
    const parts = { matches: ({ startedAt }: Key) => startedAt === 1, scanLimit: 2 };
    const page = await take([source("a", 9, 8, 7, 6, 1)], parts);
    expect([ids(page), page.more, page.scanned]).toEqual([[], true, true]);
    const next = await take([source("a", 9, 8, 7, 6, 1)], { ...parts, state: page.end });
    expect(ids(next)).toEqual(["a1"]);
  });
});
