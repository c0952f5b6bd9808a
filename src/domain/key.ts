/** The place of a row in the merged order. Instants are epoch milliseconds. */
export interface Key {
  readonly startedAt: number;
  /** Global id. Rows with the same start are ordered by its bytes (ids are ASCII). */
  readonly id: string;
}

/** Total order of keys, oldest first. */
export function compareKeys(a: Key, b: Key): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
