import type { TencentAccount } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import { SourceError } from "../../errors.js";
import type {
  BackupListing,
  DownloadsDeclaration,
  FactsDeclaration,
  InstanceListing,
} from "../../listing/declaration.js";
import type { ListShape } from "../../listing/shape.js";
import { count, days, instantIn, list, MEBIBYTE, optionalText, tagsAt } from "../kit/decode.js";
import { zoneClock } from "../kit/instant.js";
import { downloadsOf, type PrintedLink } from "../kit/links.js";
import { backupList, type BackupListData, instanceList } from "../kit/lists.js";
import { noLink } from "../kit/refusal.js";
import {
  BACKUP_STATUS,
  BACKUP_TYPE,
  INSTANCE_STATUS,
  tencentLinks,
  VERSION_OF_TYPE,
} from "./words.js";

/** The engine code of TencentDB for Memcached, which shares the API. */
const MEMCACHED = "200";

/**
 * Instances of a region: Tencent Redis, action DescribeInstances, version 2018-04-12.
 *
 * Order: by creation, oldest first, because it is asked for; a new instance then comes at the end.
 * Page:  Offset, a multiple of Limit, and Limit, 20 rows by default, 1000 at most. Window: none.
 * Times: `YYYY-MM-DD HH:mm:ss` without a zone; `0000-00-00 00:00:00` says nothing. Sizes: MB.
 * Source: https://cloud.tencent.com/document/api/239/20018, codes of Type at 239/20026, read 2026-11-21.
 *
 * Left out: Engine and ProductType (free text in the examples); RedisShardSize and ReplicasNum;
 * networks, ports, charges; Tags (of placement, not the owner's). InstanceTags may be null, "no valid value".
 */
export const redisInstances = (timeZone: string): InstanceListing =>
  instanceList({
    name: "redis-instances",
    action: "DescribeInstances",
    scope: "region",
    shape: {
      page: { style: "offset", offset: "Offset", limit: "Limit", max: 1000, aligned: true },
      window: null,
      defaultSize: 20,
      order: "unknown",
      counts: "rows",
    },
    params: { OrderBy: "createtime", OrderType: 0 },
    rows: "InstanceSet",
    total: "TotalCount",
    leftOut: { Type: MEMCACHED },
    fields: {
      nativeId: "InstanceId",
      name: "InstanceName",
      zone: "ZoneId",
      status: "Status",
      engineVersion: "Type",
      memoryBytes: "Size",
      createdAt: "Createtime",
      shardCount: "RedisShardNum",
      project: "ProjectId",
    },
    words: { status: INSTANCE_STATUS, engineVersion: VERSION_OF_TYPE },
    instants: instantIn(timeZone),
    unit: MEBIBYTE,
    always: { listing: "redis-instance" },
    derived: (row) => ({
      tags: tagsAt(row, "InstanceTags", { key: "TagKey", value: "TagValue" }),
    }),
  });

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
 * (internal); InstanceType (a code of the engine's edition; only 200 matters); Region (it
 * was asked for).
 * TotalCount counts the rows, although the documents' example counts 6 and shows one.
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
  order: "unknown",
  counts: "rows",
};

/** All that the action's page lists; the newest model names only 1 and 2, and 2 as the default. */
const EVERY_STATUS = [1, 2, 3, 4, -1, -2];

const common = (timeZone: string): Omit<BackupListData, "name" | "scope"> => ({
  action: "DescribeInstanceBackups",
  shape,
  formatInstant: zoneClock(timeZone).format,
  params: { Status: EVERY_STATUS },
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
  rows: "BackupSet",
  total: "TotalCount",
  // Memcached instances are not listed, so their backups in the wide list have no instance.
  leftOut: { InstanceType: MEMCACHED },
  fields: {
    nativeId: "BackupId",
    instanceNativeId: "InstanceId",
    status: "Status",
    trigger: "BackupType",
    startedAt: "StartTime",
    finishedAt: "EndTime",
    expiresAt: "ExpireTime",
    locked: "Locked",
    encrypted: "Encrypted",
    remark: "Remark",
  },
  words: { status: BACKUP_STATUS, trigger: BACKUP_TYPE },
  instants: instantIn(timeZone),
  derived(row, { vendorStatus, status, finishedAt }) {
    const underWay = finishedAt === null ? "RUNNING" : "LOCKED";
    return {
      status: vendorStatus === "1" ? underWay : status,
      sizeBytes: count(row, "BackupSize") || null,
      // `RDB-Redis 6.2` is a file of version 6.2.
      engineVersion: /(\d+(?:\.\d+)*)$/.exec(optionalText(row, "FileType") ?? "")?.[1] ?? null,
    };
  },
  sizes: "exact",
});

/** Our own code for rows that do not name their instances. */
const NO_INSTANCE_ID = "NoInstanceId";

/** @throws {SourceError} BAD_RESPONSE if a row does not name its instance: lists of one instance do. */
function ownedRowsOf(payload: Row): readonly unknown[] {
  const rows = list(payload, "BackupSet", count(payload, "TotalCount"));
  if (rows.filter(isRow).some((row) => optionalText(row, "InstanceId") === null)) {
    const message = "The rows of the region's list do not name their instances.";
    throw new SourceError("BAD_RESPONSE", message, { code: NO_INSTANCE_ID });
  }
  return rows;
}

/** All backups of a region, also those of destroyed instances. */
export const redisRegion = (timeZone: string): BackupListing =>
  backupList({
    ...common(timeZone),
    name: "redis-region",
    scope: "region",
    // InstanceId was a required parameter once, and some gateways refuse its absence in other words.
    refusedBy: [
      "MissingParameter",
      "InvalidParameter.EmptyParam",
      "InvalidParameter.InvalidParameter",
      "UnsupportedOperation",
      NO_INSTANCE_ID,
    ],
    rows: ownedRowsOf,
  });

/** The backups of one instance. */
export const redisInstance = (timeZone: string): BackupListing =>
  backupList({
    ...common(timeZone),
    name: "redis-instance",
    scope: "instance",
    asksFor: { instance: "InstanceId" },
  });

/**
 * The schedule of one instance: Tencent Redis, action DescribeAutoBackupConfig, version 2018-04-12.
 *
 * WeekDays names the days of automatic backups; BackupStorageDays says how long they are kept.
 * Left out: AutoBackupType and BinlogStorageDays (retired), TimePeriod.
 * Source: the models of the vendor's SDK for Go (redis/v20180412), read 2026-11-29.
 */
export const redisSchedule: FactsDeclaration = {
  name: "redis-schedule",
  action: "DescribeAutoBackupConfig",
  shows: ["automaticBackups", "retentionMs"],
  most: 1,
  params: ([instance]) => ({ InstanceId: instance?.nativeId }),
  map: (payload, [instance]) =>
    new Map([
      [
        instance?.nativeId ?? "",
        {
          automaticBackups: list(payload, "WeekDays").length > 0,
          retentionMs: days(payload, "BackupStorageDays"),
        },
      ],
    ]),
};

const LIFETIME = 6 * 3_600_000;

/**
 * Links of a backup: Tencent Redis, action DescribeBackupUrl, version 2018-04-12.
 *
 * One file a shard, each with a public and an internal link that live for six hours; sizes are bytes,
 * 0 is invalid. Left out: LimitType and its companions (the account's own setting holds); the arrays
 * DownloadUrl, InnerDownloadUrl and Filenames, which the current page no longer has.
 * Source: https://cloud.tencent.com/document/api/239/34443, read 2026-11-21.
 */
export const redisDownloads = (account: TencentAccount): DownloadsDeclaration => ({
  calls: (backup, region) => [
    {
      action: "DescribeBackupUrl",
      region,
      params: { InstanceId: backup.instanceNativeId, BackupId: backup.nativeId },
    },
  ],
  map: (payload, _backup, now) =>
    downloadsOf(
      list(payload, "BackupInfos").flatMap((file) => {
        if (!isRow(file)) throw noLink();
        return linksOf(file, now);
      }),
      tencentLinks(account.endpoint),
    ),
});

function linksOf(file: Row, now: number): PrintedLink[] {
  const facts = {
    shard: optionalText(file, "FileName"),
    sizeBytes: count(file, "FileSize") || null,
    expiresAt: now + LIFETIME,
  };
  return [
    { ...facts, text: optionalText(file, "DownloadUrl"), internal: false },
    { ...facts, text: optionalText(file, "InnerDownloadUrl"), internal: true },
  ];
}
