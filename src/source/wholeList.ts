import type { SourceError } from "../errors.js";
import { newListMemory, type ListMemory } from "../paging/read/ask.js";
import { readSpan } from "../paging/read/readSpan.js";
import { newSourceMemory } from "../paging/read/spanRequest.js";
import type { ListItem } from "./item.js";
import { askPage, type ListContext } from "./listQuestion.js";
import type { Operation } from "./operation.js";

/** A list that was read whole at one time, and what was wrong with its rows. */
export interface WholeList<T> {
  readonly items: readonly ListItem<T>[];
  /** Epoch milliseconds before the first call. */
  readonly asOf: number;
}

/** A list that was read before, to be shown although reading it anew failed. */
export interface StaleList<T> extends WholeList<T> {
  readonly error: SourceError;
}

/** Reads a list without a window whole, by the rules of `readSpan`. */
export async function readWholeList<T extends object>(
  context: ListContext<T>,
  operation: Operation,
  limits: { readonly scanRows: number; readonly now: () => number; readonly memory?: ListMemory },
): Promise<WholeList<T>> {
  const asOf = limits.now();
  const read = await readSpan<ListItem<T>>({
    ask: (question) => askPage(context, question, operation),
    shape: context.listing.shape,
    memory: limits.memory ?? newListMemory(),
    scanRows: limits.scanRows,
    source: newSourceMemory(),
    instant: Number.POSITIVE_INFINITY,
    direction: "newestFirst",
    bounds: { lowest: 0, newest: Number.POSITIVE_INFINITY },
    groupMs: 0,
    isTooWide: () => false,
  });
  return { items: [...new Map(read.items.map((item) => [item.key, item])).values()], asOf };
}
