import type { Row } from "../../domain/row.js";
import type { AlibabaInstance, BackupRow, ShardPart } from "../estate/types.js";
import { pageOf, windowed } from "../lists.js";
import { textOf } from "../texts.js";
import type { Action, CloudContext } from "../vendorCloud.js";
import { instanceOf, isCloudNativeCluster } from "./instances.js";
import { linksOf } from "./links.js";
import { askedPage, isOn, requiredText, stampOf, stampOrEmpty, windowOf } from "./params.js";
import { noInstance, notForThisKind } from "./refusals.js";

const PAGE_SIZES = new Set([5, 10, 15, 20, 30, 50, 100, 200, 300]);

/**
 * DescribeClusterBackupList: the backups of one cloud-native cluster, each with its shards.
 *
 * No total: `MaxResults` counts the rows of this answer. `ClusterBackups` is a plain array.
 * Source: https://help.aliyun.com/document_detail/2679168.html, read 2026-11-21.
 */
export const describeClusterBackupList: Action = (call, context) => {
  const { params } = call;
  const region = requiredText(params, "RegionId");
  requiredText(params, "InstanceId");
  const window = windowOf(params);
  const page = askedPage(params, (size) => PAGE_SIZES.has(size));
  const withoutShards = isOn(params, "NoShardBackup", ["False", "True"]);
  const id = textOf(params, "ClusterBackupId");
  const instance = instanceOf(call, context.estate);
  if (instance.region !== region) throw noInstance();
  if (!isCloudNativeCluster(instance)) throw notForThisKind();
  const { nativeId, product } = instance;
  const all = context.rows({ product, region, instance: nativeId });
  const rows = windowed(all, window, context.knobs.alibaba).filter(
    (row) => id === null || row.nativeId === id,
  );
  const asked = { offset: page.offset, limit: page.size };
  const shown = pageOf(rows, asked, context.knobs.alibaba);
  return {
    PageNumber: page.number,
    PageSize: page.size,
    MaxResults: shown.length,
    FullStorageSize: all.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    LogStorageSize: 0,
    FreeSize: instance.memoryMb * 2 * 1_048_576,
    ClusterBackups: shown.map((row) => ({
      ...wireRow(row, instance),
      Backups: withoutShards ? [] : row.parts.map((part) => wirePart(part, row, context)),
    })),
  };
};

const wireRow = (row: BackupRow, { memoryMb, shardCount }: AlibabaInstance): Row => ({
  ClusterBackupId: row.nativeId,
  ClusterBackupStatus: row.status,
  ClusterBackupStartTime: stampOf(row.startedAt),
  ClusterBackupEndTime: stampOrEmpty(row.finishedAt),
  ...(row.sizeBytes === null ? {} : { ClusterBackupSize: String(row.sizeBytes) }),
  ClusterBackupMode: row.trigger,
  IsAvail: row.status === "OK" ? 1 : 0,
  Progress: row.status === "RUNNING" ? "50%" : "100%",
  ExpectExpireTime: stampOrEmpty(row.expiresAt),
  ShardClassMemory: Math.round(memoryMb / shardCount),
});

const wirePart = (part: ShardPart, row: BackupRow, { now }: CloudContext): Row => ({
  BackupId: part.nativeId,
  BackupName: part.name,
  BackupSize: String(part.sizeBytes),
  BackupStatus: part.status,
  BackupStartTime: stampOf(row.startedAt),
  BackupEndTime: stampOrEmpty(row.finishedAt),
  InstanceName: part.name,
  Engine: "redis",
  ExtraInfo: { CustinsDbVersion: row.engineVersion },
  IsAvail: part.status === "OK" ? "1" : "0",
  RecoverConfigMode: '{"whitelist":true,"config":true,"account":true}',
  ...(part.status === "OK" ? linksOf({ region: row.region, name: part.nativeId, now }) : {}),
});
