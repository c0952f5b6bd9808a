import type { Backup } from "../../domain/backup.js";
import type { BackupFilter, BackupOrder, OnSourceError } from "../../domain/filter.js";
import type { Key } from "../../domain/key.js";
import type { Connection, PageArgs } from "../../paging/connection.js";
import { CURSOR_LIMIT, encodeCursor, fingerprintOf } from "../../paging/cursor.js";
import { instantAfter } from "../../paging/slice.js";
import type { LeavePolicy, MergeSource } from "../../paging/mergeSource.js";
import { checkPageArgs } from "../../paging/pageArgs.js";
import type { Sealer } from "../../paging/seal.js";
import { takePage, type Page } from "../../paging/page.js";
import { SourceError } from "../../errors.js";
import { firstInstant } from "../../paging/direction.js";
import { BackupSourceFinder } from "./backupSources.js";
import type { BackupSources } from "./foundSources.js";
import { connectionOf, stateOf, walkOf, type KeyRange, type Walk } from "./connection.js";
import { backupBinding, matcherOf, rangeOf } from "./backupFilter.js";
import { distinct, failOn, issuesOf } from "./issues.js";
import type { Reader } from "./reader.js";
import type { Scope } from "./targets.js";

/** One list of backups, as a field asks for it. */
export interface BackupListQuery {
  /** What cursors are bound to besides filter and order: the parent object. */
  readonly parent: readonly string[];
  /** What the parent object alone leaves of the sources. */
  readonly scope: Scope;
  readonly page: PageArgs;
  readonly filter: BackupFilter | null;
  readonly order: BackupOrder;
  readonly onSourceError: OnSourceError;
  /** Whether to find out if there is more; a page without it may be cheaper. */
  readonly lookAhead?: boolean;
}

/**
 * One page of the merged list of backups.
 *
 * Order:  `(startedAt, id)`, strict; rows that were owed come first, marked late.
 * Cost:   for each source that could matter, the slices that the page needs and nothing more.
 * Errors: `ClientError`; of sources only with `onSourceError` FAIL, else they are in `issues`.
 */
export async function listBackups(
  reader: Reader,
  query: BackupListQuery,
): Promise<Connection<Backup>> {
  const { sealer, startedAt, limits } = reader;
  const range = rangeOf(query.filter);
  const walk = walkOf(checkPageArgs(query.page, limits), {
    sealer,
    order: query.order === "STARTED_AT_DESC" ? "newestFirst" : "oldestFirst",
    fingerprint: fingerprintOf(backupBinding(query)),
    range,
    now: startedAt,
  });
  const { direction, walkStart, owed } = walk;
  const instant = firstInstant(direction, walk.position);
  const question = { scope: query.scope, direction, walkStart, instant, owed };
  const found = await new BackupSourceFinder(reader, question).find();
  const matches = matcherOf(query.filter);
  const page = await pageOf(reader, { walk, found, matches, lookAhead: query.lookAhead ?? true });
  const whereabouts = (name: string) => found.where.get(name) ?? NOWHERE;
  const scanned = page.scanned ? scanIssues(reader, found) : [];
  const issues = distinct([...found.issues, ...issuesOf(page, whereabouts), ...scanned]);
  if (query.onSourceError === "FAIL") failOn(issues);
  const count = () => countRows(found, matches, range, walk);
  return connectionOf({ walk, found, page, issues, sealer, matches, nodeOf: (row) => row, count });
}

const NOWHERE = { provider: "", region: null, instanceNativeId: null };

interface PageParts {
  readonly walk: Walk;
  readonly found: BackupSources;
  readonly matches: (row: Backup) => boolean;
  readonly lookAhead: boolean;
}

/** Takes the page; where its cursor would grow too long with debts, it ends before the last of them. */
async function pageOf(reader: Reader, parts: PageParts): Promise<Page<Backup>> {
  const { engine, sealer } = reader;
  // Where nothing is kept, a page that ended at its first unread source would never get on.
  const policy: LeavePolicy = engine.ports.settings.ttlMs === 0 ? "owe" : "each";
  const page = await take(reader, parts, policy);
  return fits(sealer, parts, page) ? page : take(reader, parts, "cut");
}

/** Whether every cursor of a page is short enough, also those of edges that are followed by debts paid. */
function fits(sealer: Sealer, { walk, found }: PageParts, page: Page<Backup>): boolean {
  const { fingerprint, direction, walkStart } = walk;
  const owing = [page.end, ...page.rows.map((_, index) => page.stateAfter(index))];
  return owing
    .filter(({ debts }) => debts.length > 0)
    .every((state) => {
      const content = { fingerprint, direction, walkStart, state };
      return encodeCursor(sealer, content, found).length <= CURSOR_LIMIT;
    });
}

const take = (
  { limits }: Reader,
  { walk, found, matches, lookAhead }: PageParts,
  policy: LeavePolicy,
): Promise<Page<Backup>> =>
  takePage({
    direction: walk.direction,
    sources: found.sources,
    debtors: found.debtors,
    state: stateOf(walk, found),
    end: walk.end,
    limit: walk.size,
    matches,
    lookAhead,
    scanLimit: limits.scanRows,
    policy,
  });

/** A page that was ended after passing over many rows says so for each provider in it. */
function scanIssues({ limits }: Reader, found: BackupSources) {
  const providers = new Set([...found.where.values()].map(({ provider }) => provider));
  return [...providers].map((provider) => ({
    provider,
    region: null,
    instanceNativeId: null,
    code: "CUT" as const,
    message: `The page was ended after ${limits.scanRows} backups that do not match the filter.`,
    retryable: true,
    retryAfterMs: null,
    asOf: null,
  }));
}

/** Counts all rows of the list; null where a source fails, is old, or was not asked in time. */
async function countRows(
  { sources, issues }: BackupSources,
  matches: (row: Backup) => boolean,
  range: KeyRange,
  walk: Walk,
): Promise<number | null> {
  if (walk.owed.length > 0 || issues.length > 0) return null;
  const counts = await Promise.all(sources.map((source) => countSource(source, matches, range)));
  return counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}

async function countSource(
  source: MergeSource<Backup>,
  matches: (row: Backup) => boolean,
  { low, high }: KeyRange,
): Promise<number | null> {
  let instant: number | null = high === null ? Number.POSITIVE_INFINITY : high.startedAt - 1;
  let count = 0;
  try {
    while (instant !== null && (low === null || instant >= low.startedAt)) {
      const asked: number = instant;
      const slice = await source.read(asked, "newestFirst");
      if (slice.stale !== null || slice.notices.length > 0) return null;
      // A slice may reach above what was asked, where rows have been counted.
      const isNew = (row: Key) => row.startedAt <= asked && within(row, low, high);
      count += slice.rows.filter((row) => isNew(row) && matches(row)).length;
      instant = instantAfter("newestFirst", slice);
    }
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
  return count;
}

const within = ({ startedAt }: Key, low: Key | null, high: Key | null): boolean =>
  (low === null || startedAt >= low.startedAt) && (high === null || startedAt < high.startedAt);
