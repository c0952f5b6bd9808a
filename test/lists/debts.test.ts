import { describe, expect, test } from "vitest";
import { EVERY_BACKUP, EVERY_INSTANCE } from "../../src/domain/filter.js";
import { instanceId } from "../../src/domain/id.js";
import { listBackups } from "../../src/lists/backups.js";
import { EngineReads } from "../../src/lists/reads.js";
import { Cursors } from "../../src/paging/cursor.js";
import type { SourceIssueCode } from "../../src/domain/words.js";
import { providerKey, type CloudQuestion } from "../model/modelCloud.js";
import {
  ModelEstate,
  PLAIN_LIST,
  type AccountScenario,
  WINDOWED_LIST,
} from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import {
  ModelGateway,
  queryOf,
  SETTINGS,
  UNBOUNDED,
  type Visit,
  type WalkPlan,
} from "../model/walker.js";
import { sized } from "../runs.js";
import { wanted } from "../wantedPage.js";

const DAY = 86_400_000;
const HOUR = 3_600_000;

const accountOf = (
  instances: number,
  rows: number,
  parts: Partial<AccountScenario> = {},
): AccountScenario => ({
  own: PLAIN_LIST,
  wide: null,
  refusesWide: false,
  instanceList: PLAIN_LIST,
  extent: { oldest: EPOCH - 9 * DAY, newest: EPOCH - HOUR, order: "newestFirst", grain: 1 },
  regions: 1,
  instances: Array.from({ length: instances }, () => ({ region: 0, ageMs: null, listed: true })),
  rows: Array.from({ length: rows }, (_, i) => ({ instance: i, start: i / rows, lasts: null })),
  ...parts,
});

const WAY = { order: "STARTED_AT_DESC" as const, backwards: false, filter: EVERY_BACKUP };

/** A page that a client got. */
type Got = Pick<Visit, "page" | "taken" | "hasMore">;

/** A client that goes on from page to page. */
class Client {
  readonly visits: Got[] = [];
  private cursor: string | null = null;

  constructor(
    private readonly gateway: ModelGateway,
    private readonly way: Omit<WalkPlan, "steps"> = WAY,
  ) {}

  restart(): void {
    this.cursor = null;
  }

  async page(size: number, bounds = UNBOUNDED): Promise<Got> {
    const query = queryOf(this.way);
    const args = wanted({ first: size, after: this.cursor });
    const page = await listBackups(this.gateway.open(bounds), { ...query, page: args });
    this.cursor = page.endCursor ?? this.cursor;
    const got = { page, taken: page.edges, hasMore: await page.hasNextPage() };
    this.visits.push(got);
    return got;
  }

  /** Whether the last page was complete, and there are no more. */
  get isOver(): boolean {
    const last = this.visits.at(-1);
    return last !== undefined && !last.hasMore && last.page.complete;
  }

  get ids(): string[] {
    return this.visits.flatMap(({ taken }) => taken.map(({ node }) => node.id));
  }
}

/** Fails the lists of backups of these instances. */
const failingOf =
  (down: (instance: string) => boolean) =>
  ({ action, instance }: CloudQuestion): SourceIssueCode | null =>
    action === "ListBackups" && down(String(instance)) ? "UNAVAILABLE" : null;

const lateOf = ({ taken }: Got): string[] =>
  taken.filter(({ late }) => late).map(({ node }) => node.instanceNativeId);

describe("what a walk owes", () => {
  test("of 100 sources that failed at keys of their own comes back exactly, by cursors under 4 kB", async () => {
    const estate = new ModelEstate([accountOf(110, 440)], EPOCH);
    // Nothing is kept, so each page asks every source that could matter.
    const client = new Client(new ModelGateway(estate, { ttlMs: 0 }));
    for (let down = 0; down < 100; down += 1) {
      estate.script.failing = failingOf((instance) => Number(instance.slice(1)) <= down);
      await client.page(1);
    }
    const { page } = client.visits.at(-1) as Got;
    expect(page.issues.map(({ count }) => count)).toEqual([99]);
    estate.script.failing = () => null;
    while (client.ids.length < 440) await client.page(200);
    expect(new Set(client.ids).size).toBe(440);
    const late = client.visits.flatMap(lateOf);
    expect(late.length).toBeGreaterThan(30);
    for (const { page } of client.visits) {
      expect((page.endCursor ?? "").length).toBeLessThanOrEqual(4_096);
      for (const { cursor } of page.edges) expect(cursor.length).toBeLessThanOrEqual(4_096);
    }
    expect((client.visits.at(-1) as Got).page.complete).toBe(true);
  });

  test("of an instance is paid once where its region is read as a whole meanwhile", async () => {
    const estate = new ModelEstate(
      [accountOf(3, 36, { wide: WINDOWED_LIST, refusesWide: true })],
      EPOCH,
    );
    const client = new Client(new ModelGateway(estate));
    estate.script.failing = failingOf((instance) => instance === "i2");
    expect((await client.page(3)).page.complete).toBe(false);
    // An hour later the account may list whole regions.
    estate.change({ place: 0, instance: 0, what: "turn wide" });
    estate.world.now += 2 * HOUR;
    expect(lateOf(await client.page(3))).toEqual([]);
    estate.script.failing = () => null;
    expect(lateOf(await client.page(3))).toEqual(["i2"]);
    await client.page(50);
    expect([client.ids.length, new Set(client.ids).size]).toEqual([36, 36]);
  });

  test("of instances that an old list hid comes late, and of no other", async () => {
    const estate = new ModelEstate([accountOf(1, 4)], EPOCH);
    const gateway = new ModelGateway(estate);
    await new Client(gateway).page(50);
    estate.change({ place: 0, instance: 0, what: "create instance" });
    estate.startsAreFresh = true;
    const insert = { kind: "insert", place: "sorted", start: 0, lasts: null } as const;
    estate.change({ place: 0, instance: 0, what: insert });
    estate.world.now += SETTINGS.ttlMs + 1;
    estate.script.failing = ({ action }) => (action === "ListInstances" ? "TIMEOUT" : null);
    const client = new Client(gateway);
    const { page } = await client.page(2);
    expect([page.edges.length, page.issues.map(({ code }) => code)]).toEqual([2, ["STALE"]]);
    estate.script.failing = () => null;
    expect(lateOf(await client.page(50))).toEqual(["i2"]);
    expect([client.ids.length, new Set(client.ids).size]).toEqual([5, 5]);
  });

  test.each(["that is gone", "that is new"])(
    "of instances that an old list lacks is not of one %s, whose region's list showed its backups",
    async (which) => {
      const estate = new ModelEstate([accountOf(1, 0, { wide: WINDOWED_LIST })], EPOCH);
      const id = instanceId(providerKey(0), "g0", "i2");
      const gateway = new ModelGateway(estate);
      const client = new Client(gateway, {
        ...WAY,
        filter: { ...EVERY_BACKUP, instanceIds: [id] },
      });
      expect((await client.page(50)).taken).toEqual([]);
      estate.change({ place: 0, instance: 0, what: "create instance" });
      estate.startsAreFresh = true;
      const insert = { kind: "insert", place: "sorted", start: 0, lasts: null } as const;
      estate.change({ place: 0, instance: 0, what: insert });
      if (which === "that is gone")
        estate.change({ place: 0, instance: 0, what: "delete instance" });
      estate.world.now += SETTINGS.ttlMs + 1;
      estate.script.failing = ({ action }) => (action === "ListInstances" ? "TIMEOUT" : null);
      client.restart();
      const { page } = await client.page(50);
      expect([page.edges.length, page.issues.map(({ code }) => code)]).toEqual([1, ["STALE"]]);
      estate.script.failing = () => null;
      const next = await client.page(50);
      expect([lateOf(next), next.page.complete]).toEqual([[], true]);
    },
  );

  test("of instances that an old list lacks is not of one that left it and still shows its backups", async () => {
    const estate = new ModelEstate(
      [accountOf(2, 4, { wide: WINDOWED_LIST, refusesWide: true })],
      EPOCH,
    );
    const client = new Client(new ModelGateway(estate));
    await client.page(50);
    estate.change({ place: 0, instance: 0, what: "delete instance" });
    estate.world.now += SETTINGS.ttlMs + 1;
    client.restart();
    await client.page(50);
    estate.world.now += SETTINGS.ttlMs + 1;
    estate.script.failing = ({ action }) => (action === "ListInstances" ? "TIMEOUT" : null);
    client.restart();
    const { page } = await client.page(50);
    expect([page.edges.length, page.issues.map(({ code }) => code)]).toEqual([4, ["STALE"]]);
    estate.script.failing = () => null;
    const next = await client.page(50);
    expect([next.taken, next.page.complete]).toEqual([[], true]);
  });

  test.each([
    { fault: "fail", vendorCalls: 100 },
    { fault: "are not read in time", vendorCalls: 5 },
  ])(
    "of instances whose tags $fault comes once they are known, for a filter by tag",
    async ({ fault, vendorCalls }) => {
      const estate = new ModelEstate([accountOf(8, 24, { tagsByCall: true })], EPOCH);
      const tags = [{ key: "team", values: ["blue"] }];
      const gateway = new ModelGateway(estate);
      await new Client(gateway).page(50);
      const client = new Client(gateway, { ...WAY, filter: { ...EVERY_BACKUP, tags } });
      estate.script.failing = ({ action, instance }) =>
        fault === "fail" && action === "ListTags" && Number(instance?.slice(1)) < 4
          ? "TIMEOUT"
          : null;
      const bounds = { ...UNBOUNDED, vendorCalls };
      const first = await client.page(8, bounds);
      expect(first.page.complete).toBe(false);
      const [issue] = first.page.issues;
      if (fault === "fail") expect(issue).toMatchObject({ list: "facts", code: "TIMEOUT" });
      estate.script.failing = () => null;
      for (let pages = 0; pages < 20 && !client.isOver; pages += 1) await client.page(5, bounds);
      expect(client.isOver).toBe(true);
      expect([client.ids.length, new Set(client.ids).size]).toEqual([18, 18]);
    },
  );

  test("of 2,000 instances whose tags cannot be read is named by a cursor under 8 kB", async () => {
    const estate = new ModelEstate([accountOf(2_001, 0, { tagsByCall: true })], EPOCH);
    const gateway = new ModelGateway(estate);
    const filter = { ...EVERY_INSTANCE, tags: [{ key: "team", values: null }] };
    const page = (after: string | null, first = 200) =>
      new EngineReads(gateway.open()).instances({
        parent: { type: "Query" },
        page: wanted({ first, after }),
        filter,
        onSourceError: "PARTIAL",
      });
    estate.script.failing = ({ action, instance }) =>
      action === "ListTags" && instance !== "i7" ? "UNAVAILABLE" : null;
    const first = await page(null);
    expect(first.edges.map(({ node }) => node.nativeId)).toEqual(["i7"]);
    expect(first.issues).toMatchObject([{ list: "facts", code: "UNAVAILABLE", count: 2_000 }]);
    expect(first.endCursor?.length).toBeLessThanOrEqual(8_192);
    estate.script.failing = () => null;
    const ids = ["i7"];
    for (let after = first.endCursor, hasMore = true; hasMore;) {
      const next = await page(after);
      if (ids.length === 1) expect([next.edges[0]?.late, next.complete]).toEqual([true, false]);
      ids.push(...next.edges.map(({ node }) => node.nativeId));
      after = next.endCursor;
      hasMore = (await next.hasNextPage()) || !next.complete;
    }
    expect([ids.length, new Set(ids).size]).toEqual([2_001, 2_001]);
  });

  test("are none where old tags decide, which is an issue of every list and report", async () => {
    const estate = new ModelEstate([accountOf(4, 12, { tagsByCall: true })], EPOCH);
    const gateway = new ModelGateway(estate);
    const tags = [{ key: "team", values: ["blue"] }];
    const read = async () => {
      const reads = new EngineReads(gateway.open());
      const list = { parent: { type: "Query" }, onSourceError: "PARTIAL" } as const;
      const page = wanted({ first: 50 });
      const filter = { ...EVERY_INSTANCE, tags };
      const backups = { ...EVERY_BACKUP, tags };
      const answers = [
        await reads.instances({ ...list, page, filter }),
        await reads.backups({ ...list, page, filter: backups, order: "STARTED_AT_DESC" }),
        await reads.coverage(HOUR, filter),
        await reads.backupStats({ filter: backups, by: ["STATUS"], timeZone: "UTC" }),
      ];
      return answers.map(({ complete, issues }) => ({
        complete,
        issues: issues.map(({ code, list: kind, count }) => [code, kind, count]),
      }));
    };
    const fresh = { complete: true, issues: [] };
    expect(await read()).toEqual([fresh, fresh, fresh, fresh]);
    estate.world.now += SETTINGS.ttlMs + 1;
    estate.script.failing = ({ action }) => (action === "ListTags" ? "TIMEOUT" : null);
    const old = { complete: false, issues: [["STALE", "facts", 4]] };
    expect(await read()).toEqual([old, old, old, old]);
  });

  test("of an instance that is gone ends, also if each page can make one call and the next comes an hour later", async () => {
    const estate = new ModelEstate([accountOf(1, 1, { wide: PLAIN_LIST }), accountOf(1, 1)], EPOCH);
    const gateway = new ModelGateway(estate);
    const client = new Client(gateway, { ...WAY, order: "STARTED_AT_ASC" });
    estate.script.failing = failingOf((instance) => instance === "i2");
    await client.page(50);
    estate.script.failing = () => null;
    estate.change({ place: 1, instance: 0, what: "delete instance" });
    const bounds = { ...UNBOUNDED, vendorCalls: 1 };
    for (let pages = 0; pages < 10 && !client.isOver; pages += 1) {
      estate.world.now += HOUR;
      await client.page(50, bounds);
    }
    expect([client.isOver, client.ids.length]).toEqual([true, 1]);
  });

  test("that no cursor can hold refuses the page, and names the provider to leave out", async () => {
    const estate = new ModelEstate([accountOf(60, 120), accountOf(2, 4)], EPOCH);
    estate.script.failing = failingOf((instance) => instance !== "i1");
    const gateway = new ModelGateway(estate);
    const read = (limit: number) => {
      const cursors = new Cursors([Buffer.alloc(32, 7)], limit);
      const query = queryOf(WAY);
      const page = wanted({ first: 2 });
      return listBackups(gateway.open(UNBOUNDED, null, { cursors }), { ...query, page });
    };
    expect((await read(4_096)).endCursor).toEqual(expect.any(String));
    const page = await read(200);
    expect([page.complete, page.edges.length]).toEqual([false, 2]);
    const refused = expect.objectContaining({
      code: "UPSTREAM_FAILED",
      message: expect.stringMatching(/^\d+ lists of a0\/model could not be read/) as string,
    }) as Error;
    expect(() => page.edges[1]?.cursor).toThrow(refused);
    expect(() => page.endCursor).toThrow(refused);
  });
});

describe("what a vendor refuses", () => {
  test.each(["FORBIDDEN", "NOT_FOUND"] as const)(
    "with %s is an issue on each page, is asked for once within ttl, and leaves the walk to the others",
    async (kind) => {
      const estate = new ModelEstate([accountOf(40, 200)], EPOCH);
      const refused = (instance: string) => Number(instance.slice(1)) % 2 === 0;
      let calls = 0;
      estate.script.failing = ({ action, instance }) => {
        if (action !== "ListBackups" || !refused(String(instance))) return null;
        calls += 1;
        return kind;
      };
      const client = new Client(new ModelGateway(estate));
      do await client.page(9);
      while (client.visits.at(-1)?.hasMore === true);
      expect([client.ids.length, new Set(client.ids).size]).toEqual([100, 100]);
      expect(client.visits).toHaveLength(Math.ceil(100 / 9));
      expect(calls).toBe(20);
      for (const { page } of client.visits) {
        expect(page.complete).toBe(false);
        const named = Array.from({ length: 20 }, (_, i) => `i${2 * (i + 1)}`).sort();
        expect(page.issues).toMatchObject([
          { code: kind, count: 20, instanceNativeId: null, instanceNativeIds: named },
        ]);
        expect((page.endCursor ?? "").length).toBeLessThan(200);
      }
    },
  );

  test("is asked for again later in the walk, and shown from where the walk stands", async () => {
    const estate = new ModelEstate([accountOf(2, 20)], EPOCH);
    estate.script.failing = ({ action, instance }) =>
      action === "ListBackups" && instance === "i2" ? "FORBIDDEN" : null;
    const client = new Client(new ModelGateway(estate));
    await client.page(2);
    estate.script.failing = () => null;
    estate.world.now += SETTINGS.ttlMs;
    while ((await client.page(4)).hasMore);
    const instances = client.visits.map(({ taken }) =>
      taken.map(({ node }) => node.instanceNativeId),
    );
    expect(instances[0]).toEqual(["i1", "i1"]);
    expect(instances[1]).toContain("i2");
    expect(client.visits.flatMap(lateOf)).toEqual([]);
  });
});

/** Four of five instances. */
const isDown = (instance: string): boolean => Number(instance.slice(1)) % 5 !== 0;

const isOfDown = ({ action, instance }: CloudQuestion): boolean =>
  action === "ListBackups" && isDown(String(instance));

describe("pending sources", () => {
  test.each([
    { fault: "fail", vendorCalls: 100, deadlineMs: 1e9 },
    { fault: "hang", vendorCalls: 100_000, deadlineMs: 10_000 },
  ])(
    "that $fault get at most a quarter of the calls and time, and end no page while others have rows",
    async ({ fault, vendorCalls, deadlineMs }) => {
      const estate = new ModelEstate([accountOf(100, 400, { own: WINDOWED_LIST })], EPOCH);
      const client = new Client(new ModelGateway(estate));
      estate.script.failing = failingOf(isDown);
      await client.page(5);
      let calls = 0;
      if (fault === "hang") estate.script.failing = () => null;
      estate.script.hanging = (question) => {
        if (!isOfDown(question)) return false;
        calls += 1;
        return fault === "hang";
      };
      for (let more = true; more;) {
        calls = 0;
        const before = estate.world.now;
        const visit = await client.page(5, { ...UNBOUNDED, vendorCalls, deadlineMs });
        more = visit.hasMore;
        expect(visit.taken.length).toBeGreaterThan(0);
        expect(calls).toBeLessThanOrEqual(vendorCalls / 4);
        // Each of the other calls takes a millisecond.
        expect(estate.world.now - before).toBeLessThanOrEqual(deadlineMs / 4 + 100);
      }
      expect(client.ids).toHaveLength(80);
      estate.script.failing = () => null;
      estate.script.hanging = () => false;
      // The others have no rows left, so these get all of it.
      for (let pages = 0; client.ids.length < 400; pages += 1) {
        expect(pages).toBeLessThan(20);
        await client.page(200, { ...UNBOUNDED, vendorCalls: 60 });
      }
      expect(new Set(client.ids).size).toBe(400);
    },
  );

  test("are all asked in turn, with every call once the others have no rows left", async () => {
    const estate = new ModelEstate([accountOf(40, 80)], EPOCH);
    const client = new Client(new ModelGateway(estate));
    estate.script.failing = failingOf(isDown);
    await client.page(200);
    const asked: string[] = [];
    estate.script.failing = (question) => {
      if (isOfDown(question)) asked.push(String(question.instance));
      return isOfDown(question) ? "UNAVAILABLE" : null;
    };
    for (let pages = 0; pages < 4; pages += 1) {
      const { hasMore } = await client.page(200, { ...UNBOUNDED, vendorCalls: 5 });
      expect([hasMore, asked.length]).toEqual([false, 5 * (pages + 1)]);
    }
    expect(new Set(asked).size).toBe(20);
  });
});

const isEven = (instance: string): boolean => Number(instance.slice(1)) % 2 === 0;

/** Sources of which half fail, and the rows of all; a page has a quarter of the rows that can be read. */
const SOURCES = sized(400, 4_000);
const ROWS = (SOURCES * 2) / 5;
const SIZE = ROWS / 8;

describe(`${SOURCES / 2} sources of ${SOURCES}`, () => {
  test.each([
    { kind: "FORBIDDEN", vendorCalls: (SOURCES * 3) / 8 },
    { kind: "FORBIDDEN", vendorCalls: SOURCES / 10 },
    { kind: "UNAVAILABLE", vendorCalls: (SOURCES * 3) / 8 },
    { kind: "UNAVAILABLE", vendorCalls: SOURCES / 10 },
  ] as const)(
    "that fail with $kind end no walk early, with $vendorCalls calls a page",
    async ({ kind, vendorCalls }) => {
      const estate = new ModelEstate([accountOf(SOURCES, ROWS)], EPOCH);
      const failedAt = new Map<string, number[]>();
      estate.script.failing = ({ action, instance }) => {
        const name = String(instance);
        if (action !== "ListBackups" || !isEven(name)) return null;
        failedAt.set(name, [...(failedAt.get(name) ?? []), estate.world.now]);
        return kind;
      };
      const client = new Client(new ModelGateway(estate));
      const cursors = new Set<string>();
      let withoutRows = 0;
      for (let more = true; more;) {
        const visit = await client.page(SIZE, { ...UNBOUNDED, vendorCalls });
        const cursor = visit.page.endCursor ?? "";
        more = visit.hasMore;
        if (visit.taken.length === 0) withoutRows += 1;
        else if (more) expect(cursors.has(cursor), "a page comes twice").toBe(false);
        expect(withoutRows).toBeLessThanOrEqual(SOURCES / vendorCalls + 1);
        expect(cursor.length).toBeLessThanOrEqual(kind === "FORBIDDEN" ? 200 : 8_000);
        const [issue, ...others] = visit.page.issues.filter(({ code }) => code === kind);
        expect([others, (issue?.instanceNativeIds.length ?? 0) <= 20]).toEqual([[], true]);
        cursors.add(cursor);
      }
      const shown = () => client.visits.flatMap(({ taken }) => taken.map(({ node }) => node));
      expect(shown()).toHaveLength(ROWS / 2);
      expect(shown().some(({ instanceNativeId }) => isEven(instanceNativeId))).toBe(false);
      expect(failedAt.size).toBe(SOURCES / 2);
      const gaps = [...failedAt.values()].flatMap((times) =>
        times.slice(1).map((at, index) => at - (times[index] ?? 0)),
      );
      if (kind === "FORBIDDEN") expect(gaps.every((gap) => gap >= SETTINGS.ttlMs)).toBe(true);
      if (kind === "FORBIDDEN") return;
      estate.script.failing = () => null;
      for (let pages = 0; shown().length < ROWS; pages += 1) {
        expect(pages).toBeLessThanOrEqual(SOURCES / vendorCalls + 8);
        await client.page(SIZE, { ...UNBOUNDED, vendorCalls });
      }
      expect(new Set(client.ids).size).toBe(ROWS);
      expect((await client.page(SIZE)).page.complete).toBe(true);
    },
  );
});
