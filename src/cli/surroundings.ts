import type { Writable } from "node:stream";

/** What a command may use of the process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** A command was called in a way that cannot work; the message says what to do instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
