import { setMaxListeners } from "node:events";
import { expect } from "vitest";
import type { Backup } from "../../src/domain/backup.js";
import type { BackupFilter, BackupOrder } from "../../src/domain/filter.js";
import { instanceId } from "../../src/domain/id.js";
import { compareKeys, type Key } from "../../src/domain/key.js";
import { makeSliceLoader } from "../../src/loaders/sliceLoader.js";
import type { Connection, Edge } from "../../src/paging/connection.js";
import { decodeCursor, fingerprintOf } from "../../src/paging/cursor.js";
import { compareWalk, walkOrigin, type Direction } from "../../src/paging/direction.js";
import { makeSealer } from "../../src/paging/seal.js";
import { Engine } from "../../src/source/engine.js";
import { backupBinding, filterScope } from "../../src/source/lists/backupFilter.js";
import { listBackups, type BackupListQuery } from "../../src/source/lists/backupList.js";
import { nameOfQuestion, type Reader } from "../../src/source/lists/reader.js";
import { CallLog, type Operation } from "../../src/source/operation.js";
import { Planner } from "../../src/source/plan.js";
import type { EngineSettings } from "../../src/source/settings.js";
import { accountsOf, modelHttp, vendorOfModel } from "./modelCloud.js";
import type { EstateChange, ModelEstate } from "./modelEstate.js";

export const SETTINGS: EngineSettings = {
  ttlMs: 30_000,
  staleIfErrorMs: 600_000,
  scanRows: 10_000,
  cacheRows: 100_000,
};

const SEALER = makeSealer([Buffer.alloc(32, 7)]);

/** What one operation may do at most. */
export interface Bounds {
  readonly vendorCalls: number;
  /** Milliseconds from its beginning. */
  readonly deadlineMs: number;
}

export const UNBOUNDED: Bounds = { vendorCalls: 100_000, deadlineMs: 1e12 };

/** A gateway over a model estate. */
export class ModelGateway {
  readonly engine: Engine;
  private readonly planner: Planner;

  constructor(
    readonly estate: ModelEstate,
    settings: Partial<EngineSettings> = {},
  ) {
    const { products } = estate;
    const vendor = vendorOfModel(products);
    this.engine = new Engine(accountsOf(products), () => vendor, {
      http: modelHttp((question, context) => estate.answer(question, context)),
      now: () => estate.world.now,
      settings: { ...SETTINGS, ...settings },
    });
    this.planner = new Planner(this.engine);
  }

  /** The reader of one operation. */
  open({ vendorCalls, deadlineMs }: Bounds = UNBOUNDED): Reader {
    const { world } = this.estate;
    world.now += 1;
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const operation: Operation = {
      signal,
      deadline: world.now + deadlineMs,
      calls: new CallLog(),
      budget: { left: vendorCalls },
    };
    return {
      engine: this.engine,
      planner: this.planner,
      operation,
      startedAt: world.now,
      loadSlice: makeSliceLoader((keys) => this.planner.read(keys, operation), nameOfQuestion),
      sealer: SEALER,
      limits: { first: 200, scanRows: 10_000 },
      providers: this.engine.providers,
    };
  }
}

/** One step of a client that walks a list. */
export interface Step {
  readonly size: number;
  /** The part of the page's edges that it takes before it goes on from the last of them. */
  readonly takes: number;
  /** Milliseconds that pass before the next step, and what changes meanwhile. */
  readonly waitMs: number;
  readonly changes: readonly EstateChange[];
  readonly bounds: Bounds;
}

/** A list and the way a client goes through it. */
export interface WalkPlan {
  readonly order: BackupOrder;
  readonly backwards: boolean;
  readonly filter: BackupFilter | null;
  /** One after the other, and then again. */
  readonly steps: readonly Step[];
}

/** One page that a client got. */
export interface Visit {
  readonly page: Connection<Backup>;
  /** In walk order; those that the client took. */
  readonly taken: readonly Edge<Backup>[];
  readonly hasMore: boolean;
  /** Where the walk stood when it asked. */
  readonly position: Key;
}

export interface Walked {
  readonly visits: readonly Visit[];
  readonly direction: Direction;
  readonly startedAt: number;
  readonly endedAt: number;
}

const NO_PAGE = { first: null, after: null, last: null, before: null };

export const queryOf = (plan: Omit<WalkPlan, "steps">): BackupListQuery => ({
  parent: ["Query"],
  scope: filterScope(plan.filter),
  page: NO_PAGE,
  filter: plan.filter,
  order: plan.order,
  onSourceError: "PARTIAL",
});

/** Behind so many pages a model stands still, so that every walk comes to its end. */
const MOVING_PAGES = 20;

/** No walk of a model needs more pages. */
const MOST_PAGES = 600;

/** Walks a list by its cursors until nothing more comes and nothing is owed. */
export async function walk(
  gateway: ModelGateway,
  plan: WalkPlan,
  onVisit: (visit: Visit) => void = () => undefined,
): Promise<Walked> {
  const { estate } = gateway;
  const direction = directionOf(plan);
  const visits: Visit[] = [];
  const startedAt = estate.world.now + 1;
  let cursor: string | null = null;
  for (;;) {
    expect(visits.length, "the walk ends").toBeLessThan(MOST_PAGES);
    const step = plan.steps[visits.length % plan.steps.length] as Step;
    const visit = await visitPage(gateway, plan, { step, cursor });
    visits.push(visit);
    onVisit(visit);
    const last = visit.taken.at(-1);
    const isWhole = visit.taken.length === visit.page.edges.length;
    const { startCursor, endCursor } = visit.page;
    const end = plan.backwards ? startCursor : endCursor;
    cursor = (isWhole ? end : last?.cursor) ?? cursor;
    if (isWhole && !visit.hasMore && visit.page.complete)
      return { visits, direction, startedAt, endedAt: estate.world.now };
    estate.world.now += step.waitMs;
    if (visits.length <= MOVING_PAGES) for (const one of step.changes) estate.change(one);
  }
}

const directionOf = ({ order, backwards }: WalkPlan): Direction =>
  (order === "STARTED_AT_DESC") === backwards ? "oldestFirst" : "newestFirst";

async function visitPage(
  gateway: ModelGateway,
  plan: WalkPlan,
  { step, cursor }: { readonly step: Step; readonly cursor: string | null },
): Promise<Visit> {
  const query = queryOf(plan);
  const { size, takes, bounds } = step;
  const page = await listBackups(gateway.open(bounds), {
    ...query,
    page: plan.backwards
      ? { ...NO_PAGE, last: size, before: cursor }
      : { ...NO_PAGE, first: size, after: cursor },
  });
  const edges = plan.backwards ? [...page.edges].reverse() : page.edges;
  const taken = edges.slice(0, Math.max(1, Math.ceil(takes * edges.length)));
  const hasMore = await (plan.backwards ? page.hasPreviousPage() : page.hasNextPage());
  const direction = directionOf(plan);
  const fingerprint = fingerprintOf(backupBinding(query));
  const position =
    cursor === null
      ? walkOrigin(direction)
      : decodeCursor(SEALER, cursor, fingerprint, direction).position;
  return { page, taken, hasMore, position };
}

/** Whether a backup passes a filter, by the facts of the model. */
export function passes(
  filter: BackupFilter | null,
  backup: Pick<Backup, "provider" | "region" | "instanceNativeId" | "status" | "startedAt">,
): boolean {
  if (filter === null) return true;
  const { provider, region, instanceNativeId, status, startedAt } = backup;
  const isIn = (values: readonly string[] | null, value: string) => values?.includes(value) ?? true;
  return (
    isIn(filter.providers, provider) &&
    isIn(filter.regions, region) &&
    isIn(filter.instanceIds, instanceId(provider, region, instanceNativeId)) &&
    isIn(filter.statuses, status) &&
    (filter.startedAfter === null || startedAt >= filter.startedAfter) &&
    (filter.startedBefore === null || startedAt < filter.startedBefore)
  );
}

/** The order of a walk is strict, and late are those whose place had passed. */
export function expectOrder({ visits, direction }: Walked): void {
  let last: Key | null = null;
  for (const { taken, position } of visits) {
    let late: Key | null = null;
    for (const { node, late: isLate } of taken) {
      const before = compareWalk(direction, node, position);
      expect(before <= 0, `late: ${isLate}`).toBe(isLate);
      if (isLate) {
        expect(late === null || compareWalk(direction, late, node) < 0, "late in order").toBe(true);
        late = node;
      } else {
        expect(last === null || compareWalk(direction, last, node) < 0, "in order").toBe(true);
        last = node;
      }
    }
  }
}

/** Sorts keys as a walk meets them. */
export const byWalk = (direction: Direction) => (a: Key, b: Key) =>
  direction === "newestFirst" ? compareKeys(b, a) : compareKeys(a, b);
