import type { Row } from "../../domain/row.js";
import type { BackupRow, EstateInstance, URedisInstance } from "../estate/types.js";
import { claimedTotal, pageOf } from "../lists.js";
import { textOf } from "../texts.js";
import type { Action, CloudCall, CloudContext } from "../vendorCloud.js";
import { internalLinkOf, linkOf } from "./links.js";
import { askedRows, missing, notValid, regionOf, requiredText, secondsOf } from "./params.js";

const PRODUCT = "UCLOUD_UREDIS";
const REGION_TYPES = ["normal", "source", "target"];
const YEAR_MS = 365 * 86_400_000;

/**
 * DescribeURedisBackup: the backups of one group, or with `RegionType` those of a region.
 *
 * Only the region-wide form shows the backups of a deleted group, for seven days. There are no copies in
 * other regions, so `source` and `target` list nothing.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_uredis_backup, read 2026-11-21.
 */
export const describeURedisBackup: Action = (call, context) => {
  const { params } = call;
  const { knobs } = context;
  const asked = askedRows(params, 10);
  const backupId = textOf(params, "BackupId");
  const all = rowsAskedFor(call, context);
  const rows = backupId === null ? all : all.filter(({ nativeId }) => nativeId === backupId);
  return {
    TotalCount: claimedTotal(rows.length, knobs.ucloud),
    DataSet: pageOf(rows, asked, knobs.ucloud).map((row) => wireRow(row, context)),
  };
};

function rowsAskedFor({ params }: CloudCall, context: CloudContext): readonly BackupRow[] {
  const region = regionOf(params, context.estate.regions[PRODUCT]);
  const regionType = textOf(params, "RegionType");
  const group = textOf(params, "GroupId");
  if (regionType !== null && !REGION_TYPES.includes(regionType)) throw notValid("RegionType");
  const isWide = group === null;
  const isRefused = regionType === null || context.knobs.ucloud.wide === "refused";
  if (isWide && isRefused) throw missing("GroupId");
  if (regionType !== null && regionType !== "normal") return [];
  if (!isWide && !isLiving(group, context)) return [];
  return context.rows({ product: PRODUCT, region, instance: group });
}

/** An unknown group has no backups, because no error code for it is documented. */
const isLiving = (group: string, { estate }: CloudContext): boolean =>
  estate.instance(PRODUCT, group)?.deletedAt === null;

const wireRow = (row: BackupRow, { estate }: CloudContext): Row => ({
  Zone: row.zone,
  BackupId: row.nativeId,
  GroupId: row.instanceNativeId,
  GroupName: row.instanceName,
  BackupName: row.name,
  BackupTime: secondsOf(row.startedAt),
  ...(row.sizeBytes === null ? {} : { BackupSize: row.sizeBytes }),
  // The first document has numbers here, the current one has words.
  BackupType: /^\d$/.test(row.trigger) ? Number(row.trigger) : row.trigger,
  State: row.status,
  SrcRegionName: row.region,
  DstRegionName: row.region,
  MemorySize: gigabytes(estate.instance(PRODUCT, row.instanceNativeId)?.memoryMb ?? 1024),
  RedisVersion: row.engineVersion,
});

/**
 * DescribeURedisGroup: the existing groups of a region.
 *
 * Source: https://docs.ucloud.cn/api/umem-api/describe_uredis_group, read 2026-11-21.
 */
export const describeURedisGroup: Action = ({ params }, { estate, knobs }) => {
  const region = regionOf(params, estate.regions[PRODUCT]);
  const asked = askedRows(params, 20);
  const zone = textOf(params, "Zone");
  const group = textOf(params, "GroupId");
  const groups = (estate.instances(PRODUCT, region) as readonly URedisInstance[]).filter(
    (one) => (zone ?? one.zone) === one.zone && (group ?? one.nativeId) === one.nativeId,
  );
  return {
    TotalCount: claimedTotal(groups.length, knobs.ucloud),
    DataSet: pageOf(groups, asked, knobs.ucloud).map(wireGroup),
  };
};

const wireGroup = (group: URedisInstance): Row => ({
  GroupId: group.nativeId,
  Name: group.name,
  GroupName: group.name,
  Zone: group.zone,
  Type: "double",
  Role: "master",
  Protocol: "redis",
  Size: gigabytes(group.memoryMb),
  MemorySize: gigabytes(group.memoryMb),
  UsedSize: Math.round(group.memoryMb / 3),
  AutoBackup: scheduleOf(group),
  // An hour of the day. In a backup's row, the same name is an instant.
  BackupTime: 3,
  HighAvailability: "enable",
  Version: group.engineVersion,
  State: group.status,
  CreateTime: secondsOf(group.createdAt),
  ModifyTime: secondsOf(group.createdAt),
  ExpireTime: secondsOf(group.createdAt + 2 * YEAR_MS),
  ChargeType: "Month",
  VirtualIP: "10.9.120.14",
  Port: 6379,
  Tag: tagOf(group),
});

/** The business group, which is the only tag of the product. */
export const tagOf = ({ tags }: EstateInstance): string => tags?.Tag ?? "Default";

export const scheduleOf = ({ autoBackup = true }: EstateInstance): string =>
  autoBackup ? "enable" : "disable";

/** The size of an instance in whole gigabytes, as in both products. */
export const gigabytes = (memoryMb: number): number => Math.max(1, Math.round(memoryMb / 1024));

/**
 * DescribeURedisBackupURL: the public link ends with a line feed, as in the documented example.
 *
 * Source: https://docs.ucloud.cn/api/umem-api/describe_uredis_backup_url, read 2026-11-21.
 */
export const describeURedisBackupUrl: Action = ({ params }, context) => {
  const region = regionOf(params, context.estate.regions[PRODUCT]);
  const backupId = requiredText(params, "BackupId");
  const row = context
    .rows({ product: PRODUCT, region, instance: null })
    .find(({ nativeId }) => nativeId === backupId);
  if (row?.status !== "Success") throw notValid("BackupId");
  const link = linkOf(row, `${row.nativeId}.rdb`, context.now);
  return {
    BackupURL: `${link}\n`,
    BackupPath: `${link}\n`,
    InnerBackupPath: internalLinkOf(row, `${row.nativeId}.rdb`, context.now),
  };
};
