import type { ServerResponse } from "node:http";
import { ClientError } from "../errors.js";
import { deadlineExceeded } from "./faults.js";
import type { Operation, ServerOptions } from "./options.js";

/** How long aborted operations may take to answer, where nothing else is said. */
export const GRACE_MS = 1_000;

/** An operation, and the promise that ends it where its reads do not heed the signal. */
export interface StartedOperation extends Operation {
  /** Rejects with DEADLINE_EXCEEDED; never resolves. */
  readonly overdue: Promise<never>;
}

/** The operations under way, and the only place that aborts them. */
export class Operations {
  private readonly running = new Map<AbortController, ServerResponse>();
  private readonly deadlineMs: number;
  private readonly graceMs: number;
  private readonly now: () => number;

  constructor({ deadlineMs, graceMs, now }: Pick<ServerOptions, "deadlineMs" | "graceMs" | "now">) {
    this.deadlineMs = deadlineMs;
    this.graceMs = graceMs ?? GRACE_MS;
    this.now = now;
  }

  /** Begins an operation that ends when the response is sent or its connection is lost. */
  begin(requestId: string, response: ServerResponse): StartedOperation {
    const controller = new AbortController();
    this.running.set(controller, response);
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = deadlineExceeded(this.deadlineMs);
        controller.abort(error);
        timer = setTimeout(() => reject(error), this.graceMs);
      }, this.deadlineMs);
    });
    // Nobody may be listening any more when it comes.
    overdue.catch(() => undefined);
    response.once("close", () => {
      clearTimeout(timer);
      this.running.delete(controller);
      if (!response.writableFinished) controller.abort(new Error("The client went away."));
    });
    return {
      requestId,
      signal: controller.signal,
      deadlineAt: this.now() + this.deadlineMs,
      overdue,
    };
  }

  /** Tells the clients of what is under way that their connections will not be kept. */
  letGo(): void {
    for (const response of this.running.values()) response.shouldKeepAlive = false;
  }

  /** Ends whatever is still under way. */
  abortAll(): void {
    const error = new ClientError("OVERLOADED", "The gateway is shutting down.");
    for (const controller of this.running.keys()) controller.abort(error);
  }
}
