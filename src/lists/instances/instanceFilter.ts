import type { PageArgs } from "../../domain/connection.js";
import type { InstanceFilter, OnSourceError } from "../../domain/filter.js";
import type { NextLists } from "../../domain/reads.js";
import { normal } from "../backupFilter.js";
import type { InstanceRow } from "./instanceSources.js";
import type { Scope } from "../scope.js";

/** One list of instances, as a field asks for it. */
export interface InstanceListQuery {
  /** What cursors are bound to besides the filter: the parent object. */
  readonly parent: readonly string[];
  readonly scope: Scope;
  readonly page: PageArgs;
  readonly filter: InstanceFilter | null;
  readonly onSourceError: OnSourceError;
  /** The lists of backups that are read next of each instance of the page. */
  readonly next?: NextLists;
}

/** What cursors of a list of instances are bound to. */
export function instanceBinding({
  parent,
  filter,
}: Pick<InstanceListQuery, "parent" | "filter">): unknown {
  return [
    "instances",
    parent,
    normal(filter?.vendors ?? null),
    normal(filter?.providers ?? null),
    normal(filter?.regions ?? null),
    normal(filter?.nativeIds ?? null),
    normal(filter?.statuses ?? null),
    filter?.nameContains ?? null,
  ];
}

/** What a filter leaves of the regions. */
export const instanceScope = (filter: InstanceFilter | null): Scope => ({
  vendors: filter?.vendors ?? null,
  providers: filter?.providers ?? null,
  regions: filter?.regions ?? null,
  instances: null,
});

/** Whether an instance passes the filters that are ours to apply; names are compared without case. */
export function instanceMatcher(filter: InstanceFilter | null): (row: InstanceRow) => boolean {
  const part = filter?.nameContains?.toLowerCase() ?? null;
  return ({ instance }) =>
    (filter?.nativeIds?.includes(instance.nativeId) ?? true) &&
    (filter?.statuses?.includes(instance.status) ?? true) &&
    (part === null || (instance.name?.toLowerCase().includes(part) ?? false));
}
