import { describe, expect, test } from "vitest";
import type { Backup } from "../../src/domain/backup.js";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import { instanceId } from "../../src/domain/id.js";
import type { SourceIssueCode } from "../../src/domain/words.js";
import { SourceError } from "../../src/errors.js";
import type { Slice } from "../../src/paging/slice.js";
import { providerKey } from "../model/modelCloud.js";
import {
  ModelEstate,
  PLAIN_LIST,
  type AccountScenario,
  type ListBehaviour,
} from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway, SETTINGS, UNBOUNDED, visitPage, type Step } from "../model/walker.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Three instances of one region, whose backups are listed one by one. */
async function start() {
  const estate = new ModelEstate(
    [
      {
        own: PLAIN_LIST,
        wide: null,
        refusesWide: false,
        instanceList: PLAIN_LIST,
        extent: { oldest: EPOCH - 9 * DAY, newest: EPOCH - DAY, order: "newestFirst", grain: 1 },
        regions: 1,
        instances: [0, 1, 2].map(() => ({ region: 0, ageMs: null, listed: true })),
        rows: Array.from({ length: 9 }, (_, i) => ({ instance: i, start: i / 9, lasts: null })),
      },
    ],
    EPOCH,
  );
  const gateway = new ModelGateway(estate);
  const asked: string[] = [];
  let refused: SourceIssueCode | null = null;
  estate.script.failing = ({ action, instance }) => {
    asked.push(`${action} ${instance ?? ""}`.trim());
    return instance === "i1" ? refused : null;
  };
  const [runtime] = gateway.engine.providers.values();
  if (runtime === undefined) throw new Error("There is no provider.");
  const regions = await runtime.regions(gateway.open().operation);
  const region = regions instanceof SourceError ? undefined : regions[0];
  if (region === undefined) throw new Error("There is no region.");
  /** Reads the newest slice of every instance, as a page of a walk that began just now does. */
  const readAll = async (
    onListed = (): void => undefined,
  ): Promise<(Slice<Backup> | SourceError)[]> => {
    const { parts, operation, startedAt } = gateway.open();
    const freshness = { notBefore: startedAt - SETTINGS.ttlMs };
    const list = await runtime.instanceList(region).read(freshness, operation);
    if (list instanceof SourceError) throw list;
    const question = {
      instant: Number.POSITIVE_INFINITY,
      direction: "newestFirst",
      freshness,
      walkStart: startedAt,
    } as const;
    const keys = list.value.instances.map((instance) => ({
      source: gateway.engine.source({ runtime, region }, instance),
      question,
    }));
    asked.length = 0;
    onListed();
    return Promise.all(parts.planner.read(keys, operation));
  };
  const pass = (ms: number): void => void (estate.world.now += ms);
  const refuse = (kind: SourceIssueCode | null): void => void (refused = kind);
  return { estate, asked, readAll, refuse, pass };
}

const kindsOf = (answers: readonly (Slice<Backup> | SourceError)[]) =>
  answers.map((answer) => (answer instanceof SourceError ? answer.kind : answer.rows.length));

describe("a list that its vendor refuses", () => {
  test("as FORBIDDEN leaves its neighbours alone, and is asked for once within ttl", async () => {
    const { asked, readAll, refuse, pass } = await start();
    refuse("FORBIDDEN");
    expect(kindsOf(await readAll())).toEqual(["FORBIDDEN", 3, 3]);
    expect(asked.toSorted()).toEqual(["ListBackups i1", "ListBackups i2", "ListBackups i3"]);
    pass(SETTINGS.ttlMs / 2);
    expect(kindsOf(await readAll())).toEqual(["FORBIDDEN", 3, 3]);
    expect(asked).toEqual([]);
    refuse(null);
    pass(SETTINGS.ttlMs / 2);
    expect(kindsOf(await readAll())).toEqual([3, 3, 3]);
    expect(asked).toContain("ListBackups i1");
  });

  test("as NOT_FOUND, though its instance is listed, is asked for once within ttl", async () => {
    const { asked, readAll, refuse, pass } = await start();
    refuse("NOT_FOUND");
    expect(kindsOf(await readAll())).toEqual(["NOT_FOUND", 3, 3]);
    // The list of instances is read again, because the instance may just have been deleted.
    expect(asked.filter((call) => call.startsWith("ListInstances"))).toHaveLength(1);
    pass(SETTINGS.ttlMs / 2);
    expect(kindsOf(await readAll())).toEqual(["NOT_FOUND", 3, 3]);
    expect(asked).toEqual([]);
  });

  test("as NOT_FOUND is empty once the list of instances lacks the instance too", async () => {
    const { estate, readAll, refuse } = await start();
    const before = await readAll();
    refuse("NOT_FOUND");
    estate.world.now += 2 * SETTINGS.ttlMs + SETTINGS.staleIfErrorMs;
    const after = await readAll(() =>
      estate.change({ place: 0, instance: 2, what: "delete instance" }),
    );
    expect([kindsOf(before), kindsOf(after)]).toEqual([
      [3, 3, 3],
      [0, 3, 3],
    ]);
  });
});

/** An account with a list of its region, which answers for its two instances, and one without. */
function startWide() {
  const account = (instances: number, wide: ListBehaviour | null): AccountScenario => ({
    own: PLAIN_LIST,
    wide,
    refusesWide: false,
    instanceList: PLAIN_LIST,
    extent: { oldest: EPOCH - 9 * DAY, newest: EPOCH - DAY, order: "newestFirst", grain: 1 },
    regions: 1,
    instances: Array.from({ length: instances }, () => ({ region: 0, ageMs: null, listed: true })),
    rows: Array.from({ length: 4 }, (_, i) => ({ instance: i, start: i / 4, lasts: null })),
  });
  const estate = new ModelEstate([account(2, PLAIN_LIST), account(1, null)], EPOCH);
  const gateway = new ModelGateway(estate);
  const asked: string[] = [];
  let failure: SourceIssueCode | null = null;
  estate.script.failing = ({ action, instance }) => {
    if (action.endsWith("Backups")) asked.push(`${action} ${instance ?? ""}`.trim());
    return action === "ListRegionBackups" ? failure : null;
  };
  return {
    gateway,
    /** Reads a first page, and returns the lists of backups that it needed. */
    async read(instances: readonly [account: number, id: string][] | null = null) {
      asked.length = 0;
      const instanceIds = instances?.map(([of, id]) => instanceId(providerKey(of), "g0", id));
      const filter = { ...EVERY_BACKUP, instanceIds: instanceIds ?? null };
      const way = { order: "STARTED_AT_DESC", backwards: false, filter } as const;
      await visitPage(gateway, way, { step: FIRST_PAGE, cursor: null });
      return [...asked];
    },
    fail: (kind: SourceIssueCode | null): void => void (failure = kind),
    turnWide: (): void => estate.change({ place: 0, instance: 0, what: "turn wide" }),
    pass: (ms: number): void => void (estate.world.now += ms),
  };
}

const FIRST_PAGE: Step = { size: 50, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };

describe("the list of a region", () => {
  test("that failed is read after other lists, also if it answers for instances", async () => {
    const { read, fail, pass } = startWide();
    const all: [account: number, id: string][] = [
      [0, "i1"],
      [0, "i2"],
      [1, "i3"],
    ];
    fail("UNAVAILABLE");
    expect(await read(all)).toEqual(["ListRegionBackups", "ListBackups i3"]);
    pass(SETTINGS.ttlMs + 1);
    expect(await read(all)).toEqual(["ListBackups i3", "ListRegionBackups"]);
  });

  test("that is refused is requested after an hour, then two, and after one again once it was read", async () => {
    const { gateway, read, turnWide, pass } = startWide();
    const isRequested = async (): Promise<boolean> => (await read()).includes("ListRegionBackups");
    const notes = (): string =>
      String([...gateway.engine.providers.values()][0]?.capabilities.notes);
    turnWide();
    expect(await isRequested()).toBe(true);
    pass(HOUR);
    expect([await isRequested(), await isRequested()]).toEqual([true, false]);
    pass(HOUR);
    expect(await isRequested()).toBe(false);
    expect(notes()).toContain("may not list whole regions");
    turnWide();
    pass(HOUR);
    expect(await isRequested()).toBe(true);
    expect(notes()).not.toContain("may not list whole regions");
    turnWide();
    pass(HOUR);
    expect(await isRequested()).toBe(true);
    pass(HOUR);
    expect(await isRequested()).toBe(true);
  });
});
