import type { Row } from "../../../domain/row.js";
import type { ListShape } from "../../../listing/shape.js";
import { child, count, flag, instantIn, list, optionalText, text, word } from "../../kit/decode.js";
import type { BackupListing } from "../../../listing/declaration.js";
import { zoneClock } from "../../kit/instant.js";
import { NOTHING_SAID, ownerOf, withoutLinks } from "../../kit/rows.js";
import { BACKUP_STATUS, BACKUP_TYPE } from "../words.js";

/** Status 1 is documented as "locked by a flow"; rows of 2.0 have no end that could say more. */
const STATUS = Object.freeze({ ...BACKUP_STATUS, 1: "LOCKED" as const });

const shape: ListShape = {
  page: { style: "offset", offset: "offset", limit: "limit", max: 100, aligned: false },
  window: {
    since: "beginTime",
    until: "endTime",
    precisionMs: 1000,
    mandatory: false,
    selects: "start",
    longestMs: 0,
    maxSpanMs: null,
  },
  defaultSize: 20,
};

/** `totalCount` stands beside `data`, or in it. */
export const totalOf = (payload: Row): number | null =>
  count(payload, "totalCount") ?? count(child(payload, "data") ?? {}, "totalCount");

/**
 * The backups of one instance: Tencent Redis, action GetRedisBackupList of API 2.0.
 *
 * Order: not documented; the example is oldest first. Page: offset and limit; the page calls offset a
 * page number and then uses it as a row offset, which it is. A largest limit is not documented; 100 is
 * that of 3.0. Times: `YYYY-MM-DD HH:mm:ss` without a zone. Sizes: none.
 * Window: beginTime and endTime, both inclusive, may be left out; selects on the start.
 * Source: https://cloud.tencent.com/document/api/239/8402 (GetRedisBackupList), read 2026-11-21.
 */
export function redis2Instance(timeZone: string): BackupListing {
  const instant = instantIn(timeZone);
  return {
    name: "redis2-instance",
    action: "GetRedisBackupList",
    scope: "instance",
    shape,
    refusedBy: [],
    params: ({ instance }) => ({ redisId: instance?.nativeId }),
    formatInstant: zoneClock(timeZone).format,
    rows: (payload) => list(payload, "data.redisBackupSet", totalOf(payload)),
    total: totalOf,
    keyOf: (row) => text(row, "backupId"),
    map: (row, scope) => ({
      ...NOTHING_SAID,
      instanceNativeId: ownerOf(row, "redisId", scope),
      nativeId: text(row, "backupId"),
      status: word(row, "status", STATUS, "UNKNOWN"),
      vendorStatus: optionalText(row, "status") ?? "",
      trigger: word(row, "backupType", BACKUP_TYPE, "UNKNOWN"),
      startedAt: instant(row, "startTime"),
      locked: flag(row, "locked"),
      remark: optionalText(row, "remark"),
    }),
    withoutLinks,
  };
}
