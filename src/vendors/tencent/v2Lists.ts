import type { TencentAccount } from "../../domain/account.js";
import type { Row } from "../../domain/row.js";
import type {
  BackupListing,
  DownloadsDeclaration,
  InstanceListing,
} from "../../listing/declaration.js";
import type { ListShape } from "../../listing/shape.js";
import { child, count, instantIn, MEBIBYTE, optionalText } from "../kit/decode.js";
import { zoneClock } from "../kit/instant.js";
import { downloadsOf } from "../kit/links.js";
import { backupList, instanceList } from "../kit/lists.js";
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
export const redis2Instances = (timeZone: string): InstanceListing =>
  instanceList({
    name: "redis2-instances",
    action: "DescribeRedis",
    scope: "region",
    shape: {
      page: { style: "offset", offset: "offset", limit: "limit", max: 100, aligned: false },
      window: null,
      defaultSize: 20,
      order: "unknown",
      counts: "rows",
    },
    params: { orderBy: "createtime", orderType: 0 },
    rows: "data.redisSet",
    total: totalOf,
    fields: {
      nativeId: "redisId",
      name: "redisName",
      zone: "zoneId",
      status: "status",
      memoryBytes: "size",
      createdAt: "createtime",
      project: "projectId",
    },
    words: { status: INSTANCE_STATUS },
    instants: instantIn(timeZone),
    unit: MEBIBYTE,
    always: { listing: "redis2-instance" },
  });

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
export const redis2Instance = (timeZone: string): BackupListing =>
  backupList({
    name: "redis2-instance",
    action: "GetRedisBackupList",
    scope: "instance",
    shape,
    asksFor: { instance: "redisId" },
    formatInstant: zoneClock(timeZone).format,
    rows: "data.redisBackupSet",
    total: totalOf,
    fields: {
      nativeId: "backupId",
      instanceNativeId: "redisId",
      status: "status",
      trigger: "backupType",
      startedAt: "startTime",
      locked: "locked",
      remark: "remark",
    },
    words: { status: STATUS, trigger: BACKUP_TYPE },
    instants: instantIn(timeZone),
    sizes: "none",
  });

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
