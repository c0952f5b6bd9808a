import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { setMaxListeners } from "node:events";
import { expect } from "vitest";
import type { Backup } from "../../src/domain/backup.js";
import type { BackupFilter, BackupOrder } from "../../src/domain/filter.js";
import type { Key } from "../../src/domain/id.js";
import type { Connection, Edge } from "../../src/domain/connection.js";
import { CursorKey, Cursors, fingerprintOf } from "../../src/paging/cursor.js";
import { walkOrigin, type Direction } from "../../src/paging/direction.js";
import { Engine } from "../../src/engine/engine.js";
import { KeptMerges } from "../../src/lists/fast/keptMerges.js";
import { noPrefetch, NO_MERGED_PAGES } from "../../src/lists/fast/plain.js";
import { KnownInstances } from "../../src/lists/fast/prefetch.js";
import { backupBinding, backupScope, type BackupListQuery } from "../../src/lists/filters.js";
import { listBackups } from "../../src/lists/backups.js";
import { ReadContext, type ReadParts } from "../../src/lists/readContext.js";
import { CallLog, type Operation } from "../../src/listing/operation.js";
import { Planner } from "../../src/engine/planner.js";
import type { EngineSettings } from "../../src/index/sliceStore.js";
import type { Ports } from "../../src/providers/context.js";
import { noteWalk } from "../runs.js";
import { accountsOf, modelHttp, providerKey, vendorOfModel } from "./modelCloud.js";
import type { EstateChange, ModelEstate } from "./modelEstate.js";
import { wanted } from "../wantedPage.js";

export const SETTINGS: EngineSettings = {
  ttlMs: 30_000,
  staleIfErrorMs: 600_000,
  scanRows: 10_000,
  cacheRows: 100_000,
};

const CURSOR_SECRET = Buffer.alloc(32, 7);

/** Authenticates the cursors of every model gateway. */
export const CURSOR_KEY = new CursorKey(CURSOR_SECRET);

const cursors = new Cursors([CURSOR_SECRET], 131_072);

/** What one operation may do at most. */
export interface Bounds {
  readonly vendorCalls: number;
  /** Milliseconds from its beginning. */
  readonly deadlineMs: number;
  /** Rows that it may pass over because they do not match. */
  readonly scanRows: number;
}

export const UNBOUNDED: Bounds = { vendorCalls: 100_000, deadlineMs: 1e12, scanRows: 10_000 };

/** What a model gateway may share, and whether it keeps merges and reads early. */
type ModelParts = Pick<Ports, "sharedOf" | "onClaimDropped"> & {
  readonly isPlain?: boolean;
  /** How far its clock is ahead of the world's. */
  readonly clockMs?: number;
};

/** A gateway over a model estate. */
export class ModelGateway {
  readonly engine: Engine;
  readonly kept: KeptMerges;
  private readonly clockMs: number;
  private readonly parts: Omit<ReadParts, "scanRows">;

  constructor(
    readonly estate: ModelEstate,
    ownSettings: Partial<EngineSettings> = {},
    { isPlain = false, clockMs = 0, ...ports }: ModelParts = {},
  ) {
    const { products } = estate;
    const vendor = vendorOfModel(products);
    const settings = { ...SETTINGS, ...ownSettings };
    const engine = new Engine(accountsOf(products), () => vendor, {
      http: modelHttp((question, { deadline, ...context }) =>
        estate.answerInTurn(question, { ...context, deadline: deadline - clockMs }),
      ),
      now: () => estate.world.now + clockMs,
      settings,
      ...ports,
    });
    const planner = new Planner(engine);
    this.engine = engine;
    this.kept = new KeptMerges({ planner, memory: engine.memory, settings, cursors });
    this.clockMs = clockMs;
    this.parts = {
      engine,
      planner,
      cursors,
      policies: [DEFAULT_POLICY],
      merged: isPlain ? NO_MERGED_PAGES : this.kept,
      prefetch: isPlain ? noPrefetch : (context) => new KnownInstances(context),
    };
  }

  /** The reads of one operation, of a caller that sees these accounts; null for all. */
  open(
    { vendorCalls, deadlineMs, scanRows }: Bounds = UNBOUNDED,
    accounts: readonly number[] | null = null,
    parts: Partial<ReadParts> = {},
  ): ReadContext {
    const { world } = this.estate;
    world.now += 1;
    const visible = accounts === null ? null : new Set(accounts.map(providerKey));
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const operation: Operation = {
      signal,
      deadline: world.now + this.clockMs + deadlineMs,
      calls: new CallLog(),
      budget: { left: vendorCalls },
    };
    const providers = [...this.engine.providers].filter(([key]) => visible?.has(key) ?? true);
    const all = { ...this.parts, scanRows, ...parts };
    return new ReadContext(all, operation, world.now + this.clockMs, new Map(providers));
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
  /** The accounts that the client may see just then; all where this is absent. */
  readonly accounts?: readonly number[];
}

/** A list and the way a client goes through it. */
export interface WalkPlan {
  readonly order: BackupOrder;
  readonly backwards: boolean;
  readonly filter: BackupFilter;
  /** One after the other, and then again. */
  readonly steps: readonly Step[];
}

/** One page that a client got. */
export interface Visit {
  readonly page: Connection<Backup>;
  /** The rows that were asked for. */
  readonly size: number;
  /** In walk order; those that the client took. */
  readonly taken: readonly Edge<Backup>[];
  /** Whether the walk has more, and whether it has come past something. */
  readonly hasMore: boolean;
  readonly hasLess: boolean;
  /** Whether the cursor that it asked with owes rows. */
  readonly owes: boolean;
  /** Where the walk stood when it asked; at its origin where there was no cursor. */
  readonly position: Key;
  /** Where it stands behind the whole page. */
  readonly end: Key;
  /** The world's clock when the answer was there. */
  readonly at: number;
}

export interface Walked {
  readonly visits: readonly Visit[];
  readonly direction: Direction;
  readonly startedAt: number;
  readonly endedAt: number;
}

export const queryOf = (plan: Omit<WalkPlan, "steps">): BackupListQuery => ({
  parent: ["Query"],
  scope: backupScope(plan.filter),
  page: wanted({}),
  filter: plan.filter,
  order: plan.order,
  onSourceError: "PARTIAL",
});

/** Behind so many pages a model stands still, so that every walk comes to its end. */
const MOVING_PAGES = 20;

/** How long a client waits before it asks again for rows that are pending. */
const RETRY_MS = 1_000;

/**
 * No walk of a model needs so many pages for a row, or to find that there is none: with one call a page,
 * each list is read, or fails, once.
 */
const MOST_PAGES_A_ROW = 600;

/** Walks a list by its cursors, over replicas in turn, until nothing more comes and nothing is owed. */
export async function walk(
  replicas: ModelGateway | readonly ModelGateway[],
  plan: WalkPlan,
): Promise<Walked> {
  const gateways = [replicas].flat() as readonly ModelGateway[];
  const { estate } = gateways[0] as ModelGateway;
  const direction = directionOf(plan);
  const visits: Visit[] = [];
  const startedAt = estate.world.now + 1;
  const isCut = plan.steps.some(({ bounds }) => bounds !== UNBOUNDED);
  const mayBeShort = isCut || estate.script.faults.length > 0;
  let cursor: string | null = null;
  let withoutRows = 0;
  for (;;) {
    expect(withoutRows, "the walk gets on").toBeLessThan(MOST_PAGES_A_ROW);
    const step = plan.steps[visits.length % plan.steps.length] as Step;
    const gateway = gateways[visits.length % gateways.length] as ModelGateway;
    const visit = await visitPage(gateway, plan, { step, cursor });
    visits.push(visit);
    withoutRows = visit.taken.length > 0 ? 0 : withoutRows + 1;
    const last = visit.taken.at(-1);
    const isWhole = visit.taken.length === visit.page.edges.length;
    const { startCursor, endCursor } = visit.page;
    const end = plan.backwards ? startCursor : endCursor;
    cursor = (isWhole ? end : last?.cursor) ?? cursor;
    if (isWhole && !visit.hasMore && (visit.page.complete || (mayBeShort && isOnlyShort(visit)))) {
      noteWalk(visits.reduce((sum, { taken }) => sum + taken.length, 0));
      return { visits, direction, startedAt, endedAt: estate.world.now };
    }
    estate.world.now += step.waitMs;
    // Only pending rows are left. A client waits before it asks for them again.
    if (isWhole && !visit.hasMore) estate.world.now += RETRY_MS;
    if (visits.length <= MOVING_PAGES) for (const one of step.changes) estate.change(one);
  }
}

/**
 * Whether nothing is pending. Rows that move while a reading goes on over several cut pages may leave the list
 * SHORT, and a walk does not read again what it has read.
 */
const isOnlyShort = ({ page }: Visit): boolean => page.issues.every(({ code }) => code === "SHORT");

const directionOf = ({ order, backwards }: Omit<WalkPlan, "steps">): Direction =>
  (order === "STARTED_AT_DESC") === backwards ? "oldestFirst" : "newestFirst";

/** Asks one page of a walk. */
export async function visitPage(
  gateway: ModelGateway,
  plan: Omit<WalkPlan, "steps">,
  { step, cursor }: { readonly step: Step; readonly cursor: string | null },
): Promise<Visit> {
  const query = queryOf(plan);
  const { size, takes, bounds, accounts = null } = step;
  const page = await listBackups(gateway.open(bounds, accounts), {
    ...query,
    page: plan.backwards
      ? wanted({ last: size, before: cursor })
      : wanted({ first: size, after: cursor }),
  });
  const edges = plan.backwards ? [...page.edges].reverse() : page.edges;
  const taken = edges.slice(0, Math.max(1, Math.ceil(takes * edges.length)));
  const hasMore = await (plan.backwards ? page.hasPreviousPage() : page.hasNextPage());
  const hasLess = await (plan.backwards ? page.hasNextPage() : page.hasPreviousPage());
  const position = positionOf(plan, cursor);
  const owes = cursor !== null && opened(plan, cursor).owed.length > 0;
  const last = plan.backwards ? page.startCursor : page.endCursor;
  const end = last === null ? position : positionOf(plan, last);
  return { page, size, taken, hasMore, hasLess, owes, position, end, at: gateway.estate.world.now };
}

/** The place of a cursor of a walk; the origin of the walk for null. */
export function positionOf(plan: Omit<WalkPlan, "steps">, cursor: string | null): Key {
  return cursor === null ? walkOrigin(directionOf(plan)) : opened(plan, cursor).position;
}

function opened(plan: Omit<WalkPlan, "steps">, cursor: string) {
  const fingerprint = fingerprintOf(backupBinding(queryOf(plan)));
  return cursors.decode(cursor, fingerprint, directionOf(plan));
}
