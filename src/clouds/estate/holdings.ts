import { makeShelf } from "./shelf.js";
import type { Shelf } from "./shelf.js";
import type { BackupRow, EstateInstance, RowScope } from "./types.js";
import type { CloudProduct } from "./regions.js";

/** An instance and its rows. */
export interface Holding {
  instance: EstateInstance;
  readonly shelf: Shelf;
}

/** Instances and rows, indexed for the vendors' lists. */
export interface Holdings {
  of(product: CloudProduct): readonly Holding[];
  find(product: CloudProduct, nativeId: string): Holding | null;
  /** Existing instances of a region, by creation and id. */
  listed(product: CloudProduct, region: string): readonly EstateInstance[];
  /** The rows of one instance or of a whole region. An empty shelf if there are none. */
  shelf(scope: RowScope): Shelf;
  add(planned: {
    readonly instance: EstateInstance;
    readonly rows: () => readonly BackupRow[];
  }): void;
  replace(holding: Holding, instance: EstateInstance): void;
  put(holding: Holding, row: BackupRow): void;
  take(holding: Holding, row: BackupRow): void;
}

const EMPTY = makeShelf(() => []);

/** Makes the indexes. Region-wide ones are made on first use. */
export function makeHoldings(planned: readonly Parameters<Holdings["add"]>[0][]): Holdings {
  const byProduct = new Map<CloudProduct, Map<string, Holding>>();
  const wide = new Map<string, Shelf>();
  const lists = new Map<string, readonly EstateInstance[]>();
  const all = (product: CloudProduct): Holding[] => [...(byProduct.get(product)?.values() ?? [])];
  const find = (product: CloudProduct, nativeId: string): Holding | null =>
    byProduct.get(product)?.get(nativeId) ?? null;
  const holdings: Holdings = {
    of: all,
    find,
    listed: (product, region) =>
      remember(lists, keyOf(product, region), () => livingIn(all(product), region)),
    shelf({ product, region, instance }) {
      if (instance === null)
        return remember(wide, keyOf(product, region), () =>
          makeShelf(() => rowsIn(all(product), region)),
        );
      const found = find(product, instance);
      return found !== null && found.instance.region === region ? found.shelf : EMPTY;
    },
    add({ instance, rows }) {
      const index = remember(byProduct, instance.product, () => new Map<string, Holding>());
      index.set(instance.nativeId, { instance, shelf: makeShelf(rows) });
      lists.delete(keyOf(instance.product, instance.region));
    },
    replace(holding, instance) {
      holding.instance = instance;
      lists.delete(keyOf(instance.product, instance.region));
    },
    put: (holding, row) => shelvesOf(holding, row).forEach((shelf) => shelf.put(row)),
    take: (holding, row) => shelvesOf(holding, row).forEach((shelf) => shelf.take(row)),
  };
  // A region-wide shelf that is not used yet will be filled with the change.
  const shelvesOf = ({ shelf }: Holding, { product, region }: BackupRow): Shelf[] =>
    [shelf, wide.get(keyOf(product, region))].filter((found) => found !== undefined);
  for (const one of planned) holdings.add(one);
  return holdings;
}

const keyOf = (product: CloudProduct, region: string): string => `${product} ${region}`;

const rowsIn = (holdings: readonly Holding[], region: string): BackupRow[] =>
  holdings
    .filter(({ instance }) => instance.region === region)
    .flatMap(({ shelf }) => [...shelf.all()]);

const livingIn = (holdings: readonly Holding[], region: string): EstateInstance[] =>
  holdings
    .map(({ instance }) => instance)
    .filter((instance) => instance.region === region && instance.deletedAt === null)
    .sort((a, b) => a.createdAt - b.createdAt || (a.nativeId < b.nativeId ? -1 : 1));

function remember<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
