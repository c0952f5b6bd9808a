import { getOrMake } from "../domain/maps.js";
import { bounded, type CallContext, type Clock, isOver, pause } from "./bounds.js";
import { TransportError } from "./faults.js";
import type { Quota, QuotaBucket } from "./quota.js";

/** One attempt that wants to start. */
export interface Entrant<T> {
  readonly bucket: QuotaBucket;
  readonly context: CallContext;
  /** Called when the entrant joins the line. If it throws, it does not join. */
  joins?(): void;
  /** Prepares what is to be sent. Throws, or returns what to wait for, if the host is down. */
  prepare(): Promise<void> | null;
  /** Whether the prepared request may still be sent. */
  isReady(): boolean;
  start(): Promise<T>;
}

/** The entrant could not start after all, and tries again after `ms`. */
class Again {
  constructor(readonly ms: number) {}
}

/**
 * Lets the attempts of one account start: in order within an action, in turn between actions, within quota
 * and concurrency.
 *
 * A call with no other before it, a token and a slot starts without waiting. Otherwise only the first of
 * each action asks for a token and a slot: no call holds a slot while it waits for a token, or a token while
 * it waits for a slot. A long line of one action delays no other, because at most one call of each action
 * waits for a slot.
 */
export class Admission {
  private readonly slots: Line;
  private readonly lines = new Map<string, Line>();

  constructor(
    private readonly clock: Clock,
    private readonly quota: Quota,
    concurrency: number,
  ) {
    this.slots = new Line(concurrency);
  }

  /**
   * Runs an entrant in its turn, and resolves or rejects as it does.
   *
   * Errors: THROTTLED with the time to wait, at once, if the quota cannot serve it before its deadline; CUT
   * if its context ends before it starts; whatever `prepare` throws.
   */
  async run<T>(entrant: Entrant<T>): Promise<T> {
    const { bucket, context } = entrant;
    const line = getOrMake(this.lines, bucket.action, () => new Line(1));
    this.refuseBeyond(this.quota.waitMs(bucket, line.length), context);
    entrant.joins?.();
    const leaveLine = line.enter() ?? (await this.turn(line, context));
    try {
      let wait = this.quota.waitMs(bucket, 0);
      for (;;) {
        this.refuseBeyond(wait, context);
        if (wait > 0) await pause(this.clock, wait, context);
        const ready = entrant.prepare();
        if (ready !== null) await ready;
        const leaveSlot = this.slots.enter() ?? (await this.turn(this.slots, context));
        const result = await this.inSlot(entrant, leaveLine, leaveSlot);
        if (!(result instanceof Again)) return result;
        wait = result.ms;
      }
    } finally {
      leaveLine();
    }
  }

  /** Waits for nothing if the quota does not, so that calls made together do not queue for nothing. */
  private async inSlot<T>(
    entrant: Entrant<T>,
    leaveLine: Leave,
    leaveSlot: Leave,
  ): Promise<T | Again> {
    try {
      if (isOver(this.clock, entrant.context)) throw new TransportError("cut");
      if (!entrant.isReady()) return new Again(0);
      const wait = this.quota.takeNow(entrant.bucket) ?? (await this.quota.take(entrant.bucket));
      if (wait > 0) return new Again(wait);
      leaveLine();
      return await entrant.start();
    } finally {
      leaveSlot();
    }
  }

  private turn(line: Line, context: CallContext): Promise<Leave> {
    return line.wait((turn) => bounded(this.clock, context, turn));
  }

  private refuseBeyond(waitMs: number, { deadline }: CallContext): void {
    if (waitMs > 0 && this.clock.now() + waitMs >= deadline)
      throw new TransportError("quota", { retryAfterMs: waitMs });
  }
}

/** Gives up a place in a line. Only the first call has an effect. */
export type Leave = () => void;

/** Lets at most `places` callers in at once: first come, first served. */
export class Line {
  private readonly waiting = new Set<() => void>();
  private inside = 0;

  constructor(private readonly places: number) {}

  /** The callers that are in or wait. */
  get length(): number {
    return this.waiting.size + this.inside;
  }

  /** Enters at once, or returns null if all places are taken. */
  enter(): Leave | null {
    if (this.inside >= this.places) return null;
    this.inside += 1;
    return this.leave();
  }

  /**
   * Resolves when it is the caller's turn. `patience` may give up by throwing: then the caller leaves the
   * line, and the next one moves up.
   */
  async wait(patience: (turn: Promise<void>) => Promise<void>): Promise<Leave> {
    let come = (): void => undefined;
    const turn = new Promise<void>((resolve) => (come = resolve));
    this.waiting.add(come);
    const leave = this.leave();
    try {
      await patience(turn);
    } catch (thrown) {
      // If the turn came in the same moment, the place is passed on.
      if (!this.waiting.delete(come)) leave();
      throw thrown;
    }
    return leave;
  }

  private leave(): Leave {
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      const [next] = this.waiting;
      if (next === undefined) {
        this.inside -= 1;
        return;
      }
      this.waiting.delete(next);
      next();
    };
  }
}
