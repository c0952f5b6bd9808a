import type { ServerResponse } from "node:http";
import { ClientError } from "../errors.js";
import type { Operation, ServerOptions } from "./options.js";

/** The default for `graceMs`. */
export const GRACE_MS = 1_000;

/**
 * An operation that can be aborted. Its signal is created on first use.
 *
 * Most answers come from memory and need no signal, and Node 20 gives every AbortSignal a hidden class
 * of its own, which keeps whatever it references alive through many garbage collections.
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

/** The operations in progress. Nothing else aborts them. */
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
   * Starts an operation, which ends when its response is sent or its connection closes. `onOverdue`
   * receives DEADLINE_EXCEEDED if there is no response even after the grace period.
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
      if (!response.writableFinished) operation.abort(new Error("The client disconnected."));
    });
    return operation;
  }

  /** Announces to the clients of running operations that their connections will close. */
  closeConnections(): void {
    for (const response of this.running.values()) response.shouldKeepAlive = false;
  }

  abortAll(): void {
    const error = new ClientError("OVERLOADED", "The gateway is shutting down.");
    for (const operation of this.running.keys()) operation.abort(error);
  }
}

const deadlineExceeded = (deadlineMs: number): ClientError =>
  new ClientError("DEADLINE_EXCEEDED", `The operation exceeded its deadline of ${deadlineMs} ms.`);
