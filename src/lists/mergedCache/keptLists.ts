import { LRUCache } from "lru-cache";
import { KeptEdges } from "./keptEdges.js";

/** Lists whose merge is kept. */
const KEPT_VIEWS = 16;
/** Edges that are kept, over all lists. */
const KEPT_EDGES = 20_000;

/** A merged list, as what keeps it sees it. */
interface KeptView {
  clear(): void;
}

/** What outlives an operation of the lists that it merged. */
export class KeptLists {
  /** Merged lists, by everything that names their sources. */
  readonly views = new LRUCache<string, KeptView>({
    max: KEPT_VIEWS,
    dispose: (view) => view.clear(),
  });
  /** The edges of pages that owe nothing. */
  readonly edges: KeptEdges;

  constructor({ ttlMs }: { readonly ttlMs: number }) {
    // Where nothing is cached, no later page shows the same rows.
    this.edges = new KeptEdges(ttlMs > 0 ? KEPT_EDGES : 0);
  }
}
