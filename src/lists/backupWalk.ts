import type { BackupFilter, BackupOrder } from "../domain/filter.js";
import type { PageArgs } from "../domain/connection.js";
import { checkPageArgs } from "../paging/pageArgs.js";
import { rangeOf } from "./backupFilter.js";
import { walkStartFor, type Reader } from "./readContext.js";
import { walkOf, type Walk } from "./walk.js";

/** Which part of a list of backups is read, and which way. */
export interface BackupRange {
  readonly page: PageArgs;
  readonly filter: BackupFilter | null;
  readonly order: BackupOrder;
}

/** The lists of backups that are read next of each instance; asked for only where it matters. */
export type NextLists = () => readonly BackupRange[];

/**
 * The walk over a list of backups whose cursors are bound to a fingerprint.
 * @throws {ClientError} BAD_USER_INPUT, CURSOR_INVALID, CURSOR_MISMATCH.
 */
export const backupWalk = (
  reader: Reader,
  { page, filter, order }: BackupRange,
  fingerprint: Buffer,
): Walk =>
  walkOf(checkPageArgs(page, reader.limits), {
    sealer: reader.sealer,
    order: order === "STARTED_AT_DESC" ? "newestFirst" : "oldestFirst",
    fingerprint,
    range: rangeOf(filter),
    now: walkStartFor(reader),
  });
