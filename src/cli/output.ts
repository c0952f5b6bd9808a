import type { Writable } from "node:stream";

/** Nobody reads the output any more, as behind `head`; no fault of the command. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

const GONE: readonly unknown[] = ["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"];

/**
 * Writes text, and waits until it has gone out, so that a slow reader slows the command down.
 * @throws {ReaderGone} where nobody reads any more.
 */
export function writeOut(stream: Writable, text: string): Promise<void> {
  if (text === "") return Promise.resolve();
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(isGone(error) ? new ReaderGone("Nobody reads the output.") : error);
    });
  });
}

const isGone = (error: Error): boolean => "code" in error && GONE.includes(error.code);
