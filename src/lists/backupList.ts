import type { Backup } from "../domain/backup.js";
import type { SourceIssue } from "../domain/issue.js";
import type { Connection } from "../domain/connection.js";
import { fingerprintOf } from "../paging/cursor.js";
import type { LeavePolicy } from "../paging/mergeSource.js";
import { takePage } from "../paging/page.js";
import type { Page } from "../paging/takenPage.js";
import { firstInstant } from "../paging/direction.js";
import { backupConnection } from "./backupConnection.js";
import { BackupSourceFinder } from "./resolveSources.js";
import type { BackupSources } from "./foundSources.js";
import { stateOf } from "./walk.js";
import {
  backupBinding,
  backupWalk,
  matcherOf,
  rangeOf,
  type BackupListQuery,
} from "./backupFilter.js";
import { keepView, viewedPage } from "./mergedCache/mergedPages.js";
import { distinct, failOn, issuesOf } from "./issues.js";
import type { Reader } from "./readContext.js";
import { countRows } from "./rowCount.js";
import type { ViewedList } from "./viewedList.js";

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
  const range = rangeOf(query.filter);
  const walk = backupWalk(reader, query, fingerprintOf(backupBinding(query)));
  const { scope, lookAhead = true, onSourceError } = query;
  const list: ViewedList = { scope, walk, matches: matcherOf(query.filter), lookAhead };
  const viewed = viewedPage(reader, list, async () =>
    countRows(await sourcesOf(reader, list), list, range),
  );
  if (viewed !== null) return viewed;
  const finding = sourcesOf(reader, list);
  const found = finding instanceof Promise ? await finding : finding;
  const { begun } = found;
  // Before anything else is made, which would have to be kept meanwhile for each of many lists.
  if (begun.length > 0) await (begun.length === 1 ? begun[0] : Promise.all(begun));
  const taken = pageOf(reader, list, found);
  const page = taken instanceof Promise ? await taken : taken;
  const issues = issuesIn(reader, found, page);
  if (issues.length === 0) keepView(reader, list, found);
  if (onSourceError === "FAIL") failOn(issues);
  const count = () => countRows(found, list, range);
  return backupConnection(reader, list, { page, found, issues, count });
}

function sourcesOf(
  reader: Reader,
  { scope, walk }: ViewedList,
): BackupSources | Promise<BackupSources> {
  const { direction, walkStart, owed } = walk;
  const instant = firstInstant(direction, walk.position);
  const readsAll = walk.size > 0 && owed.length === 0;
  const question = { scope, direction, walkStart, instant, owed, readsAll };
  return new BackupSourceFinder(reader, question).find();
}

/** All that a page and the lists that name its sources have to report. */
function issuesIn(
  reader: Reader,
  found: BackupSources,
  page: Page<Backup>,
): readonly SourceIssue[] {
  const whereabouts = (name: string) => found.where.get(name) ?? NOWHERE;
  const scanned = page.scanned ? scanIssues(reader, found) : [];
  return distinct([...found.issues, ...issuesOf(page, whereabouts), ...scanned]);
}

const NOWHERE = { provider: "", region: null, instanceNativeId: null };

function pageOf(
  { engine, limits }: Reader,
  { walk, matches, lookAhead }: ViewedList,
  found: BackupSources,
): Page<Backup> | Promise<Page<Backup>> {
  // Without a cache, a page that ended at its first unread source would never get further.
  const policy: LeavePolicy = engine.ports.settings.ttlMs === 0 ? "owe" : "each";
  return takePage({
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
}

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
