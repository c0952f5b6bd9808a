import type { SourceError } from "../errors.js";
import { Abort, onAbort } from "../http/bounds.js";
import { cut, type Operation } from "../listing/operation.js";

/**
 * A read that is under way, and that many operations may wait for (single flight).
 *
 * The operation that began it lends its deadline. It is aborted only when no operation waits for it.
 */
export class PendingRead<T> {
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
    const end = (): void => void (this.underWay = false);
    // Those who wait see a rejection; without them it must not end the process.
    this.result.then(end, end);
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

/** Begins the reads of an engine, and notes when operations share one. */
export class PendingReads {
  /** When an operation last waited for a reading that another had begun; epoch milliseconds. */
  sharedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number) {}

  begin<T>(owner: Operation, begin: (operation: Operation) => Promise<T>): PendingRead<T> {
    return new PendingRead(owner, begin, () => void (this.sharedAt = this.now()));
  }
}
