import type { Backup } from "../domain/backup.js";
import type { BackupFilter, InstanceFilter, SharedFilter, TagFilter } from "../domain/filter.js";
import { instanceAddressOf } from "../domain/id.js";
import { isSameInstance, type Instance, type InstanceRef } from "../domain/instance.js";
import type { BackupQuery, InstanceQuery, Parent } from "../domain/reads.js";
import type { KeyRange, Walk } from "./walk.js";

/** Conditions on instances that may depend on their facts; null is no condition. */
export interface InstanceConditions {
  /** A text that the name contains, in lower case. */
  readonly nameContains: string | null;
  readonly tags: readonly TagFilter[] | null;
  /** Names of policies. */
  readonly policies: readonly string[] | null;
}

/** The providers, regions and instances that a list covers; null covers all. */
export interface Scope {
  readonly vendors: readonly string[] | null;
  readonly providers: readonly string[] | null;
  readonly regions: readonly string[] | null;
  readonly instances: readonly InstanceRef[] | null;
  /** Which of the instances. With one, every list of backups is that of an instance. */
  readonly selection: InstanceConditions | null;
}

/** A list of backups, as a field requests it. */
export interface BackupListQuery extends Omit<BackupQuery, "parent"> {
  /** The parent object, to which cursors are bound. */
  readonly parent: readonly string[];
  readonly scope: Scope;
}

/** A list of backups, and the page of it to show. */
export interface PageOfList {
  readonly scope: Scope;
  readonly walk: Walk;
  readonly matches: (row: Backup) => boolean;
  readonly lookAhead: boolean;
  /** Rows that the page may pass over because they do not match. */
  readonly scanRows: number;
}

/** A list of instances, as a field requests it. */
export interface InstanceListQuery extends Omit<InstanceQuery, "parent"> {
  /** The parent object, to which cursors are bound. */
  readonly parent: readonly string[];
  readonly scope: Scope;
}

/** Everything that identifies a list of backups, for its cursors. */
export function backupBinding({ parent, scope, filter, order }: BackupListQuery): unknown {
  return [
    "backups",
    parent,
    order,
    normal(filter.vendors),
    normal(filter.providers),
    normal(filter.regions),
    normal(filter.instanceIds),
    normal(filter.statuses),
    normal(filter.triggers),
    filter.startedAfter,
    filter.startedBefore,
    ...selectionBinding(scope),
  ];
}

/** Everything that identifies a list of instances, for its cursors. */
export function instanceBinding({
  parent,
  scope,
  filter,
}: Pick<InstanceListQuery, "parent" | "scope" | "filter">): unknown {
  return [
    "instances",
    parent,
    normal(filter.vendors),
    normal(filter.providers),
    normal(filter.regions),
    normal(filter.nativeIds),
    normal(filter.statuses),
    filter.nameContains,
    ...selectionBinding(scope),
    // Nothing without ids, so that the cursors of older versions stay valid.
    ...(filter.instanceIds === null ? [] : [{ instanceIds: normal(filter.instanceIds) }]),
  ];
}

/** Nothing without a selection, so that the cursors of other lists do not depend on it. */
function selectionBinding({ selection }: Scope): readonly unknown[] {
  if (selection === null) return [];
  const tags =
    selection.tags?.map(({ key, values }) => JSON.stringify([key, normal(values)])) ?? null;
  return [[selection.nameContains, normal(tags), normal(selection.policies)]];
}

/** Sorted and without repeats, so that two filters with the same meaning are equal. */
const normal = (values: readonly string[] | null): readonly string[] | null =>
  values === null ? null : [...new Set(values)].sort();

/** What cursors are bound to for a parent object, however the object was reached. */
export function parentBinding(parent: Parent): readonly string[] {
  if (parent.type === "Query") return ["Query"];
  return parent.type === "Provider"
    ? ["Provider", parent.provider]
    : ["Instance", parent.instance.id];
}

/** The scope of a filter, of which `name` is the text that the name of an instance must contain. */
function scopeOf(filter: SharedFilter, name: string | null): Scope {
  const { vendors, providers, regions, instanceIds, tags, policies } = filter;
  const isOpen = name === null && tags === null && policies === null;
  return {
    vendors,
    providers,
    regions,
    // An id that names no instance selects nothing.
    instances: instanceIds?.flatMap((id) => instanceAddressOf(id) ?? []) ?? null,
    selection: isOpen ? null : { nameContains: name?.toLowerCase() ?? null, tags, policies },
  };
}

export const backupScope = (filter: BackupFilter): Scope =>
  scopeOf(filter, filter.instanceNameContains);

/** Its name is no part of the scope: it needs no facts, so `instanceMatcher` checks it. */
export const instanceScope = (filter: InstanceFilter): Scope => scopeOf(filter, null);

/** The part of a scope that belongs to a parent object. */
export function within(parent: Parent, scope: Scope): Scope {
  if (parent.type === "Query") return scope;
  if (parent.type === "Provider") {
    const isLeft = scope.providers?.includes(parent.provider) ?? true;
    return { ...scope, providers: isLeft ? [parent.provider] : [] };
  }
  const { instance } = parent;
  const isLeft = scope.instances?.some((one) => isSameInstance(one, instance)) ?? true;
  return { ...scope, instances: isLeft ? [instance] : [] };
}

/**
 * Whether a backup passes the parts of a filter that no vendor applies. Status and trigger may change:
 * if a vendor filtered by them, rows would move between pages.
 */
export function backupMatcher({ statuses, triggers }: BackupFilter): (row: Backup) => boolean {
  if (statuses === null && triggers === null) return () => true;
  return ({ status, trigger }) =>
    (statuses?.includes(status) ?? true) && (triggers?.includes(trigger) ?? true);
}

/** Whether an instance passes the rest of a filter; names are compared without case. */
export function instanceMatcher(filter: InstanceFilter): (instance: Instance) => boolean {
  const part = filter.nameContains?.toLowerCase() ?? null;
  const nativeIds = filter.nativeIds ? new Set(filter.nativeIds) : null;
  const ids = filter.instanceIds ? new Set(filter.instanceIds) : null;
  return ({ id, nativeId, status, name }) =>
    (ids?.has(id) ?? true) &&
    (nativeIds?.has(nativeId) ?? true) &&
    (filter.statuses?.includes(status) ?? true) &&
    (part === null || (name?.toLowerCase().includes(part) ?? false));
}

/** The span of starts that a filter selects: from `startedAfter` on, before `startedBefore`. */
export const rangeOf = ({ startedAfter, startedBefore }: BackupFilter): KeyRange => ({
  low: boundary(startedAfter),
  high: boundary(startedBefore),
});

const boundary = (instant: number | null) =>
  instant === null ? null : { startedAt: instant, id: "" };
