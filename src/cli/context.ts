import { constants } from "node:os";
import type { Writable } from "node:stream";
import type { Environment } from "../domain/account.js";

/** What a command uses of the process. */
export interface CommandContext {
  readonly env: Environment;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Aborts with `Interrupted` when the process receives a signal that ends it. */
  readonly interrupted: AbortSignal;
  /** The clock, in epoch milliseconds. */
  now(): number;
  /** Milliseconds of a clock that nobody sets. By default, that of `now`. */
  elapsed?(): number;
  /** Resolves after `ms`. Rejects as soon as `signal` aborts, or at once if it already has. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Receives what SIGHUP runs instead of ending the process, unless the process has a terminal. */
  onReload?(reload: () => Promise<void>): void;
  /** Receives secrets that the process must not print, even if it crashes, and who owns them. */
  hide?(secrets: readonly string[], owner?: string): void;
}

/**
 * The context of a command that can reload once it has started: a SIGHUP that comes earlier waits until
 * then, instead of ending the process.
 */
export function reloadingOnceStarted(context: CommandContext): CommandContext {
  let started: (reload: () => Promise<void>) => void = () => undefined;
  const starting = new Promise<() => Promise<void>>((resolve) => (started = resolve));
  context.onReload?.(async () => (await starting)());
  return { ...context, onReload: started };
}

/** The command cannot run as it was called. The message says what to do instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The process received a signal while a command was running. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor(readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP") {
    super(`Interrupted by ${signal}.`);
  }

  /** The exit code that shells expect of a program ended by a signal. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}
