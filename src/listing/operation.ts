import { setImmediate } from "node:timers/promises";
import { getOrMake } from "../domain/maps.js";
import type { CallCount, OperationBounds } from "../domain/reads.js";
import { SourceError } from "../errors.js";
import type { CallContext } from "../http/bounds.js";

/** Counts calls by vendor and action. */
export class CallLog {
  /** `requestId` names the request that the calls are made for. */
  constructor(readonly requestId?: string) {}

  private readonly counts = new Map<
    string,
    { -readonly [Name in keyof CallCount]: CallCount[Name] }
  >();

  add(vendor: string, action: string, { count = 0, cached = 0 }): void {
    const counted = getOrMake(this.counts, `${vendor} ${action}`, () => ({
      vendor,
      action,
      count: 0,
      cached: 0,
    }));
    counted.count += count;
    counted.cached += cached;
  }

  list(): CallCount[] {
    const sorted = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([, counted]) => ({ ...counted }));
  }
}

/** One GraphQL operation, or another job of the gateway, that reads vendors' lists. */
export interface Operation extends CallContext {
  readonly calls: CallLog;
  /** The vendor calls that it may still make. */
  readonly budget: { left: number };
}

/** An operation within its bounds. */
export class BoundedOperation implements Operation {
  readonly calls: CallLog;
  readonly deadline: number;
  readonly budget: { left: number };
  constructor(private readonly bounds: OperationBounds) {
    this.calls = new CallLog(bounds.requestId);
    this.deadline = bounds.deadline;
    this.budget = { left: bounds.vendorCalls };
  }

  get signal(): AbortSignal {
    return this.bounds.signal;
  }
}

/** A part of an operation, which ends with it. */
class OperationPart implements Operation {
  readonly calls: CallLog;

  constructor(
    private readonly whole: Operation,
    readonly deadline: number,
    readonly budget: { left: number },
    readonly isEarly = false,
  ) {
    this.calls = whole.calls;
  }

  get signal(): Operation["signal"] {
    return this.whole.signal;
  }
}

/** The part of an operation that prefetches lists before they are known to be needed. */
export const earlyPartOf = (whole: Operation): Operation =>
  new OperationPart(whole, whole.deadline, whole.budget, true);

/**
 * The part of an operation that reads what its list owes: a quarter of the calls and time that are left at
 * `now`, in epoch milliseconds.
 */
export function quarterPartOf(whole: Operation, now: number): Operation {
  const deadline = now + Math.floor(Math.max(0, whole.deadline - now) / 4);
  return new OperationPart(
    whole,
    deadline,
    partOf(whole.budget, Math.floor(whole.budget.left / 4)),
  );
}

/** A part of a budget: what is spent of it is spent of the whole, too. */
const partOf = (whole: { left: number }, calls: number): { left: number } => {
  let own = calls;
  return {
    get left() {
      return Math.min(own, whole.left);
    },
    set left(left: number) {
      const spent = this.left - left;
      own -= spent;
      whole.left -= spent;
    },
  };
};

/** Begins work in turns of the event loop, because what is cached is read without waiting for anything. */
export class Turns {
  private last: Promise<void> | null = null;
  private begun = 0;

  /** `most` is how much work begins in one turn. */
  constructor(private readonly most: number) {}

  /** What is begun from now on begins one turn later. */
  next(): void {
    this.begun = 0;
    this.last = this.last === null ? setImmediate() : this.last.then(() => setImmediate());
  }

  begin<T>(work: () => Promise<T>): Promise<T> {
    if (this.begun === this.most) this.next();
    this.begun += 1;
    return this.last === null ? work() : this.last.then(work);
  }
}

/** @throws {SourceError} CUT if the operation has no time for a call. */
export function checkTime({ signal, deadline }: Operation, now: number): void {
  if (signal.aborted || now >= deadline) throw cut("The deadline has passed.");
}

/** Takes one of the calls that are left. @throws {SourceError} CUT if there is none. */
export function spendCall(operation: Operation): void {
  if (operation.budget.left <= 0) throw cut("The operation's vendor calls are used up.");
  operation.budget.left -= 1;
}

/** The error for a source that the limits of the operation left unread. */
export const cut = (message: string): SourceError =>
  new SourceError("CUT", message, { retryable: true });
