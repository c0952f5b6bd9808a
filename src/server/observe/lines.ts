import type { Logger } from "pino";
import type { AttemptNote, BreakerNote, OperationNote, SharedState, VendorOf } from "./notes.js";

/** The lines of the log. */
export interface Lines {
  operation(note: OperationNote): void;
  /** A request that was refused before an operation started. */
  refusal(requestId: string, status: number): void;
  /** Logs only failed attempts. */
  attempt(note: AttemptNote): void;
  breaker(note: BreakerNote): void;
  claimDropped(provider: string, listing: string, message: string): void;
  /** The server that replicas share was lost, or responds again. */
  shared(state: SharedState): void;
}

/** Clients can send an operation name as long as a request. */
const LONGEST_NAME = 64;

/** Outcomes that are not the vendor's fault: the call was cancelled, or the object is gone. */
const ORDINARY: ReadonlySet<string> = new Set(["CUT", "NOT_FOUND"]);

/** Makes the lines of the log. No line contains a URL, a header, a body or a variable. */
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
  // pino omits undefined fields.
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
