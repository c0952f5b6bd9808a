import type { ListMemory } from "./read/page.js";
import { readSpan } from "./read/readSpan.js";
import { newSourceMemory } from "./read/span.js";
import type { PageQuestion } from "./shape.js";
import type { ListItem } from "./item.js";
import { askPage, type ListContext } from "./askPage.js";
import type { Operation } from "./operation.js";
import type { ReadingLog, ReadingTime } from "./checkpoint.js";

/** A list that was read whole at one time, and what was wrong with its rows. */
export interface WholeList<T> {
  readonly items: readonly ListItem<T>[];
  /** Epoch milliseconds before the first call. */
  readonly asOf: number;
}

/** What bounds the reading of a whole list, and what is known of it. */
export interface WholeListLimits<T> {
  readonly scanRows: number;
  readonly time: ReadingTime;
  readonly memory: ListMemory;
  /** Answers to a reading that was cut. */
  readonly log: ReadingLog<ListItem<T>>;
  /** Told where the answers contradict what is declared of the list. */
  readonly onBroken: (message: string) => void;
}

/** Reads a list without a window whole, by the rules of `readSpan`. */
export async function readWholeList<T extends object>(
  context: ListContext<T>,
  operation: Operation,
  { scanRows, time, memory, log, onBroken }: WholeListLimits<T>,
): Promise<WholeList<T>> {
  const askNow = (question: PageQuestion) => askPage(context, question, operation);
  return log.take(askNow, { ...time, name: "" }, async (ask, asOf) => {
    const { items } = await readSpan<ListItem<T>>({
      ask,
      shape: context.listing.shape,
      memory,
      scanRows,
      source: newSourceMemory(),
      instant: Number.POSITIVE_INFINITY,
      direction: "newestFirst",
      bounds: { lowest: 0, newest: Number.POSITIVE_INFINITY },
      groupMs: 0,
      isTooWide: () => false,
      onBroken,
    });
    return { items: [...new Map(items.map((item) => [item.key, item])).values()], asOf };
  });
}
