import type { Backup } from "../../domain/backup.js";
import type { Connection } from "../../domain/connection.js";
import type { InstanceRef } from "../../domain/instance.js";
import type { BackupRange } from "../../domain/reads.js";
import type { Dated } from "../../index/readThrough.js";
import type { Operation } from "../../listing/operation.js";
import type { Direction } from "../../paging/direction.js";
import type { InstanceList } from "../../providers/instanceList.js";
import type { ProviderRuntime } from "../../providers/provider.js";
import type { ListedPlace, Source } from "../../sources/source.js";
import type { PageOfList, Scope } from "../filters.js";
import type { WalkTime } from "../walk.js";

/*
 * Two things make lists fast without changing what they show. Each is an interface here, next to its
 * plain implementation, which does nothing. The same tests pass with either.
 */

/** Pages of lists that were merged before. */
export interface MergedPages {
  /**
   * The page of a list, if the merge that it needs is kept and still true; else null.
   * `count` counts the rows of the list.
   */
  find(
    list: PageOfList,
    operation: AskingOperation,
    count: () => Promise<number | null>,
  ): Connection<Backup> | null;
  /** Notes a list that was merged completely. */
  keep(list: PageOfList, operation: AskingOperation, sources: NamedSources): void;
}

/** The operation that requests a page. */
export interface AskingOperation {
  readonly operation: Operation;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The providers that the caller may see, by key. */
  readonly providers: ReadonlyMap<string, ProviderRuntime>;
}

/** The sources of a list, by the lists that named them. */
export interface NamedSources {
  readonly regions: readonly NamedRegion[];
  /** Until when the oldest of the lists that named them counts as fresh; epoch milliseconds. */
  readonly freshUntil: number;
}

/** The sources of one region. */
export interface NamedRegion extends ListedPlace {
  /** The list of its instances; null if the region's backups are read as one list. */
  readonly list: Dated<InstanceList> | null;
  readonly sources: readonly Source[];
}

/** Merges every list again. */
export const NO_MERGED_PAGES: MergedPages = {
  find: () => null,
  keep: () => undefined,
};

/** Reads backups while the instance list that names them is read. */
export interface Prefetch {
  /** Called while a region's instance list is read for a list of backups. */
  region(place: ListedPlace, walk: FirstSlices): void;
  /** Called while the lists that name these instances are read; `lists` will be read of each instance. */
  instances(instances: () => readonly InstanceRef[], lists: readonly BackupRange[]): void;
}

/** The first slices of a walk. */
export interface FirstSlices extends WalkTime {
  readonly scope: Scope;
  readonly direction: Direction;
  readonly instant: number;
}

/** Reads nothing early. */
export const noPrefetch = (): Prefetch => ({
  region: () => undefined,
  instances: () => undefined,
});
