import { constants } from "node:os";
import type { Writable } from "node:stream";

/** What a command may use of the process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Aborts with `Ended` when the process is told to end. */
  readonly ended: AbortSignal;
  /** The clock: epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`; rejects as soon as `signal` aborts, also when it has aborted before. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Told of secrets that the process may not write even when it crashes. */
  hide?(secrets: readonly string[]): void;
}

/** A command was called in a way that cannot work; the message says what to do instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The process was told to end while a command was under way. */
export class Ended extends Error {
  override readonly name = "Ended";

  constructor(readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP") {
    super(`Ended by ${signal}.`);
  }

  /** What shells expect of a program that a signal ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}
