import type { Backup } from "../domain/backup.js";
import type { Slice } from "../paging/slice.js";

const indexes = new WeakMap<Slice<Backup>, Map<string, Slice<Backup>>>();

/** One instance's part of a wide slice. */
export function ofInstance(slice: Slice<Backup>, nativeId: string): Slice<Backup> {
  let index = indexes.get(slice);
  if (index === undefined) {
    index = new Map();
    const rows = new Map<string, Backup[]>();
    for (const row of slice.rows) {
      const own = rows.get(row.instanceNativeId);
      if (own === undefined) rows.set(row.instanceNativeId, [row]);
      else own.push(row);
    }
    for (const [id, own] of rows) index.set(id, { ...slice, rows: own });
    indexes.set(slice, index);
  }
  return index.get(nativeId) ?? { ...slice, rows: [] };
}
