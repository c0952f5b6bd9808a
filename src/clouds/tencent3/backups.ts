import type { Row } from "../../domain/row.js";
import { beijingTextOf } from "../beijingTime.js";
import { hashOf } from "../estate/random.js";
import { TENCENT_STATUSES } from "../estate/truth.js";
import type { BackupRow, TencentInstance } from "../estate/types.js";
import { claimedTotal, inStatuses, pageOf, windowed } from "../lists.js";
import type { Action, CloudContext } from "../vendorCloud.js";
import { linksOf } from "./links.js";
import { askedRows, checkNames, listOf, requiredText, textOf, timeOf } from "./params.js";
import { invalid, noInstance, refused } from "./refusals.js";

const PRODUCT = "TENCENT_REDIS";
const MOST_ROWS = 100;
const LONGEST_SPAN_MS = 30 * 86_400_000;
const NO_TIME = "0000-00-00 00:00:00";
const NAMES = ["InstanceId", "InstanceName", "Limit", "Offset", "BeginTime", "EndTime", "Status"];

/**
 * DescribeInstanceBackups: the backups of one existing instance, or all of a region including those of
 * deleted instances.
 *
 * Without `Status`, only normal backups are listed. The bounds of the window are inclusive, and at most
 * 30 days apart.
 * Source: https://cloud.tencent.com/document/api/239/20011, read 2026-11-21.
 */
export const describeInstanceBackups: Action = ({ params, region }, context) => {
  checkNames(params, NAMES);
  const asked = askedRows(params, MOST_ROWS);
  const { tencent } = context.knobs;
  const window = windowOf(params);
  const statuses = statusesOf(params, context);
  const name = textOf(params, "InstanceName");
  const instance = textOf(params, "InstanceId");
  if (instance !== null) livingInstance(instance, region, context);
  const listed = context.rows({ product: PRODUCT, region: region ?? "", instance });
  const inWindow = inStatuses(windowed(listed, window, tencent), statuses);
  const rows = name === null ? inWindow : inWindow.filter((row) => row.instanceName.includes(name));
  return {
    TotalCount: claimedTotal(rows.length, tencent),
    BackupSet: pageOf(rows, asked, tencent).map((row) => wireRow(row, context)),
  };
};

function windowOf(params: Row) {
  const window = { since: timeOf(params, "BeginTime"), until: timeOf(params, "EndTime") };
  const span = (window.until ?? 0) - (window.since ?? 0);
  if (window.since === null || window.until === null) return window;
  if (span < 0) throw invalid("`EndTime` must not be before `BeginTime`.");
  if (span > LONGEST_SPAN_MS)
    throw invalid("`BeginTime` and `EndTime` must not be more than 30 days apart.");
  return window;
}

/** The states to list: the given ones, or the default. */
function statusesOf(params: Row, { knobs }: CloudContext): ReadonlySet<string> {
  const asked = listOf(params, "Status", "number");
  if (asked === null) return new Set(["2"]);
  const taken = TENCENT_STATUSES[knobs.tencent.statuses];
  if (asked.some((status) => !taken.includes(status)))
    throw invalid("The value of `Status` is not valid.");
  return new Set(asked.map(String));
}

function livingInstance(id: string, region: string | null, { estate }: CloudContext): void {
  const instance = estate.instance(PRODUCT, id);
  if (instance === null || instance.region !== region || instance.deletedAt !== null)
    throw noInstance(id);
}

const wireRow = (row: BackupRow, { estate }: CloudContext): Row => ({
  StartTime: beijingTextOf(row.startedAt),
  EndTime: row.finishedAt === null ? noTimeOf(row) : beijingTextOf(row.finishedAt),
  ExpireTime: row.expiresAt === null ? NO_TIME : beijingTextOf(row.expiresAt),
  BackupId: row.nativeId,
  BackupType: row.trigger,
  Status: Number(row.status),
  Remark: row.remark,
  Locked: row.locked ? 1 : 0,
  // The document calls it internal. 0 means that it is not filled.
  BackupSize: row.sizeBytes ?? 0,
  FullBackup: 0,
  InstanceType: (estate.instance(PRODUCT, row.instanceNativeId) as TencentInstance | null)?.type,
  InstanceId: row.instanceNativeId,
  InstanceName: row.instanceName,
  Region: row.region,
  FileType: `RDB-Redis ${row.engineVersion}`,
  Encrypted: row.encrypted,
});

/** Both forms of "no time" occur. */
const noTimeOf = ({ nativeId }: BackupRow): string => (hashOf(nativeId) % 2 === 0 ? "" : NO_TIME);

/**
 * DescribeBackupUrl: one file for each shard.
 *
 * Source: https://cloud.tencent.com/document/api/239/34443, read 2026-11-21.
 */
export const describeBackupUrl: Action = ({ params, region }, context) => {
  checkNames(params, [
    "InstanceId",
    "BackupId",
    "LimitType",
    "VpcComparisonSymbol",
    "IpComparisonSymbol",
    "LimitVpc",
    "LimitIp",
  ]);
  const instanceNativeId = requiredText(params, "InstanceId");
  const backupId = requiredText(params, "BackupId");
  const instance = context.estate.instance(PRODUCT, instanceNativeId);
  if (instance === null || instance.region !== region) throw noInstance(instanceNativeId);
  const row = context.estate.row({ product: PRODUCT, instanceNativeId, nativeId: backupId });
  if (row === null)
    throw refused("InvalidParameterValue.BackupNotExists", "The backup does not exist.");
  if (!["2", "3", "4"].includes(row.status))
    throw refused("ResourceUnavailable.BackupStatusAbnormal", "The backup's state is abnormal.");
  return { BackupInfos: linksOf(row, instance.shardCount, context.now) };
};
