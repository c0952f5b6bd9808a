import { describe, expect, test } from "vitest";
import { listBackups } from "../../src/lists/backups.js";
import { Cursors } from "../../src/paging/cursor.js";
import type { SourceIssueCode } from "../../src/domain/words.js";
import type { CloudQuestion } from "../model/modelCloud.js";
import { idsOf } from "../model/expectations.js";
import {
  ModelEstate,
  PLAIN_LIST,
  type AccountScenario,
  type ListBehaviour,
} from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import {
  ModelGateway,
  queryOf,
  SETTINGS,
  UNBOUNDED,
  visitPage,
  type Visit,
} from "../model/walker.js";

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

/** A list that is read a few rows at a time. */
const WINDOWED: ListBehaviour = {
  ...PLAIN_LIST,
  shape: {
    ...PLAIN_LIST.shape,
    page: { style: "offset", offset: "o", limit: "l", max: 4, aligned: false },
    window: {
      since: "since",
      until: "until",
      precisionMs: 1000,
      mandatory: false,
      selects: "start",
      longestMs: 0,
      maxSpanMs: null,
    },
    defaultSize: 2,
    order: "unknown",
    counts: "rows",
  },
};

const WAY = { order: "STARTED_AT_DESC" as const, backwards: false, filter: null };

/** A client that goes on from page to page. */
class Client {
  readonly visits: Visit[] = [];
  private cursor: string | null = null;

  constructor(private readonly gateway: ModelGateway) {}

  async page(size: number): Promise<Visit> {
    const step = { size, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };
    const visit = await visitPage(this.gateway, WAY, { step, cursor: this.cursor });
    this.cursor = visit.page.endCursor ?? this.cursor;
    this.visits.push(visit);
    return visit;
  }

  get ids(): string[] {
    return idsOf(this);
  }
}

/** Fails the lists of backups of these instances. */
const failingOf =
  (down: (instance: string) => boolean) =>
  ({ action, instance }: CloudQuestion): SourceIssueCode | null =>
    action === "ListBackups" && down(String(instance)) ? "UNAVAILABLE" : null;

const lateOf = ({ taken }: Visit): string[] =>
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
    const { page } = client.visits.at(-1) as Visit;
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
    expect((client.visits.at(-1) as Visit).page.complete).toBe(true);
  });

  test("of an instance is paid once where its region is read as a whole meanwhile", async () => {
    const estate = new ModelEstate(
      [accountOf(3, 36, { wide: WINDOWED, refusesWide: true })],
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

  test("that no cursor can hold refuses the page, and names the provider to leave out", async () => {
    const estate = new ModelEstate([accountOf(60, 120), accountOf(2, 4)], EPOCH);
    estate.script.failing = failingOf((instance) => instance !== "i1");
    const gateway = new ModelGateway(estate);
    const read = (limit: number) => {
      const cursors = new Cursors([Buffer.alloc(32, 7)], limit);
      const query = queryOf(WAY);
      const page = { ...query.page, first: 2 };
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
