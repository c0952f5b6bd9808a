import type { CloudAccount } from "../clouds.js";
import { post, regionOf, textOf, type Found } from "./found.js";
import { ucloudCall } from "./sign.js";

interface BackupWire {
  readonly BackupId: string;
  readonly GroupId: string;
  readonly BackupName: string;
  readonly BackupTime: number;
  readonly BackupSize?: number;
  readonly BackupType: string;
  readonly State: string;
  readonly RedisVersion: string;
}

const ask = <T>(account: CloudAccount, fields: Record<string, string>) => {
  const all = { ...fields, Region: regionOf(account), Offset: "0", Limit: "100" };
  return post<{ readonly DataSet: readonly T[] }>(account, ucloudCall(all, account.credentials));
};

/** The ids of all master-replica groups of a region. */
export async function groupsOf(account: CloudAccount): Promise<string[]> {
  const { DataSet } = await ask<{ GroupId: string }>(account, { Action: "DescribeURedisGroup" });
  return DataSet.map(({ GroupId }) => GroupId);
}

/** All master-replica backups of a region. */
export async function backupsOfUCloud(account: CloudAccount): Promise<Found[]> {
  const fields = { Action: "DescribeURedisBackup", RegionType: "normal" };
  const { DataSet } = await ask<BackupWire>(account, fields);
  return DataSet.map((row): Found => {
    const startedAt = row.BackupTime * 1000;
    return {
      startedAt,
      id: row.BackupId,
      instance: row.GroupId,
      node: () => ({
        id: `${row.GroupId}/${row.BackupId}`,
        nativeId: row.BackupId,
        name: row.BackupName,
        instanceNativeId: row.GroupId,
        region: regionOf(account),
        status: row.State === "Success" ? "SUCCEEDED" : "UNKNOWN",
        trigger: row.BackupType === "Auto" ? "AUTOMATIC" : "MANUAL",
        method: "UNKNOWN",
        startedAt: textOf(startedAt),
        finishedAt: null,
        sizeBytes: row.BackupSize ?? null,
        engineVersion: row.RedisVersion,
      }),
    };
  });
}

interface SpaceBackupWire {
  readonly BackupId: string;
  readonly BackupName: string;
  readonly CreateTime: number;
  readonly BackupType: string;
  readonly State: string;
}

interface SpaceWire {
  readonly SpaceId: string;
  readonly Zone: string;
}

/** All backups of the distributed spaces of a region, a list for each space. */
export async function backupsOfUMem(account: CloudAccount): Promise<Found[]> {
  const { DataSet: spaces } = await ask<SpaceWire>(account, { Action: "DescribeUMemSpace" });
  const lists = spaces.map(async ({ SpaceId, Zone }): Promise<Found[]> => {
    const fields = { Action: "DescribeUMemBackup", SpaceId, Zone };
    const { DataSet } = await ask<SpaceBackupWire>(account, fields);
    return DataSet.map((row): Found => ({
      startedAt: row.CreateTime * 1000,
      id: row.BackupId,
      instance: SpaceId,
      node: () => ({
        id: `${SpaceId}/${row.BackupId}`,
        nativeId: row.BackupId,
        name: row.BackupName,
        instanceNativeId: SpaceId,
        region: regionOf(account),
        status: row.State === "Done" ? "SUCCEEDED" : "UNKNOWN",
        trigger: row.BackupType === "auto" ? "AUTOMATIC" : "MANUAL",
        method: "UNKNOWN",
        startedAt: textOf(row.CreateTime * 1000),
        finishedAt: null,
        sizeBytes: null,
        engineVersion: null,
      }),
    }));
  });
  return (await Promise.all(lists)).flat();
}
