import type { Row } from "../../domain/row.js";
import type { AlibabaInstance, Estate, EstateInstance } from "../estate/types.js";
import { claimedTotal, pageOf } from "../lists.js";
import { textOf } from "../texts.js";
import type { Action, CloudCall } from "../vendorCloud.js";
import { askedPage, requiredText, stampOf } from "./params.js";
import { malformed, noInstance } from "./refusals.js";

const MOST_ROWS = 50;
const MOST_IDS = 30;
const YEAR_MS = 365 * 86_400_000;

/**
 * DescribeInstances: the instances of one region, or of all if no region is named.
 *
 * Source: https://help.aliyun.com/document_detail/473754.html, read 2026-11-21.
 */
export const describeInstances: Action = (call, { estate, knobs }) => {
  const { params } = call;
  const page = askedPage(params, (size) => size <= MOST_ROWS);
  const ids = textOf(params, "InstanceIds")?.split(",") ?? null;
  if (ids !== null && ids.length > MOST_IDS) throw malformed("InstanceIds");
  const rows = regionsOf(call, estate)
    .flatMap((region) => estate.instances("ALIBABA_KVSTORE", region))
    .filter(isAlibaba)
    .filter((instance) => ids === null || ids.includes(instance.nativeId))
    .filter((instance) => isAskedFor(wireRow(instance), params));
  const asked = { offset: page.offset, limit: page.size };
  return {
    PageNumber: page.number,
    PageSize: page.size,
    TotalCount: claimedTotal(rows.length, knobs.alibaba),
    Instances: { KVStoreInstance: pageOf(rows, asked, knobs.alibaba).map(wireRow) },
  };
};

const WEEK = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday";

/**
 * DescribeBackupPolicy: the schedule of one instance. Numbers are text, as in the model.
 *
 * Source: https://www.alibabacloud.com/help/en/redis/describebackuppolicy, read 2026-11-29.
 */
export const describeBackupPolicy: Action = (call, { estate }) => {
  requiredText(call.params, "InstanceId");
  const { autoBackup = true, retentionDays = 7 } = instanceOf(call, estate);
  return {
    BackupRetentionPeriod: String(retentionDays),
    PreferredBackupPeriod: autoBackup ? WEEK : "",
    PreferredBackupTime: "18:00Z-19:00Z",
    PreferredNextBackupTime: "2026-11-30T18:20Z",
    EnableBackupLog: 0,
  };
};

/**
 * DescribeInstanceTDEStatus: whether the files of one instance are encrypted.
 *
 * Source: the models of the vendor's SDK (r-kvstore-20150101), read 2026-11-29.
 */
export const describeInstanceTdeStatus: Action = (call, { estate }) => {
  requiredText(call.params, "InstanceId");
  return { TDEStatus: instanceOf(call, estate).encrypted === true ? "Enabled" : "Disable" };
};

/** The instance that a call names. @throws {CloudRefusal} if it does not exist. */
export function instanceOf({ instance: id }: CloudCall, estate: Estate): AlibabaInstance {
  const instance = estate.instance("ALIBABA_KVSTORE", id ?? "");
  if (instance === null || !isAlibaba(instance) || instance.deletedAt !== null) throw noInstance();
  return instance;
}

/** Whether the backups of an instance are only in the cluster list. */
export const isCloudNativeCluster = ({ architecture, cloudNative }: AlibabaInstance): boolean =>
  architecture === "cluster" && cloudNative;

const isAlibaba = (instance: EstateInstance): instance is AlibabaInstance =>
  instance.product === "ALIBABA_KVSTORE";

const regionsOf = ({ region }: CloudCall, { regions }: Estate): readonly string[] =>
  region === null ? regions.ALIBABA_KVSTORE : [region];

const FILTERS = ["InstanceType", "InstanceStatus", "ArchitectureType", "EngineVersion", "ZoneId"];

const isAskedFor = (row: Row, params: Row): boolean =>
  FILTERS.every((name) => textOf(params, name) === null || row[name] === params[name]);

function wireRow(instance: AlibabaInstance): Row {
  const isCluster = instance.architecture === "cluster";
  return {
    InstanceId: instance.nativeId,
    InstanceName: instance.name,
    RegionId: instance.region,
    ZoneId: instance.zone,
    InstanceStatus: instance.status,
    InstanceType: instance.engine ?? "Redis",
    ArchitectureType: instance.architecture,
    EngineVersion: instance.engineVersion,
    InstanceClass: classOf(instance),
    Capacity: instance.memoryMb,
    ...(isCluster ? { ShardCount: instance.shardCount } : {}),
    NodeType: "double",
    // Cloud-native instances are those that do not run on the older RDS platform.
    IsRds: !instance.cloudNative,
    NetworkType: "VPC",
    ChargeType: "PrePaid",
    ConnectionDomain: `${instance.nativeId}.redis.rds.aliyuncs.com`,
    Port: 6379,
    CreateTime: stampOf(instance.createdAt),
    EndTime: stampOf(instance.createdAt + 2 * YEAR_MS),
    ResourceGroupId: "rg-default",
    Tags: { Tag: Object.entries(instance.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) },
  };
}

const classOf = ({ architecture, memoryMb, cloudNative }: AlibabaInstance): string =>
  cloudNative
    ? `tair.rdb.${Math.max(1, memoryMb / 1024)}g`
    : `redis.${architecture === "cluster" ? "logic.sharding" : "master"}.${memoryMb / 1024}g`;
