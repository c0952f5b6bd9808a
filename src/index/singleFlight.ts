import type { SourceError } from "../errors.js";
import { Abort, onAbort } from "../http/bounds.js";
import { cut, type Operation } from "../listing/operation.js";

/**
 * A reading that is under way, and that many operations may wait for.
 *
 * The operation that began it lends its deadline. It is aborted only when no operation waits for it.
 */
export class Flight<T> {
  private readonly unattended = new Abort();
  private waiting = 0;
  private underWay = true;
  private readonly result: Promise<T>;

  constructor(
    readonly owner: Operation,
    begin: (operation: Operation) => Promise<T>,
    private readonly onShared: () => void,
  ) {
    this.result = begin({ ...owner, signal: this.unattended });
    const land = (): void => void (this.underWay = false);
    // Those who wait see a rejection; without them it must not end the process.
    this.result.then(land, land);
  }

  /** Waits for the result; a CUT once the operation itself is aborted. */
  async join(operation: Operation): Promise<T | SourceError> {
    // An operation and its own early reads count as one.
    if (operation.calls !== this.owner.calls) this.onShared();
    this.waiting += 1;
    let forget = (): void => undefined;
    const aborted = new Promise<SourceError>((resolve) => {
      forget = onAbort(operation.signal, () => resolve(cut("The operation was ended.")));
    });
    try {
      return await Promise.race([this.result, aborted]);
    } finally {
      forget();
      this.waiting -= 1;
      if (this.waiting === 0 && this.underWay) this.unattended.abort();
    }
  }
}

/** Begins the flights of an engine. */
export class Flights {
  /** When an operation last waited for a reading that another had begun; epoch milliseconds. */
  sharedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number) {}

  begin<T>(owner: Operation, begin: (operation: Operation) => Promise<T>): Flight<T> {
    return new Flight(owner, begin, () => void (this.sharedAt = this.now()));
  }
}
