import type { MappedBackup } from "../../../domain/backup.js";
import type { BackupStatus } from "../../../domain/words.js";
import type { Row } from "../../../domain/row.js";
import type { ListShape } from "../../../listing/shape.js";
import {
  count,
  flag,
  instantIn,
  list,
  optionalText,
  text,
  word,
  type InstantReader,
} from "../../kit/decode.js";
import type { BackupListing, ListScope } from "../../../listing/declaration.js";
import { zoneClock } from "../../kit/instant.js";
import { isForeign, NOTHING_SAID, ownerOf, withoutLinks } from "../../kit/rows.js";
import { BACKUP_STATUS, BACKUP_TYPE } from "../words.js";

/*
 * Tencent Redis, action DescribeInstanceBackups, version 2018-04-12.
 * Order: not documented; the examples disagree. Page: Offset, a multiple of Limit, and Limit, 20 rows
 * by default, 100 at most. Times: `YYYY-MM-DD HH:mm:ss` without a zone, which is UTC+8 by all signs.
 * Sizes: BackupSize is "internal", but DescribeBackupDetail documents the same field in bytes, and all
 * examples fit; 0 is taken as not filled. Window: BeginTime and EndTime, may be left out, 30 days at
 * most; which instant of a backup they select on is documented for 2.0 only.
 * Source: https://cloud.tencent.com/document/api/239/20011, read 2026-11-21.
 *
 * Left out: InstanceName of the request (a fuzzy filter) and of rows (the instance has it); FullBackup
 * (internal); InstanceType (a code of the engine's edition, of which only 200 matters); Region (it
 * was asked for); Encrypted.
 * TotalCount is advisory: the documents' example counts 6 and shows one row.
 */

const shape: ListShape = {
  page: { style: "offset", offset: "Offset", limit: "Limit", max: 100, aligned: true },
  window: {
    since: "BeginTime",
    until: "EndTime",
    precisionMs: 1000,
    mandatory: false,
    selects: "unknown",
    longestMs: 6 * 3_600_000,
    maxSpanMs: 30 * 24 * 3_600_000,
  },
  defaultSize: 20,
};

/** All that the action's page lists; the newest model names only 1 and 2, and 2 as the default. */
const EVERY_STATUS = [1, 2, 3, 4, -1, -2];

/** The engine code of TencentDB for Memcached, which shares the API. */
const MEMCACHED = "200";

const total = (payload: Row): number | null => count(payload, "TotalCount");

const statusOf = (row: Row, finishedAt: number | null): BackupStatus =>
  optionalText(row, "Status") === "1"
    ? finishedAt === null
      ? "RUNNING"
      : "LOCKED"
    : word(row, "Status", BACKUP_STATUS, "UNKNOWN");

/** `RDB-Redis 6.2` is a file of version 6.2. */
const versionOf = (row: Row): string | null =>
  /(\d+(?:\.\d+)*)$/.exec(optionalText(row, "FileType") ?? "")?.[1] ?? null;

const mapping =
  (instant: InstantReader) =>
  (row: Row, scope: ListScope): MappedBackup | null => {
    // Memcached instances are not listed, so their backups in the wide list are nobody's.
    if (optionalText(row, "InstanceType") === MEMCACHED) return null;
    const finishedAt = instant(row, "EndTime");
    return {
      ...NOTHING_SAID,
      instanceNativeId: ownerOf(row, "InstanceId", scope),
      nativeId: text(row, "BackupId"),
      status: statusOf(row, finishedAt),
      vendorStatus: optionalText(row, "Status") ?? "",
      trigger: word(row, "BackupType", BACKUP_TYPE, "UNKNOWN"),
      startedAt: instant(row, "StartTime"),
      finishedAt,
      expiresAt: instant(row, "ExpireTime"),
      sizeBytes: count(row, "BackupSize") || null,
      engineVersion: versionOf(row),
      locked: flag(row, "Locked"),
      remark: optionalText(row, "Remark"),
    };
  };

const common = (timeZone: string) => ({
  action: "DescribeInstanceBackups",
  shape,
  formatInstant: zoneClock(timeZone).format,
  rows: (payload: Row) => list(payload, "BackupSet", total(payload)),
  total,
  keyOf: (row: Row) => text(row, "BackupId"),
  alternativesOn: [
    "InvalidParameter",
    "InvalidParameter.InvalidParameter",
    "InvalidParameter.IllegalParameterError",
    "InvalidParameterValue",
  ],
  alternatives: [
    {
      params: { Status: [1, 2] },
      note: "The vendor refuses to list backups that expired, were deleted, or are or were exported.",
    },
    {
      params: { Status: null },
      note: "The vendor lists backups of its default states only: none under way, expired or deleted.",
    },
  ],
  withoutLinks,
});

/** All backups of a region, also those of destroyed instances. */
export const redisRegion = (timeZone: string): BackupListing => ({
  ...common(timeZone),
  name: "redis-region",
  scope: "region",
  // InstanceId was a required parameter once.
  refusedBy: ["MissingParameter", "InvalidParameter.EmptyParam"],
  params: () => ({ Status: EVERY_STATUS }),
  map: mapping(instantIn(timeZone)),
});

/** The backups of one instance. */
export function redisInstance(timeZone: string): BackupListing {
  const map = mapping(instantIn(timeZone));
  return {
    ...common(timeZone),
    name: "redis-instance",
    scope: "instance",
    refusedBy: [],
    params: ({ instance }) => ({ InstanceId: instance?.nativeId, Status: EVERY_STATUS }),
    map: (row, scope) => (isForeign(row, "InstanceId", scope) ? null : map(row, scope)),
  };
}
