import type { CallCount } from "../../domain/reads.js";
import type { Outcome } from "./outcome.js";

/** One operation, after its answer was sent or its client had gone. */
export interface OperationNote {
  readonly requestId: string;
  /** The name in the client's document; free text, so it must not become a label. */
  readonly name: string | null;
  /** Null where no operation was found in the request. */
  readonly type: string | null;
  /** Null where the request was refused before anybody read for it. */
  readonly principal: string | null;
  /** Milliseconds from the request's body to the end of its answer. */
  readonly ms: number;
  readonly outcome: Outcome;
  /** The codes of all errors, without repetitions. */
  readonly codes: readonly string[];
  /** Whether every list of the answer was complete. */
  readonly complete: boolean;
  /** Issues of all lists of the answer. */
  readonly issues: number;
  /** Late rows that were delivered, by provider key. */
  readonly late: ReadonlyMap<string, number>;
  readonly calls: readonly CallCount[];
}

/** One attempt of a vendor call, as the transport tells it: nothing of a URL, header or body. */
export interface AttemptNote {
  readonly account: string;
  readonly action: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** `OK`, or the code of the issue that it makes. */
  readonly outcome: string;
  /** What went wrong below the vendor's API; null where the vendor answered. */
  readonly fault: string | null;
  /** Milliseconds. */
  readonly ms: number;
}

/** A breaker that changed its state. */
export interface BreakerNote {
  readonly account: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly state: BreakerState;
}

/** The states of a breaker, best first. */
export const BREAKER_STATES = ["closed", "halfOpen", "open"] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** Whether the server by which replicas share answers. */
export type SharedState = "up" | "lost";

/** The vendor of a configured account, in the config's words. */
export type VendorOf = (account: string) => string;
