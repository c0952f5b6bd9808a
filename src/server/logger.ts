import { destination as fileOf, pino, type DestinationStream, type Logger } from "pino";
import type { Scrub } from "../domain/scrub.js";

/** How the process logs. */
interface LoggerOptions {
  /** The minimum level; `silent` for no log. */
  readonly level: string;
  readonly scrub: Scrub;
  /** Receives each line, without secrets. */
  readonly onLine?: (line: string) => void;
  /** The target of log lines; standard error by default. */
  readonly destination?: DestinationStream;
}

/**
 * Makes the process's logger, which removes secrets.
 *
 * Each line is scrubbed as a whole, after it is serialized. This covers messages, bindings, keys, stacks
 * and causes of errors, objects with a `toJSON` method, and child loggers.
 */
export function makeLogger({ level, scrub, onLine, destination }: LoggerOptions): Logger {
  const streamWrite = (text: string): string => {
    const line = scrub(text);
    onLine?.(line);
    return line;
  };
  return pino({ level, hooks: { streamWrite } }, destination ?? standardError());
}

/** Lines are written in batches: a write for each would cost a tenth of a warm answer. */
const BATCH_BYTES = 4_096;
/** The buffer while writes are blocked; further lines are dropped. */
const KEPT_BYTES = 1_048_576;
/** How long a line can wait in a batch; only a killed process loses it. */
const BATCH_MS = 100;

let lines: ReturnType<typeof fileOf> | null = null;

/** One stream for the process, shared by all loggers. */
function standardError(): DestinationStream {
  if (lines !== null) return lines;
  const made = fileOf({
    dest: 2,
    sync: true,
    minLength: BATCH_BYTES,
    maxLength: KEPT_BYTES,
    periodicFlush: BATCH_MS,
  });
  // A closed pipe or a full disk must not stop the gateway.
  made.on("error", () => undefined);
  // `flushSync` would retry forever if nothing can be written.
  process.once("exit", () => made.end());
  return (lines = made);
}
