import type { Change, Extent, ModelList, ModelRow } from "./modelList.js";
import { startAt } from "./modelList.js";

const MINUTE = 60_000;
/** Each set of an instance starts in a slot of its own, its nodes within less than ten minutes. */
const SLOT_MS = 20 * MINUTE;
const LONGEST_LAG_MS = 9 * MINUTE;
/** Only sets so young are listed without their first node at first. */
const YOUNG_MS = 60 * MINUTE;
/** A set so old is shown as it is. */
const SETTLED_MS = 5 * 60 * MINUTE;

/** One instance that keeps its backups in shards. */
export interface ShardedInstance {
  readonly id: string;
  readonly shards: number;
}

/** Where sets come and go. */
export interface Shelf {
  readonly list: ModelList;
  readonly extent: Extent;
  readonly owner: ShardedInstance;
}

const slotOf = (extent: Extent, fraction: number): number =>
  Math.floor(startAt(extent, fraction) / SLOT_MS);

/** The place of a node in a set, as its row shows it. */
export const nodeOf = ({ facts }: ModelRow): number | null =>
  typeof facts["node"] === "number" ? facts["node"] : null;

/** What all rows of a set have in common; null for a row that is a backup by itself. */
export const setOf = ({ facts }: ModelRow): string | null =>
  facts["slot"] === undefined ? null : `${String(facts["instance"])}/${String(facts["slot"])}`;

const rowsOf = (rows: readonly ModelRow[], owner: string, slot: number): ModelRow[] =>
  rows.filter(({ facts }) => facts["instance"] === owner && facts["slot"] === slot);

/** Lists the rows of the set that starts at a fraction of the extent; nothing where it was listed before. */
export function putSet(
  { list, extent, owner }: Shelf,
  { start, place, lasts }: { start: number; place: number | "sorted"; lasts: number | null },
): void {
  const slot = slotOf(extent, start);
  const known = rowsOf(list.ever, owner.id, slot);
  const isYoung = slot * SLOT_MS > list.world.now - YOUNG_MS;
  const isLate = isYoung && known.length === 0 && place !== "sorted" && owner.shards > 1;
  const lacksFirst = known.length > 0 && !known.some((row) => nodeOf(row) === 0);
  const nodes = known.length === 0 ? Array.from({ length: owner.shards }, (_, n) => n) : [0];
  // What is listed hours later comes under another id.
  const isOver = slot * SLOT_MS < list.world.now - SETTLED_MS;
  if (known.length > 0 && (!lacksFirst || isOver)) return;
  for (const node of isLate ? nodes.slice(1) : nodes) {
    const startedAt = slot * SLOT_MS + ((slot * 7919 + node * 104_729) % LONGEST_LAG_MS);
    const at =
      place === "sorted"
        ? list.placeOf(extent.order, startedAt, start)
        : Math.round(place * list.rows.length);
    list.insert(at, {
      startedAt,
      finishedAt: lasts === null ? null : startedAt + lasts,
      facts: {
        instance: owner.id,
        status: "SUCCEEDED",
        shard: `${owner.id}-db-${node}`,
        node,
        slot,
      },
    });
  }
}

/** One row of the set at a place goes: its last node first. */
function dropNode(list: ModelList, place: number): void {
  const row = list.rows[place];
  const set = row === undefined ? null : setOf(row);
  if (set === null) return;
  const last = list.rows
    .filter((one) => setOf(one) === set)
    .reduce((a, b) => ((nodeOf(a) ?? 0) > (nodeOf(b) ?? 0) ? a : b));
  list.delete(list.rows.indexOf(last));
}

/** Does a change to the sets of a list. */
export function changeSets(shelf: Shelf, what: Change): void {
  const { list } = shelf;
  const size = list.rows.length;
  const shown = Math.min(list.last.end, size);
  if (what.kind === "delete") dropNode(list, Math.min(size - 1, Math.floor(what.place * size)));
  if (what.kind === "forget" || what.kind === "shift")
    dropNode(list, Math.floor(what.place * Math.max(shown - 1, 0)));
  if (what.kind === "insert") putSet(shelf, what);
  if (what.kind === "shift" || what.kind === "unshift")
    putSet(shelf, { start: what.start, place: "sorted", lasts: null });
}
