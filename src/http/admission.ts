import { AsyncResource } from "node:async_hooks";
import { bulkhead, type BulkheadPolicy } from "cockatiel";
import { bounded, isOver, pause, type Clock } from "./bounds.js";
import type { CallContext } from "./client.js";
import { TransportError } from "./faults.js";
import { Line, type Turn } from "./line.js";
import type { Quota, QuotaBucket } from "./quota.js";

/** One attempt that wants to start. */
export interface Entrant<T> {
  readonly bucket: QuotaBucket;
  readonly context: CallContext;
  /** Makes ready what is to be sent; throws, or gives what to wait for, where the host is down. */
  prepare(): Promise<void> | null;
  /** Whether what was made ready may still be sent. */
  isReady(): boolean;
  start(): Promise<T>;
}

/** The entrant could not start after all, and comes again after `ms`. */
class Again {
  constructor(readonly ms: number) {}
}

/**
 * Lets the attempts of one account start: in order within an action, in turn between actions, within
 * quota and concurrency.
 *
 * A call with nobody before it, a token and a slot starts without waiting for anything, so that calls
 * made together do not stand in line for nothing. Else only the first of each action asks for a token
 * and a slot: nobody holds a slot while waiting for a token or a token while waiting for a slot, a long
 * line of one action delays no other, and the bulkhead's queue holds at most one of each, which makes
 * its order fair between them.
 */
export class Admission {
  readonly #clock: Clock;
  readonly #quota: Quota;
  readonly #slots: BulkheadPolicy;
  readonly #lines = new Map<string, Line>();

  constructor(clock: Clock, quota: Quota, concurrency: number) {
    this.#clock = clock;
    this.#quota = quota;
    this.#slots = bulkhead(concurrency, Infinity);
  }

  /**
   * Runs an entrant in its turn, and resolves or rejects as it does.
   *
   * Errors: THROTTLED, at once, with the wait, where the quota cannot serve it within its deadline;
   * CUT where its context ends before it starts; what `prepare` throws.
   */
  async run<T>(entrant: Entrant<T>): Promise<T> {
    const { bucket, context } = entrant;
    const line = this.#lineOf(bucket.action);
    this.#refuseBeyond(this.#quota.waitMs(bucket, line.length), context);
    const turn = line.enter() ?? (await line.stand((come) => bounded(this.#clock, context, come)));
    try {
      let wait = this.#quota.waitMs(bucket, 0);
      for (;;) {
        this.#refuseBeyond(wait, context);
        if (wait > 0) await pause(this.#clock, wait, context);
        const ready = entrant.prepare();
        if (ready !== null) await ready;
        const result = await this.#inSlot(entrant, turn);
        if (!(result instanceof Again)) return result;
        wait = result.ms;
      }
    } finally {
      turn.leave();
    }
  }

  #lineOf(action: string): Line {
    let line = this.#lines.get(action);
    if (line === undefined) this.#lines.set(action, (line = new Line()));
    return line;
  }

  #refuseBeyond(waitMs: number, { deadline }: CallContext): void {
    if (waitMs > 0 && this.#clock.now() + waitMs >= deadline)
      throw new TransportError("quota", { retryAfterMs: waitMs });
  }

  #inSlot<T>(entrant: Entrant<T>, turn: Turn): Promise<T | Again> {
    const run = async (): Promise<T | Again> => {
      if (isOver(this.#clock, entrant.context)) throw new TransportError("cut");
      if (!entrant.isReady()) return new Again(0);
      const taken = this.#quota.take(entrant.bucket);
      const wait = typeof taken === "number" ? taken : await taken;
      if (wait > 0) return new Again(wait);
      turn.leave();
      return entrant.start();
    };
    if (this.#slots.executionSlots > 0) return this.#slots.execute(run);
    // Whoever leaves a slot starts the next one, which is to count as its own caller's in traces.
    const bound = AsyncResource.bind(run);
    return bounded(this.#clock, entrant.context, this.#slots.execute(bound));
  }
}
