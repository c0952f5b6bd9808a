import type { ServerResponse } from "node:http";
import { ClientError } from "../errors.js";
import { deadlineExceeded } from "./faults.js";
import type { Operation, ServerOptions } from "./options.js";

/** How long aborted operations may take to answer, where nothing else is said. */
export const GRACE_MS = 1_000;

/**
 * An operation that can be aborted; its signal is made when it is first asked for.
 *
 * Most answers come from memory and need none, and Node 20 gives every AbortSignal a hidden class of its
 * own, which outlives many collections together with all that it hangs on.
 */
class AbortableOperation implements Operation {
  #controller: AbortController | null = null;
  #abortedBy: Error | null = null;

  constructor(
    readonly requestId: string,
    readonly deadlineAt: number,
  ) {}

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#abortedBy !== null) this.#controller.abort(this.#abortedBy);
    }
    return this.#controller.signal;
  }

  get abortedBy(): Error | null {
    return this.#abortedBy;
  }

  abort(reason: Error): void {
    if (this.#abortedBy !== null) return;
    this.#abortedBy = reason;
    this.#controller?.abort(reason);
  }
}

/** The operations under way, and the only place that aborts them. */
export class Operations {
  private readonly running = new Map<AbortableOperation, ServerResponse>();
  private readonly deadlineMs: number;
  private readonly graceMs: number;
  private readonly now: () => number;

  constructor({ deadlineMs, graceMs, now }: Pick<ServerOptions, "deadlineMs" | "graceMs" | "now">) {
    this.deadlineMs = deadlineMs;
    this.graceMs = graceMs ?? GRACE_MS;
    this.now = now;
  }

  /**
   * Begins an operation that ends when the response is sent or its connection is lost. `onOverdue` is told
   * DEADLINE_EXCEEDED where its reads do not heed the signal.
   */
  begin(
    requestId: string,
    response: ServerResponse,
    onOverdue: (error: ClientError) => void,
  ): Operation {
    const operation = new AbortableOperation(requestId, this.now() + this.deadlineMs);
    this.running.set(operation, response);
    let timer = setTimeout(() => {
      const error = deadlineExceeded(this.deadlineMs);
      operation.abort(error);
      timer = setTimeout(() => onOverdue(error), this.graceMs);
    }, this.deadlineMs);
    response.once("close", () => {
      clearTimeout(timer);
      this.running.delete(operation);
      if (!response.writableFinished) operation.abort(new Error("The client went away."));
    });
    return operation;
  }

  /** Tells the clients of what is under way that their connections will not be kept. */
  letGo(): void {
    for (const response of this.running.values()) response.shouldKeepAlive = false;
  }

  /** Ends whatever is still under way. */
  abortAll(): void {
    const error = new ClientError("OVERLOADED", "The gateway is shutting down.");
    for (const operation of this.running.keys()) operation.abort(error);
  }
}
