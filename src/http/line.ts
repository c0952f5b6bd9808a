/** Those who wait for the same action; one at a time, first come, first served. */
export class Line {
  #taken = false;
  readonly #waiting = new Set<() => void>();

  /** The one whose turn it is, and all behind. */
  get length(): number {
    return this.#waiting.size + (this.#taken ? 1 : 0);
  }

  /** The turn, where nobody is before; each turn must be left. */
  enter(): Turn | null {
    if (this.#taken) return null;
    this.#taken = true;
    return new Turn(() => this.#next());
  }

  /**
   * Resolves when the turn has come. `wait` may give up by throwing: then the place is gone, and the
   * turn passes to the next.
   */
  async stand(wait: (turn: Promise<void>) => Promise<void>): Promise<Turn> {
    let come = (): void => undefined;
    const turn = new Promise<void>((resolve) => (come = resolve));
    this.#waiting.add(come);
    try {
      await wait(turn);
    } catch (thrown) {
      if (!this.#waiting.delete(come)) this.#next();
      throw thrown;
    }
    return new Turn(() => this.#next());
  }

  #next(): void {
    const [come] = this.#waiting;
    if (come === undefined) {
      this.#taken = false;
      return;
    }
    this.#waiting.delete(come);
    come();
  }
}

/** The front of a line. */
export class Turn {
  #left = false;

  constructor(private readonly next: () => void) {}

  /** Lets the next one come; a second time does nothing. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.next();
  }
}
