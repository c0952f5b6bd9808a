/** A Map or a WeakMap. */
interface Values<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

/** The value of a key; made where there is none. */
export function getOrMake<K, V>(map: Values<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/** Items by a key, in their order. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) getOrMake(groups, keyOf(item), (): T[] => []).push(item);
  return groups;
}

const ids = new WeakMap<object, number>();
let lastId = 0;

/** A number that stands for an object in a key, so that the key does not keep the object in memory. */
export function idOf(object: object): number {
  const known = ids.get(object) ?? (lastId += 1);
  ids.set(object, known);
  return known;
}
