import { makeHoldings } from "./holdings.js";
import type { Holding, Holdings } from "./holdings.js";
import { isAws, randomOfInsert, rowOf } from "./rows.js";
import { isListed } from "./shelf.js";
import { truthOf } from "./truth.js";
import type { BackupRow, BackupRowRef, Estate, EstateInstance } from "./types.js";
import type { EstateView, NewBackup, RowOrder, RowScope, TrueBackup } from "./types.js";
import { CLOUD_PRODUCTS, type CloudProduct } from "./regions.js";

const WEEK_MS = 7 * 86_400_000;

/** An instance and its initial rows, which are made on first use. */
export interface Planned {
  readonly instance: EstateInstance;
  readonly rows: () => readonly BackupRow[];
}

export interface EstateOptions {
  readonly planned: readonly Planned[];
  readonly regions: Readonly<Record<CloudProduct, readonly string[]>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called for every `truth()`, because the accounts' permissions may change. */
  readonly view: () => EstateView;
}

/** Makes a data set from plans. */
export function makeEstate({ planned, regions, now, view }: EstateOptions): Estate {
  const holdings = makeHoldings(planned);
  return {
    regions,
    now,
    instances: (product, region) => holdings.listed(product, region),
    instance: (product, nativeId) => holdings.find(product, nativeId)?.instance ?? null,
    rows: (scope: RowScope, order: RowOrder) => holdings.shelf(scope).view(order, now()),
    row(ref) {
      const row = rowAt(holdings, ref);
      return row !== null && isListed(row, now()) ? row : null;
    },
    insertInstance: (instance) => holdings.add({ instance, rows: () => [] }),
    deleteInstance: (product, nativeId) => deleteInstance(holdings, { product, nativeId }, now()),
    ...rowChanges(holdings),
    truth: () =>
      CLOUD_PRODUCTS.flatMap((p) => trueRows(holdings.of(p), now(), view())).sort(byStart),
  };
}

function rowChanges(holdings: Holdings) {
  let inserted = 0;
  return {
    insertBackup(row: NewBackup): BackupRow {
      const holding = holdings.find(row.product, row.instanceNativeId);
      if (holding === null) throw new RangeError(`No instance ${row.instanceNativeId}.`);
      inserted += 1;
      const whole = withOwnId(holding, rowOf(holding.instance, row, randomOfInsert(row, inserted)));
      holdings.put(holding, whole);
      return whole;
    },
    updateBackup(ref: BackupRowRef, facts: Partial<BackupRow>): BackupRow | null {
      const holding = holdings.find(ref.product, ref.instanceNativeId);
      const known = rowAt(holdings, ref);
      if (holding === null || known === null) return null;
      const { nativeId, startedAt } = known;
      const whole = { ...known, ...facts, nativeId, startedAt };
      holdings.take(holding, known);
      holdings.put(holding, whole);
      return whole;
    },
    deleteBackup: (ref: BackupRowRef): boolean => takeRow(holdings, ref),
  };
}

/** AWS names snapshots by the minute. */
function withOwnId({ instance, shelf }: Holding, row: BackupRow): BackupRow {
  if (!isAws(instance)) return row;
  const taken = new Set(shelf.all().map(({ nativeId }) => nativeId));
  let nativeId = row.nativeId;
  for (let count = 2; taken.has(nativeId); count += 1) nativeId = `${row.nativeId}-${count}`;
  return { ...row, nativeId };
}

function rowAt(holdings: Holdings, ref: BackupRowRef): BackupRow | null {
  const rows = holdings.find(ref.product, ref.instanceNativeId)?.shelf.all() ?? [];
  return rows.find(({ nativeId }) => nativeId === ref.nativeId) ?? null;
}

function takeRow(holdings: Holdings, ref: BackupRowRef): boolean {
  const holding = holdings.find(ref.product, ref.instanceNativeId);
  const row = rowAt(holdings, ref);
  if (holding === null || row === null) return false;
  holdings.take(holding, row);
  return true;
}

/**
 * URedis keeps the rows of a deleted group for a week, Tencent until they expire, and AWS those that were
 * made by hand. The others remove them together with the instance.
 */
function deleteInstance(
  holdings: Holdings,
  { product, nativeId }: Pick<EstateInstance, "product" | "nativeId">,
  now: number,
): boolean {
  const holding = holdings.find(product, nativeId);
  if (holding === null || holding.instance.deletedAt !== null) return false;
  holdings.replace(holding, { ...holding.instance, deletedAt: now });
  if (product === "TENCENT_REDIS") return true;
  const listedUntil = product === "UCLOUD_UREDIS" ? now + WEEK_MS : now;
  const isKept = ({ trigger }: BackupRow): boolean =>
    isAws(holding.instance) && trigger === "manual";
  for (const row of holding.shelf.all().filter((one) => !isKept(one))) {
    holdings.take(holding, row);
    holdings.put(holding, { ...row, listedUntil });
  }
  return true;
}

const trueRows = (holdings: readonly Holding[], now: number, view: EstateView): TrueBackup[] =>
  holdings.flatMap(({ instance, shelf }) => [
    ...truthOf({ instance, rows: shelf.view("newestFirst", now), now, view }),
  ]);

const byStart = (a: TrueBackup, b: TrueBackup): number =>
  b.startedAt - a.startedAt || (a.nativeId < b.nativeId ? -1 : 1);
