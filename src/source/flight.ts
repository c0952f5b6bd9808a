import { cut, type Operation } from "./operation.js";

/**
 * One question under way that many operations may wait for.
 *
 * It ends early only when nobody waits any more. The operation that began it lends its deadline.
 */
export class Flight<T> {
  private readonly controller = new AbortController();
  private waiting = 0;
  private underWay = true;
  private readonly result: Promise<T>;

  constructor(
    readonly owner: Operation,
    begin: (operation: Operation) => Promise<T>,
  ) {
    this.result = begin({ ...owner, signal: this.controller.signal });
    const land = (): void => void (this.underWay = false);
    // Those who wait see the failure; a flight that nobody waits for any more fails unseen.
    this.result.then(land, land);
  }

  /** Waits for the result, until the operation itself is aborted. */
  async join({ signal }: Operation): Promise<T> {
    this.waiting += 1;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(cut("The operation was ended."));
      if (signal.aborted) leave();
      else signal.addEventListener("abort", leave, { once: true });
    });
    try {
      return await Promise.race([this.result, left]);
    } finally {
      if (leave !== undefined) signal.removeEventListener("abort", leave);
      this.waiting -= 1;
      if (this.waiting === 0 && this.underWay) this.controller.abort();
    }
  }
}
