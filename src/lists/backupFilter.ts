import type { Backup } from "../domain/backup.js";
import type { BackupFilter } from "../domain/filter.js";
import { instanceAddressOf } from "../domain/id.js";
import type { KeyRange } from "./walk.js";
import type { BackupListQuery } from "./backupList.js";
import type { Scope } from "./scope.js";

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
