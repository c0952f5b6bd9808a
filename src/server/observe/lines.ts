import type { Logger } from "pino";
import type { AttemptNote, BreakerNote, OperationNote, SharedState, VendorOf } from "./notes.js";

/** What the log is told; one line each. */
export interface Lines {
  operation(note: OperationNote): void;
  /** A request for which no operation was begun. */
  refusal(requestId: string, status: number): void;
  /** Only of attempts that failed. */
  attempt(note: AttemptNote): void;
  breaker(note: BreakerNote): void;
  claimDropped(provider: string, listing: string, message: string): void;
  /** The server by which replicas share was lost, or is there again. */
  shared(state: SharedState): void;
}

/** A client's operation name may be as long as its request. */
const LONGEST_NAME = 64;

/** Failures that say nothing of the vendor: nobody waited any more, or what was asked is gone. */
const ORDINARY: ReadonlySet<string> = new Set(["CUT", "NOT_FOUND"]);

/** Makes the lines of the log; none holds a URL, a header, a body or a variable. */
export const makeLines = (logger: Logger, vendorOf: VendorOf): Lines => ({
  operation(note) {
    if (logger.isLevelEnabled("info")) logger.info(fieldsOf(note), "An operation ended.");
  },
  refusal: (requestId, status) => logger.info({ requestId, status }, "A request was refused."),
  attempt({ account, action, attempt, outcome, fault, ms }) {
    if (outcome === "OK") return;
    const vendor = vendorOf(account);
    const fields = { vendor, account, action, outcome, fault, attempt, ms };
    logger[ORDINARY.has(outcome) ? "debug" : "warn"](fields, "A vendor call failed.");
  },
  breaker({ account, origin, state }) {
    const fields = { vendor: vendorOf(account), account, host: new URL(origin).host, state };
    logger[state === "open" ? "warn" : "info"](fields, "A breaker changed its state.");
  },
  shared: (state) =>
    logger[state === "lost" ? "warn" : "info"]({ state }, "The shared cache changed its state."),
  claimDropped: (provider, listing, message) =>
    logger.warn({ provider, listing }, `A claim of the declaration was dropped. ${message}`),
});

function fieldsOf({ requestId, name, type, principal, ms, ...note }: OperationNote): object {
  const { outcome, codes, complete, issues, late, calls } = note;
  // What is undefined is not written.
  return {
    requestId,
    operation: name?.slice(0, LONGEST_NAME) ?? null,
    type,
    principal,
    ms: Math.round(ms * 100) / 100,
    outcome,
    codes: codes.length > 0 ? codes : undefined,
    complete,
    issues,
    late: late.size > 0 ? sumOf([...late.values()]) : undefined,
    calls: sumOf(calls.map(({ count }) => count)),
    cached: sumOf(calls.map(({ cached }) => cached)),
  };
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, one) => sum + one, 0);
