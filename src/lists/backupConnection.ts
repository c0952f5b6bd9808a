import type { Backup } from "../domain/backup.js";
import type { Connection } from "../domain/connection.js";
import { connectionOf, type ConnectionParts } from "./connection.js";
import type { Reader } from "./readContext.js";
import type { ViewedList } from "./viewedList.js";

/** What one page of a list of backups is, besides its list. */
export type BackupPage = Pick<
  ConnectionParts<Backup, Backup>,
  "page" | "found" | "issues" | "count" | "hasBehind"
>;

/** The connection of one page of a list of backups. Written out: it is made for each of many lists. */
export const backupConnection = (
  { cursors, kept }: Reader,
  { walk, matches }: ViewedList,
  { page, found, issues, count, hasBehind }: BackupPage,
): Connection<Backup> =>
  connectionOf({
    walk,
    matches,
    cursors,
    nodeOf,
    kept: kept.edges,
    page,
    found,
    issues,
    count,
    hasBehind,
  });

const nodeOf = (row: Backup): Backup => row;
