import type { Key } from "../../domain/key.js";
import type { Edge } from "../../domain/connection.js";
import type { Walk } from "../walk.js";

/** An edge whose cursor is sealed when it is first asked for: for its place, by what all of its page share. */
export class RowEdge<N, Place> implements Edge<N> {
  private sealed: string | null = null;

  constructor(
    readonly node: N,
    readonly late: boolean,
    private readonly place: Place,
    private readonly seal: (place: Place) => string,
  ) {}

  get cursor(): string {
    return (this.sealed ??= this.seal(this.place));
  }
}

type Edges = WeakMap<Key, Edge<unknown>>;

/**
 * Keeps the edges of rows that owe nothing: such a cursor depends on its row and walk alone, so it is
 * sealed once for however many pages show it.
 *
 * Cost: at most `limit` edges, none at 0; when they are reached all are forgotten, since what is asked
 * for again is soon made again.
 */
export class KeptEdges {
  private readonly walks = new Map<string, Edges>();
  private count = 0;

  constructor(private readonly limit: number) {}

  /** The edges of a walk by their rows; `make` makes one that is not kept. */
  of<T extends Key, N>(walk: Walk, make: (row: T) => Edge<N>): (row: T) => Edge<N> {
    if (this.limit === 0) return make;
    const name = `${walk.fingerprint.toString("latin1")} ${walk.direction} ${walk.walkStart}`;
    return (row) => {
      const kept = this.walks.get(name)?.get(row);
      if (kept !== undefined) return kept as Edge<N>;
      const made = make(row);
      this.keep(name, row, made);
      return made;
    };
  }

  private keep(name: string, row: Key, edge: Edge<unknown>): void {
    if (this.count >= this.limit) {
      this.walks.clear();
      this.count = 0;
    }
    this.count += 1;
    const edges: Edges = this.walks.get(name) ?? new WeakMap();
    this.walks.set(name, edges.set(row, edge));
  }
}
