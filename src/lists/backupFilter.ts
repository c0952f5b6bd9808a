import type { Backup } from "../domain/backup.js";
import type { BackupFilter, OnSourceError } from "../domain/filter.js";
import { instanceAddressOf } from "../domain/id.js";
import type { BackupRange } from "../domain/reads.js";
import { checkPageArgs } from "../paging/pageArgs.js";
import { walkStartFor, type Reader } from "./readContext.js";
import { walkOf, type KeyRange, type Walk } from "./walk.js";
import type { Scope } from "./scope.js";

/** One list of backups, as a field asks for it. */
export interface BackupListQuery extends BackupRange {
  /** What cursors are bound to besides filter and order: the parent object. */
  readonly parent: readonly string[];
  /** What the parent object alone leaves of the sources. */
  readonly scope: Scope;
  readonly onSourceError: OnSourceError;
  /** Whether to find out if there is more; a page without it may be cheaper. */
  readonly lookAhead?: boolean;
}

/** Sorted and without repeats: two lists that mean the same read the same. */
export const normal = (values: readonly string[] | null): readonly string[] | null =>
  values === null ? null : [...new Set(values)].sort();

/** What cursors of a list of backups are bound to. */
export function backupBinding({ parent, filter, order }: BackupListQuery): unknown {
  return [
    "backups",
    parent,
    order,
    normal(filter?.vendors ?? null),
    normal(filter?.providers ?? null),
    normal(filter?.regions ?? null),
    normal(filter?.instanceIds ?? null),
    normal(filter?.statuses ?? null),
    normal(filter?.triggers ?? null),
    filter?.startedAfter ?? null,
    filter?.startedBefore ?? null,
  ];
}

/** What a filter leaves of the sources; ids that name no instance are passed over. */
export const filterScope = (filter: BackupFilter | null): Scope => ({
  vendors: filter?.vendors ?? null,
  providers: filter?.providers ?? null,
  regions: filter?.regions ?? null,
  instances: filter?.instanceIds?.flatMap((id) => instanceAddressOf(id) ?? []) ?? null,
});

/**
 * Whether a backup passes the filters that are ours to apply. Status and trigger may change, so no
 * vendor is asked for them: rows would move between pages.
 */
export function matcherOf(filter: BackupFilter | null): (row: Backup) => boolean {
  const statuses = setOf(filter?.statuses);
  const triggers = setOf(filter?.triggers);
  if (statuses === null && triggers === null) return () => true;
  return ({ status, trigger }) =>
    (statuses?.has(status) ?? true) && (triggers?.has(trigger) ?? true);
}

const setOf = <T>(values: readonly T[] | null | undefined): ReadonlySet<T> | null =>
  values === null || values === undefined ? null : new Set(values);

/** The span of starts that a filter leaves: from `startedAfter` on, before `startedBefore`. */
export const rangeOf = (filter: BackupFilter | null): KeyRange => ({
  low: boundary(filter?.startedAfter),
  high: boundary(filter?.startedBefore),
});

const boundary = (instant: number | null | undefined) =>
  instant === null || instant === undefined ? null : { startedAt: instant, id: "" };

/**
 * The walk over a list of backups whose cursors are bound to a fingerprint.
 * @throws {ClientError} BAD_USER_INPUT, CURSOR_INVALID, CURSOR_MISMATCH.
 */
export const backupWalk = (
  reader: Reader,
  { page, filter, order }: BackupRange,
  fingerprint: Buffer,
): Walk =>
  walkOf(checkPageArgs(page, reader.limits), {
    cursors: reader.cursors,
    order: order === "STARTED_AT_DESC" ? "newestFirst" : "oldestFirst",
    fingerprint,
    range: rangeOf(filter),
    now: walkStartFor(reader),
  });
