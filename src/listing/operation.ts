import { SourceError } from "../errors.js";
import type { CallContext } from "../http/client.js";

/** What an operation asked of the vendors, for `extensions.calls`. */
export interface CallRecord {
  readonly vendor: string;
  readonly action: string;
  readonly count: number;
  /** Questions that were answered without a call, from what was read before. */
  readonly cached: number;
}

/** Counts calls by vendor and action. */
export class CallLog {
  private readonly records = new Map<string, CallRecord>();

  add(vendor: string, action: string, counts: { count?: number; cached?: number }): void {
    const key = `${vendor} ${action}`;
    const { count = 0, cached = 0 } = this.records.get(key) ?? {};
    this.records.set(key, {
      vendor,
      action,
      count: count + (counts.count ?? 0),
      cached: cached + (counts.cached ?? 0),
    });
  }

  list(): CallRecord[] {
    return [...this.records.values()].sort((a, b) =>
      `${a.vendor} ${a.action}` < `${b.vendor} ${b.action}` ? -1 : 1,
    );
  }
}

/** One GraphQL operation, or another job of the gateway, as the vendors' lists see it. */
export interface Operation extends CallContext {
  readonly calls: CallLog;
  /** Vendor calls that it may still make. */
  readonly budget: { left: number };
}

/** What bounds one operation. */
export interface OperationBounds {
  /** Asked for before the first vendor call, and never where memory answers. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly vendorCalls: number;
}

/** An operation within its bounds. */
export class BoundedOperation implements Operation {
  readonly calls = new CallLog();
  readonly deadline: number;
  readonly budget: { left: number };
  constructor(private readonly bounds: OperationBounds) {
    this.deadline = bounds.deadline;
    this.budget = { left: bounds.vendorCalls };
  }

  get signal(): AbortSignal {
    return this.bounds.signal;
  }
}

/** What an operation asks before it is known to be needed. */
export class EarlyOperation implements Operation {
  readonly isEarly = true;
  readonly calls: CallLog;
  readonly deadline: number;
  readonly budget: { left: number };
  constructor(private readonly asking: Operation) {
    this.calls = asking.calls;
    this.deadline = asking.deadline;
    this.budget = asking.budget;
  }

  get signal(): Operation["signal"] {
    return this.asking.signal;
  }
}

/** @throws {SourceError} CUT where the operation may make no further call. */
export function spendCall(operation: Operation, now: number): void {
  if (operation.signal.aborted || now >= operation.deadline) throw cut("The deadline has passed.");
  if (operation.budget.left <= 0) throw cut("The operation's vendor calls are used up.");
  operation.budget.left -= 1;
}

/** The operation's own limits keep a source from being read. */
export const cut = (message: string): SourceError =>
  new SourceError("CUT", message, { retryable: true });
