import { Abort, onAbort } from "../http/abort.js";
import { cut, type Operation } from "../listing/operation.js";

/**
 * One question under way that many operations may wait for.
 *
 * It ends early only when nobody waits any more. The operation that began it lends its deadline.
 */
export class Flight<T> {
  private readonly nobodyWaits = new Abort();
  private waiting = 0;
  private underWay = true;
  private readonly result: Promise<T>;

  constructor(
    readonly owner: Operation,
    begin: (operation: Operation) => Promise<T>,
    private readonly onShared: () => void,
  ) {
    this.result = begin({ ...owner, signal: this.nobodyWaits });
    const land = (): void => void (this.underWay = false);
    // Those who wait see the failure; a flight that nobody waits for any more fails unseen.
    this.result.then(land, land);
  }

  /** Waits for the result, until the operation itself is aborted. */
  async join(operation: Operation): Promise<T> {
    const { signal } = operation;
    // What an operation asks early is its own.
    if (operation.calls !== this.owner.calls) this.onShared();
    this.waiting += 1;
    let forget = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      forget = onAbort(signal, () => reject(cut("The operation was ended.")));
    });
    try {
      return await Promise.race([this.result, left]);
    } finally {
      forget();
      this.waiting -= 1;
      if (this.waiting === 0 && this.underWay) this.nobodyWaits.abort();
    }
  }
}

/** The flights of an engine. */
export class Flights {
  /** When an operation last waited for what another had begun; epoch milliseconds. */
  sharedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number) {}

  begin<T>(owner: Operation, begin: (operation: Operation) => Promise<T>): Flight<T> {
    return new Flight(owner, begin, () => void (this.sharedAt = this.now()));
  }
}
