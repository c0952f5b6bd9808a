import type { Logger } from "pino";
import type { AttemptNote, BreakerNote, CredentialsNote } from "../../domain/observation.js";
import type { CallCount } from "../../domain/reads.js";
import { ClientError, ERROR_CODES, type ErrorCode } from "../../errors.js";

/** The labels of an exemplar: a trace that is recorded, and a span in it. Both are hex. */
export interface Exemplar {
  readonly trace_id: string;
  readonly span_id: string;
}

/** What is known about an operation when its response was sent or its client disconnected. */
export interface OperationNote {
  readonly requestId: string;
  /** The name in the client's document. It is free text, so it must not become a label. */
  readonly name: string | null;
  /** Null if the request contained no valid operation. */
  readonly type: string | null;
  /** Null if the request was refused before anything was read. */
  readonly principal: string | null;
  /** Milliseconds from the end of the request to the end of the response. */
  readonly ms: number;
  readonly outcome: OperationOutcome;
  /** The distinct codes of all errors. */
  readonly codes: readonly string[];
  /** Whether every list of the answer was complete. */
  readonly complete: boolean;
  /** Issues of all lists of the answer. */
  readonly issues: number;
  /** Late rows in the answer, by provider key. */
  readonly late: ReadonlyMap<string, number>;
  readonly calls: readonly CallCount[];
  /** Null if no trace records the operation. */
  readonly exemplar: Exemplar | null;
}

/** Whether the server that replicas share responds. */
type SharedState = "up" | "lost";

/** Whether a config that was read again took over, was wrong, or failed in an unexpected way. */
export type ReloadOutcome = "taken" | "refused" | "failed";

/** The vendor of a configured account, in the config's words. */
export type VendorOf = (account: string) => string;

/**
 * How an operation ended: OK, PARTIAL (no error, but issues), or the code of its first error.
 *
 * CLIENT_GONE: the client disconnected before the response was sent. OTHER: an unknown code.
 */
type OperationOutcome = ErrorCode | "OK" | "PARTIAL" | "CLIENT_GONE" | "OTHER";

/** What the outcome of an operation depends on. */
export interface Ending {
  /** The codes of its errors; null if the GraphQL server gave no response. */
  readonly codes: readonly string[] | null;
  /** Whether its lists are complete. */
  readonly complete: boolean;
  /** Why it was aborted; null if it was not. */
  readonly abortedBy: Error | null;
  /** The HTTP status. */
  readonly status: number;
  /** Whether the whole response was sent. */
  readonly sent: boolean;
}

/** The outcome of an operation, from a fixed set of words. */
export function outcomeOf({ codes, complete, abortedBy, status, sent }: Ending): OperationOutcome {
  if (codes === null && abortedBy instanceof ClientError) return abortedBy.code;
  if (!sent) return "CLIENT_GONE";
  if (codes === null) return status >= 500 ? "INTERNAL_SERVER_ERROR" : "BAD_REQUEST";
  const [code] = codes;
  if (code !== undefined) return ERROR_CODES.find((known) => known === code) ?? "OTHER";
  return complete ? "OK" : "PARTIAL";
}

/** The kind of an outcome, for metrics with many other labels. */
export function resultOf(outcome: OperationOutcome): "ok" | "partial" | "error" {
  if (outcome === "OK") return "ok";
  return outcome === "PARTIAL" ? "partial" : "error";
}

/** What happens in a gateway. Each receiver handles the events that concern it. */
export interface GatewayEvents {
  /** An operation began. */
  readonly began: () => void;
  /** It ended. Null for a request without an operation. */
  readonly ended: (note: OperationNote | null) => void;
  /** A request was refused before an operation started. */
  readonly refused: (requestId: string, status: number) => void;
  /** An operation was not executed in compiled form. */
  readonly interpreted: (reason: string) => void;
  /** A job of the gateway itself, which is no operation, has read something. */
  readonly asked: (calls: readonly CallCount[]) => void;
  readonly attempt: (note: AttemptNote) => void;
  /** An attempt waited for a rate token or a free slot. */
  readonly waited: (ms: number, account: string) => void;
  readonly breaker: (note: BreakerNote) => void;
  readonly claimDropped: (provider: string, listing: string, message: string) => void;
  /** The server that replicas share was lost, or responds again. */
  readonly shared: (state: SharedState) => void;
  readonly credentials: (note: CredentialsNote) => void;
  /** The config was read again. */
  readonly reloaded: (outcome: ReloadOutcome) => void;
}

/** Passes every event to all receivers that handle it. */
export const passTo = (receivers: readonly Partial<GatewayEvents>[]): GatewayEvents =>
  Object.fromEntries(
    [...new Set(receivers.flatMap(Object.keys))].map((name) => {
      const handlers = receivers.flatMap((one) => one[name as keyof GatewayEvents] ?? []);
      const pass = (...details: never[]): void => {
        for (const handle of handlers) (handle as (...all: never[]) => void)(...details);
      };
      return [name, pass];
    }),
  ) as unknown as GatewayEvents;

/** Clients can send an operation name as long as a request. */
const LONGEST_NAME = 64;

/** Outcomes that are not the vendor's fault: the call was cancelled, or the object is gone. */
const ORDINARY: ReadonlySet<string> = new Set(["CUT", "NOT_FOUND"]);

/** Writes the lines of the log. No line contains a URL, a header, a body or a variable. */
export const makeLines = (logger: Logger, vendorOf: VendorOf) =>
  ({
    ended(note) {
      if (note !== null && logger.isLevelEnabled("info"))
        logger.info(fieldsOf(note), "An operation ended.");
    },
    refused: (requestId, status) => logger.info({ requestId, status }, "A request was refused."),
    attempt({ account, action, attempt, outcome, fault, code, requestId, ms }) {
      if (outcome === "OK") return;
      const vendor = vendorOf(account);
      const fields = { requestId, vendor, account, action, outcome, code, fault, attempt, ms };
      logger[ORDINARY.has(outcome) ? "debug" : "warn"](fields, "A vendor call failed.");
    },
    breaker({ account, origin, state }) {
      const fields = { vendor: vendorOf(account), account, host: new URL(origin).host, state };
      logger[state === "open" ? "warn" : "info"](fields, "A breaker changed its state.");
    },
    shared: (state) =>
      logger[state === "lost" ? "warn" : "info"]({ state }, "The shared cache changed its state."),
    credentials({ account, expiresAt, error }) {
      const expires = expiresAt === null ? undefined : new Date(expiresAt).toISOString();
      const fields = { vendor: vendorOf(account), account, expires };
      if (error === null) logger.info(fields, "New credentials are in use.");
      else logger.warn(fields, `Credentials could not be read. ${error}`);
    },
    claimDropped: (provider, listing, message) =>
      logger.warn({ provider, listing }, `A claim of the declaration was dropped. ${message}`),
  }) satisfies Partial<GatewayEvents>;

/** The calls of an operation over all vendors and actions. */
export function totalOf(counts: readonly CallCount[]): { calls: number; cached: number } {
  const total = { calls: 0, cached: 0 };
  for (const { count, cached } of counts) {
    total.calls += count;
    total.cached += cached;
  }
  return total;
}

function fieldsOf({ requestId, name, type, principal, ms, ...note }: OperationNote): object {
  const { outcome, codes, complete, issues, late } = note;
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
    late: late.size > 0 ? [...late.values()].reduce((sum, rows) => sum + rows) : undefined,
    ...totalOf(note.calls),
  };
}
