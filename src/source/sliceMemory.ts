import { LRUCache } from "lru-cache";
import type { Key } from "../domain/key.js";
import type { Slice } from "../paging/slice.js";

/** What keeps slices, and is told when one has to go. */
export interface SliceKeeper {
  forget(slice: Slice<Key>): void;
}

// A slice costs something though it holds no row.
const weightOf = (slice: Slice<Key>): number => slice.rows.length + 8;

/**
 * Bounds the rows that are held, over all sources: the slices that were used least lately go first. A
 * walk uses the slices that it stands in at every page, so what it has passed goes before them.
 */
export class SliceMemory {
  private readonly keepers: LRUCache<Slice<Key>, SliceKeeper>;

  constructor(private readonly rows: number) {
    this.keepers = new LRUCache({
      maxSize: Math.max(1, rows),
      sizeCalculation: (_, slice) => weightOf(slice),
      dispose: (keeper, slice, reason) => {
        if (reason === "evict") keeper.forget(slice);
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
}
