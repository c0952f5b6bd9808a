import type { SourceIssueKind } from "./faults.js";

/** One attempt of a call, after it ended. Nothing in it comes from a body, URL or header. */
export interface AttemptNote {
  readonly account: string;
  readonly action: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly outcome: "OK" | SourceIssueKind;
  /** What went wrong below the vendor's API, for example `tls`; null where the vendor answered. */
  readonly fault: string | null;
  /** Milliseconds from sending to the opened answer. */
  readonly ms: number;
}

/** A breaker that changed its state. */
export interface BreakerNote {
  readonly account: string;
  readonly origin: string;
  readonly state: "closed" | "open" | "halfOpen";
}

/** Listens for metrics, logs and traces; called synchronously, and must not throw. */
export interface HttpObserver {
  onAttempt?(note: AttemptNote): void;
  /** An attempt waited for its turn, its token or a free slot; not called where it did not wait. */
  onWait?(ms: number, account: string, action: string): void;
  onBreaker?(note: BreakerNote): void;
}
