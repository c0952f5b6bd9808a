import type { CloudAccount } from "../clouds.js";
import { hostOf, post, regionOf, textOf, type Found } from "./found.js";
import { alibabaCall } from "./sign.js";

interface BackupWire {
  readonly BackupId: number;
  readonly BackupStartTime: string;
  readonly BackupEndTime: string;
  readonly BackupStatus: string;
  readonly BackupMode: string;
  readonly BackupMethod: string;
  readonly BackupSize: number;
  readonly EngineVersion: string;
}

const DAY = 86_400_000;

function ask<T>(account: CloudAccount, action: string, params: Record<string, string>): Promise<T> {
  const place = { action, host: hostOf(account) };
  return post<T>(account, alibabaCall(place, { ...params, PageNumber: "1" }, account.credentials));
}

/** The ids of all instances of a region. */
export async function instancesOf(account: CloudAccount): Promise<string[]> {
  const { Instances } = await ask<{
    readonly Instances: { readonly KVStoreInstance: readonly { readonly InstanceId: string }[] };
  }>(account, "DescribeInstances", { RegionId: regionOf(account), PageSize: "50" });
  return Instances.KVStoreInstance.map(({ InstanceId }) => InstanceId);
}

/** The backups of one instance of the last year. */
export async function backupsOfAlibaba(account: CloudAccount, instance: string): Promise<Found[]> {
  const now = Date.now();
  const { Backups } = await ask<{
    readonly Backups: { readonly Backup: readonly BackupWire[] };
  }>(account, "DescribeBackups", {
    InstanceId: instance,
    StartTime: `${textOf(now - 365 * DAY).slice(0, 16)}Z`,
    EndTime: `${textOf(now + DAY).slice(0, 16)}Z`,
    PageSize: "300",
  });
  return Backups.Backup.map((row): Found => {
    const id = String(row.BackupId);
    const startedAt = Date.parse(row.BackupStartTime);
    return {
      startedAt,
      id,
      instance,
      node: () => ({
        id: `${instance}/${id}`,
        nativeId: id,
        name: null,
        instanceNativeId: instance,
        region: regionOf(account),
        status: row.BackupStatus === "Success" ? "SUCCEEDED" : "UNKNOWN",
        trigger: row.BackupMode === "Automated" ? "AUTOMATIC" : "MANUAL",
        method: row.BackupMethod === "Physical" ? "PHYSICAL" : "LOGICAL",
        startedAt: textOf(startedAt),
        finishedAt: textOf(Date.parse(row.BackupEndTime)),
        sizeBytes: row.BackupSize,
        engineVersion: row.EngineVersion,
      }),
    };
  });
}
