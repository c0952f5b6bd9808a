import { Counter, type Registry } from "prom-client";

/** What a counter of two labels is made from. */
export interface PairCounterParts<A extends string, B extends string> {
  readonly registry: Registry;
  readonly name: string;
  readonly help: string;
  readonly labels: readonly [A, B];
}

/**
 * A counter of two labels that is brought up to date when somebody scrapes.
 *
 * The metrics' library makes text of the labels at each count, which costs more than counting.
 */
export class PairCounter<A extends string, B extends string> {
  private readonly pending = new Map<string, Map<string, number>>();

  constructor({ registry, name, help, labels: [a, b] }: PairCounterParts<A, B>) {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [a, b],
      registers: [registry],
      collect: () => {
        for (const [first, counts] of this.pending)
          for (const [second, count] of counts) counter.inc({ [a]: first, [b]: second }, count);
        this.pending.clear();
      },
    });
  }

  /** Values of both labels, and how many more there are of them. */
  add(first: string, second: string, count = 1): void {
    const counts = this.pending.get(first) ?? new Map<string, number>();
    this.pending.set(first, counts.set(second, (counts.get(second) ?? 0) + count));
  }
}
