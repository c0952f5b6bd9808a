import type { Writable } from "node:stream";
import { UsageError } from "./surroundings.js";

/** Nobody reads the output any more, as behind `head`; no fault of the command. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

const GONE: readonly unknown[] = ["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"];

/**
 * Writes text, and waits until it has gone out, so that a slow reader slows the command down.
 * @throws {ReaderGone} where nobody reads any more; {UsageError} where it cannot be written.
 */
export function writeOut(stream: Writable, text: string): Promise<void> {
  if (text === "") return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => {
      if (error === null || error === undefined) resolve();
      else reject(faultOf(error));
    };
    try {
      stream.write(text, done);
    } catch (error) {
      // Streams to files throw at once.
      done(error as Error);
    }
  });
}

function faultOf(error: Error): Error {
  const code = "code" in error ? error.code : null;
  if (GONE.includes(code)) return new ReaderGone("Nobody reads the output.");
  return new UsageError(`The output cannot be written (${String(code ?? error.message)}).`);
}
