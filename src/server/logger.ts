import { destination as fileOf, pino, type DestinationStream, type Logger } from "pino";
import type { Scrub } from "../domain/scrub.js";

/** How the process logs. */
export interface LoggerOptions {
  /** The least level that is written; `silent` for none. */
  readonly level: string;
  readonly scrub: Scrub;
  /** Where lines go; else to standard error, at once. */
  readonly destination?: DestinationStream;
}

/**
 * Makes the process's logger, through which no secret passes.
 *
 * The line is scrubbed when it is whole, so that messages, bindings, keys, stacks and causes of errors
 * and whatever an object turns itself into for JSON all pass, also those of child loggers.
 */
export const makeLogger = ({ level, scrub, destination }: LoggerOptions): Logger =>
  pino({ level, hooks: { streamWrite: scrub } }, destination ?? fileOf({ dest: 2, sync: true }));
