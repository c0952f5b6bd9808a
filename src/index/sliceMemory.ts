import { LRUCache } from "lru-cache";
import type { Key } from "../domain/key.js";
import type { Slice } from "../paging/slice.js";

/** What keeps slices, and is told when one has to go. */
export interface SliceKeeper {
  forget(slice: Slice<Key>): void;
}

/** What rests on slices, and is told when one has gone. */
export interface SliceWatcher {
  gone(slice: Slice<Key>): void;
}

// A slice costs something though it holds no row.
const weightOf = (slice: Slice<Key>): number => slice.rows.length + 8;

/**
 * Bounds the rows that are held, over all sources: the slices that were used least lately go first. A
 * walk uses the slices that it stands in at every page, so what it has passed goes before them.
 */
export class SliceMemory {
  private readonly keepers: LRUCache<Slice<Key>, SliceKeeper>;
  private readonly watchers = new Map<Slice<Key>, Set<SliceWatcher>>();

  constructor(private readonly rows: number) {
    this.keepers = new LRUCache({
      maxSize: Math.max(1, rows),
      sizeCalculation: (_, slice) => weightOf(slice),
      dispose: (keeper, slice, reason) => {
        if (reason === "evict") keeper.forget(slice);
        const watchers = this.watchers.get(slice) ?? [];
        this.watchers.delete(slice);
        for (const watcher of watchers) watcher.gone(slice);
      },
    });
  }

  /** Rows held, with eight for each slice. */
  get size(): number {
    return this.keepers.calculatedSize;
  }

  add(slice: Slice<Key>, keeper: SliceKeeper): void {
    if (weightOf(slice) > this.rows) keeper.forget(slice);
    else this.keepers.set(slice, keeper);
  }

  use(slice: Slice<Key>): void {
    this.keepers.get(slice);
  }

  remove(slice: Slice<Key>): void {
    this.keepers.delete(slice);
  }

  /** Tells a watcher once when a slice has gone; false for one that is not held. */
  watch(slice: Slice<Key>, watcher: SliceWatcher): boolean {
    if (!this.keepers.has(slice)) return false;
    const watchers = this.watchers.get(slice);
    if (watchers === undefined) this.watchers.set(slice, new Set([watcher]));
    else watchers.add(watcher);
    return true;
  }
}
