import type { Writable } from "node:stream";
import type { Ora } from "ora";
import { UsageError, type CommandContext } from "./context.js";

/** The reader of the output has closed it, for example `head`. The command did nothing wrong. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

const CLOSED: readonly unknown[] = ["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"];

/**
 * Writes text and waits until it is written, so that a slow reader slows the command down.
 * @throws {OutputClosed} if nothing reads the output, {UsageError} if it cannot be written.
 */
export function writeOut(stream: Writable, text: string): Promise<void> {
  if (text === "") return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(writeErrorOf(error)) : resolve());
    try {
      stream.write(text, done);
    } catch (error) {
      // Streams to files throw immediately.
      done(error as Error);
    }
  });
}

function writeErrorOf(error: Error): Error {
  const code = "code" in error ? error.code : error.message;
  if (CLOSED.includes(code)) return new OutputClosed("The output is closed.");
  return new UsageError(`The output cannot be written (${String(code)}).`);
}

/** How often the text of a progress line is updated, in milliseconds. */
const UPDATE_MS = 200;

/** A line that shows that a command is working. */
export interface ProgressLine {
  /** Hides the line while `work` writes to the terminal. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  stop(): void;
}

/** Shows a line on stderr if that is a terminal of a known width, and nothing otherwise. */
export async function startProgress(
  { stderr, stdout, env }: Pick<CommandContext, "stderr" | "stdout" | "env">,
  text: () => string,
): Promise<ProgressLine> {
  // In a terminal without a width, such as that of `script` in a pipe, the library would clear lines for ever.
  if (stderr.isTTY !== true || stderr.columns === 0)
    return { aside: (work) => work(), stop: () => undefined };
  const { default: ora } = await import("ora");
  const stream = stderr as unknown as NodeJS.WritableStream;
  // The handlers that would restore a hidden cursor and discarded keys conflict with our own.
  const spinner = ora({
    stream,
    text: text(),
    hideCursor: false,
    discardStdin: false,
    ...(env["NO_COLOR"] ? { color: false } : {}),
  }).start();
  const timer = setInterval(() => (spinner.text = text()), UPDATE_MS);
  return {
    aside: (work) => (stdout.isTTY === true ? besides(spinner, work) : work()),
    stop: () => {
      clearInterval(timer);
      spinner.stop();
    },
  };
}

async function besides<T>(spinner: Ora, work: () => Promise<T>): Promise<T> {
  spinner.stop();
  try {
    return await work();
  } finally {
    spinner.start();
  }
}
