import type { TencentAccount } from "../../domain/account.js";
import type { Row } from "../../domain/row.js";
import type {
  BackupListing,
  DownloadsDeclaration,
  InstanceListing,
} from "../../listing/declaration.js";
import type { ListShape } from "../../listing/shape.js";
import {
  bytes,
  child,
  count,
  flag,
  instantIn,
  list,
  MEBIBYTE,
  NOTHING_SAID,
  optionalText,
  ownerOf,
  text,
  withoutLinks,
  word,
} from "../kit/decode.js";
import { zoneClock } from "../kit/instant.js";
import { downloadsOf } from "../kit/links.js";
import { noLink } from "../kit/refusal.js";
import { BACKUP_STATUS, BACKUP_TYPE, INSTANCE_STATUS, tencentLinks } from "./words.js";

/** `totalCount` stands beside `data`, or in it. */
export const totalOf = (payload: Row): number | null =>
  count(payload, "totalCount") ?? count(child(payload, "data") ?? {}, "totalCount");

/**
 * Instances of a region: Tencent Redis, action DescribeRedis of API 2.0.
 *
 * Order: by creation, oldest first, because it is asked for. Page: row offset and limit; a largest
 * limit is not documented, 100 is taken. Times: `YYYY-MM-DD HH:mm:ss` without a zone. Sizes: MB.
 * Newer examples have numbers as text. Window: none.
 * Source: https://cloud.tencent.com/document/api/239/1384 (DescribeRedis), read 2026-11-21.
 *
 * Left out: typeId (cluster or not), regionId (it was asked for), networks, ports, charges.
 */
export function redis2Instances(timeZone: string): InstanceListing {
  const instant = instantIn(timeZone);
  return {
    name: "redis2-instances",
    action: "DescribeRedis",
    scope: "region",
    statuses: INSTANCE_STATUS,
    shape: {
      page: { style: "offset", offset: "offset", limit: "limit", max: 100, aligned: false },
      window: null,
      defaultSize: 20,
      order: "unknown",
      counts: "rows",
    },
    params: () => ({ orderBy: "createtime", orderType: 0 }),
    rows: (payload) => list(payload, "data.redisSet", totalOf(payload)),
    total: totalOf,
    keyOf: (row) => text(row, "redisId"),
    map: (row) => ({
      nativeId: text(row, "redisId"),
      name: optionalText(row, "redisName"),
      zone: optionalText(row, "zoneId"),
      status: word(row, "status", INSTANCE_STATUS, "UNKNOWN"),
      vendorStatus: optionalText(row, "status"),
      engineVersion: null,
      memoryBytes: bytes(row, "size", MEBIBYTE),
      createdAt: instant(row, "createtime"),
      shardCount: null,
      project: optionalText(row, "projectId"),
      listing: "redis2-instance",
    }),
  };
}

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
  order: "unknown",
  counts: "rows",
};

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
    statuses: STATUS,
    sizes: "none",
    withoutLinks,
  };
}

const LIFETIME = 12 * 3_600_000;

/**
 * Links of a backup: Tencent Redis, action GetBackupDownloadUrl of API 2.0.
 *
 * One file with an internal and a public link that live for twelve hours.
 * Source: https://cloud.tencent.com/document/api/239/8452, read 2026-11-21.
 */
export const redis2Downloads = (account: TencentAccount): DownloadsDeclaration => ({
  calls: (backup, region) => [
    {
      action: "GetBackupDownloadUrl",
      region,
      params: { redisId: backup.instanceNativeId, backupId: backup.nativeId },
    },
  ],
  map: (payload, _backup, now) => {
    const data = child(payload, "data") ?? {};
    const extranet = optionalText(data, "extranet");
    const intranet = optionalText(data, "intranet");
    if (extranet === null && intranet === null) throw noLink();
    const expiresAt = now + LIFETIME;
    return downloadsOf(
      [
        { text: extranet, internal: false, expiresAt },
        { text: intranet, internal: true, expiresAt },
      ],
      tencentLinks(account.endpoint),
    );
  },
});
