import { askPage, type ListContext, type ListItem } from "./askPage.js";
import type { ReadingLog, ReadingTime } from "./checkpoint.js";
import type { Operation } from "./operation.js";
import { readSpan } from "./read/readSpan.js";
import { newSourceMemory } from "./read/span.js";
import type { ListNotice, PageQuestion } from "./shape.js";

/** A list that was read whole. */
export interface WholeList<T> {
  readonly items: readonly ListItem<T>[];
  /** What the vendor says is missing from it. */
  readonly notices: readonly ListNotice[];
  /** The time before its first call; epoch milliseconds. */
  readonly asOf: number;
}

/** What bounds the reading of a whole list. */
export interface WholeListLimits<T> {
  readonly time: ReadingTime;
  /** `upstream.trustTotals`. */
  readonly trustTotals: boolean;
  /** The answers to a reading that was cut. */
  readonly log: ReadingLog<ListItem<T>>;
  /** Called with a message if an answer contradicts the listing's declaration. */
  readonly onBroken: (message: string) => void;
}

/** Reads a list without a window whole, by the rules of `readSpan`. */
export async function readWholeList<T extends object>(
  context: ListContext<T>,
  operation: Operation,
  { time, trustTotals, log, onBroken }: WholeListLimits<T>,
): Promise<WholeList<T>> {
  const askNow = (question: PageQuestion) => askPage(context, question, operation);
  return log.take(askNow, { ...time, name: context.listing.name }, async (ask, asOf) => {
    const { items, notices } = await readSpan<ListItem<T>>({
      ask,
      // Instances have no place in time, whatever the order of their rows.
      shape: { ...context.listing.shape, order: "unknown" },
      memory: context.memory,
      trustTotals,
      scanRows: context.scanRows,
      source: newSourceMemory(),
      instant: Number.POSITIVE_INFINITY,
      direction: "newestFirst",
      bounds: { lowest: 0, newest: Number.POSITIVE_INFINITY },
      groupMs: 0,
      isTooWide: () => false,
      onBroken,
    });
    return { items, notices, asOf };
  });
}
