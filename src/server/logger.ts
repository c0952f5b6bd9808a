import { destination as fileOf, pino, type DestinationStream, type Logger } from "pino";
import type { Scrub } from "../domain/scrub.js";

/** How the process logs. */
export interface LoggerOptions {
  /** The least level that is written; `silent` for none. */
  readonly level: string;
  readonly scrub: Scrub;
  /** Where lines go; else to standard error, within moments. */
  readonly destination?: DestinationStream;
}

/**
 * Makes the process's logger, through which no secret passes.
 *
 * The line is scrubbed when it is whole, so that messages, bindings, keys, stacks and causes of errors
 * and whatever an object turns itself into for JSON all pass, also those of child loggers.
 */
export const makeLogger = ({ level, scrub, destination }: LoggerOptions): Logger =>
  pino({ level, hooks: { streamWrite: scrub } }, destination ?? standardError());

/** Lines are written together: each write alone would cost as much as a tenth of a warm answer. */
const BATCH_BYTES = 4_096;
/** What is kept while nothing can be written; later lines are dropped. */
const KEPT_BYTES = 1_048_576;
/** The longest that a line waits for others; only a process that is killed loses any. */
const BATCH_MS = 100;

let lines: ReturnType<typeof fileOf> | null = null;

/** One for the process, however many loggers write to it. */
function standardError(): DestinationStream {
  if (lines !== null) return lines;
  const made = fileOf({
    dest: 2,
    sync: true,
    minLength: BATCH_BYTES,
    maxLength: KEPT_BYTES,
    periodicFlush: BATCH_MS,
  });
  // Whoever read the log is gone, or its disk is full: backups are listed all the same.
  made.on("error", () => undefined);
  // `flushSync` would try for good where nothing can be written.
  process.once("exit", () => made.end());
  return (lines = made);
}
