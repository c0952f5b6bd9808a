import type { Row } from "../../domain/row.js";
import { beijingTextOf } from "../beijingTime.js";
import type { EstateInstance, TencentInstance } from "../estate/types.js";
import { claimedTotal, pageOf } from "../lists.js";
import { textOf } from "../texts.js";
import type { Action, CloudCall } from "../vendorCloud.js";
import { wholeNumber } from "./params.js";
import { refused } from "./refusals.js";

const MOST_ROWS = 100;
const NO_TIME = "0000-00-00 00:00:00";
const MONTH_MS = 30 * 86_400_000;
const REGION_IDS: Readonly<Record<string, number>> = {
  "ap-guangzhou": 1,
  "ap-shanghai": 4,
  "ap-hongkong": 5,
  "ap-beijing": 8,
  "ap-singapore": 9,
  "ap-chengdu": 16,
  "ap-chongqing": 19,
  "ap-tokyo": 25,
};
const STATUS_TEXTS: Readonly<Record<string, string>> = {
  "0": "待初始化",
  "1": "流程中",
  "2": "实例运行中",
  "-2": "已隔离",
};

/**
 * DescribeRedis: the Redis instances of a region, without Memcached.
 *
 * Source: https://cloud.tencent.com/document/product/239/1384, read 2026-11-21.
 */
export const describeRedis: Action = (call, { estate, knobs }) => {
  const limit = Math.min(wholeNumber(call.params, "limit", 1), MOST_ROWS);
  const offset = wholeNumber(call.params, "offset", 0);
  const rows = estate
    .instances("TENCENT_REDIS", call.region ?? "")
    .filter(isRedis)
    .filter((instance) => isAskedFor(instance, call.params))
    .sort(orderOf(call));
  return {
    totalCount: claimedTotal(rows.length, knobs.tencent),
    data: { redisSet: pageOf(rows, { offset, limit }, knobs.tencent).map(wireRow) },
  };
};

const isRedis = (instance: EstateInstance): instance is TencentInstance =>
  instance.product === "TENCENT_REDIS" && instance.type !== 200;

function isAskedFor(instance: EstateInstance, params: Row): boolean {
  const id = textOf(params, "redisId");
  const name = textOf(params, "redisName");
  return (
    (id === null || instance.nativeId === id) && (name === null || instance.name.includes(name))
  );
}

type Compare = (a: EstateInstance, b: EstateInstance) => number;
const byId: Compare = (a, b) => (a.nativeId < b.nativeId ? -1 : 1);
const ORDERS: Readonly<Record<string, Compare>> = {
  redisId: byId,
  // Every instance is in the default project.
  projectId: byId,
  createtime: (a, b) => a.createdAt - b.createdAt || byId(a, b),
};

function orderOf({ params }: CloudCall): Compare {
  const name = textOf(params, "orderBy") ?? "createtime";
  const compare = Object.hasOwn(ORDERS, name) ? ORDERS[name] : undefined;
  if (compare === undefined) throw refused("11201", "orderBy is not valid");
  const isForward = textOf(params, "orderType") === "0";
  return isForward ? compare : (a, b) => compare(b, a);
}

function wireRow(instance: TencentInstance): Row {
  const regionId = REGION_IDS[instance.region] ?? 0;
  const zone = Number(/-(\d+)$/.exec(instance.zone)?.[1] ?? 0);
  return {
    redisName: instance.name,
    redisId: instance.nativeId,
    projectId: 0,
    regionId,
    zoneId: regionId * 100_000 + zone,
    status: Number(instance.status),
    statusDesc: STATUS_TEXTS[instance.status] ?? "",
    wanIp: "10.66.114.214",
    port: 6379,
    createtime: instance.createTimeKnown ? beijingTextOf(instance.createdAt) : NO_TIME,
    size: instance.memoryMb,
    typeId: instance.shardCount > 1 ? 1 : 2,
    deadlineTime: beijingTextOf(instance.createdAt + 24 * MONTH_MS),
  };
}
