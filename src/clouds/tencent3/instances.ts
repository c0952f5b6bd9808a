import type { Row } from "../../domain/row.js";
import { beijingTextOf } from "../beijingTime.js";
import type { TencentInstance } from "../estate/types.js";
import { claimedTotal, pageOf } from "../lists.js";
import type { Action } from "../vendorCloud.js";
import { askedRows, checkNames, listOf, requiredText, textOf, wholeNumberOf } from "./params.js";
import { invalid, noInstance } from "./refusals.js";

const PRODUCT = "TENCENT_REDIS";
const MOST_ROWS = 1000;
const NO_TIME = "0000-00-00 00:00:00";
const YEAR_MS = 365 * 86_400_000;
const REGION_IDS: Readonly<Record<string, number>> = { "ap-guangzhou": 1, "ap-tokyo": 25 };
const CLUSTER_TYPES = [4, 7, 9, 16, 18];
const NAMES = [
  "Limit",
  "Offset",
  "InstanceId",
  "InstanceIds",
  "OrderBy",
  "OrderType",
  "Status",
  "ProjectIds",
  "SearchKey",
  "SearchKeys",
  "TypeList",
  "Type",
];

type Compare = (a: TencentInstance, b: TencentInstance) => number;
const byId: Compare = (a, b) => (a.nativeId < b.nativeId ? -1 : 1);

/** Equal starts are ordered by id, so that pages are stable. */
const ORDERS: Readonly<Record<string, Compare>> = {
  createtime: (a, b) => a.createdAt - b.createdAt || byId(a, b),
  curDeadline: (a, b) => a.createdAt - b.createdAt || byId(a, b),
  instancename: (a, b) => a.name.localeCompare(b.name, "en") || byId(a, b),
  type: (a, b) => a.type - b.type || byId(a, b),
  // Every instance is in the default project.
  projectId: byId,
};

/**
 * DescribeInstances: the existing instances of a region, including Memcached ones (type 200).
 *
 * Source: https://cloud.tencent.com/document/api/239/20018, read 2026-11-21.
 */
export const describeInstances: Action = ({ params, region }, { estate, knobs }) => {
  checkNames(params, NAMES);
  const asked = askedRows(params, MOST_ROWS);
  const isAsked = filterOf(params);
  const instances = (estate.instances(PRODUCT, region ?? "") as readonly TencentInstance[])
    .filter(isAsked)
    .sort(orderOf(params));
  return {
    TotalCount: claimedTotal(instances.length, knobs.tencent),
    InstanceSet: pageOf(instances, asked, knobs.tencent).map(wireRow),
  };
};

const WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/**
 * DescribeAutoBackupConfig: the schedule of one instance.
 *
 * Source: the models of the vendor's SDK for Go (redis/v20180412), read 2026-11-29.
 */
export const describeAutoBackupConfig: Action = ({ params, region }, { estate }) => {
  checkNames(params, ["InstanceId"]);
  const id = requiredText(params, "InstanceId");
  const instance = estate.instance(PRODUCT, id);
  if (instance === null || instance.region !== region || instance.deletedAt !== null)
    throw noInstance(id);
  const { autoBackup = true, retentionDays = 7 } = instance;
  return {
    AutoBackupType: 1,
    WeekDays: autoBackup ? WEEK : [],
    TimePeriod: "02:00-03:00",
    BackupStorageDays: retentionDays,
    BinlogStorageDays: 7,
  };
};

function filterOf(params: Row): (instance: TencentInstance) => boolean {
  const id = textOf(params, "InstanceId");
  const ids = listOf(params, "InstanceIds", "string");
  const statuses = listOf(params, "Status", "number");
  const types = listOf(params, "TypeList", "number");
  const keys = listOf(params, "SearchKeys", "string");
  return (instance) =>
    (id === null || instance.nativeId === id) &&
    (ids === null || ids.includes(instance.nativeId)) &&
    (statuses === null || statuses.includes(Number(instance.status))) &&
    (types === null || types.includes(instance.type)) &&
    (keys === null || keys.some((key) => key === instance.nativeId || instance.name.includes(key)));
}

function orderOf(params: Row): Compare {
  const name = textOf(params, "OrderBy") ?? "createtime";
  const compare = Object.hasOwn(ORDERS, name) ? ORDERS[name] : undefined;
  if (compare === undefined) throw invalid("The value of `OrderBy` is not valid.");
  const isForward = wholeNumberOf(params, "OrderType", 0) === 0;
  return isForward ? compare : (a, b) => compare(b, a);
}

function wireRow(instance: TencentInstance): Row {
  const regionId = REGION_IDS[instance.region] ?? 0;
  const zone = Number(/-(\d+)$/.exec(instance.zone)?.[1] ?? 0);
  return {
    InstanceId: instance.nativeId,
    InstanceName: instance.name,
    Appid: 1_300_000_000,
    ProjectId: 0,
    RegionId: regionId,
    Region: instance.region,
    ZoneId: regionId * 100_000 + zone,
    Status: Number(instance.status),
    Type: instance.type,
    ProductType: CLUSTER_TYPES.includes(instance.type) ? "cluster" : "standalone",
    Engine: instance.type === 200 ? "Memcached" : "Redis",
    CurrentRedisVersion: instance.engineVersion,
    Size: instance.memoryMb,
    RedisShardNum: instance.shardCount,
    RedisShardSize: Math.round(instance.memoryMb / instance.shardCount),
    RedisReplicasNum: 1,
    WanIp: "10.66.114.214",
    Port: 6379,
    Createtime: instance.createTimeKnown ? beijingTextOf(instance.createdAt) : NO_TIME,
    DeadlineTime: beijingTextOf(instance.createdAt + 2 * YEAR_MS),
    BillingMode: 1,
    AutoRenewFlag: 1,
    InstanceTags: Object.entries(instance.tags ?? {}).map(([TagKey, TagValue]) => ({
      TagKey,
      TagValue,
    })),
    OfflineTime: NO_TIME,
  };
}
