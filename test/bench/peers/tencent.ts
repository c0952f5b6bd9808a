import type { CloudAccount } from "../clouds.js";
import { hostOf, post, regionOf, textOf, type Found } from "./found.js";
import { tencentCall } from "./sign.js";

interface BackupWire {
  readonly BackupId: string;
  readonly InstanceId: string;
  readonly StartTime: string;
  readonly EndTime: string;
  readonly BackupType: string | number;
  readonly BackupSize: number;
  readonly Status: number;
  readonly FileType: string;
}

async function ask<T>(account: CloudAccount, action: string, params: object): Promise<T> {
  const place = { action, region: regionOf(account), host: hostOf(account) };
  const call = tencentCall(place, { ...params, Limit: 100, Offset: 0 }, account.credentials);
  const { Response } = await post<{ readonly Response: T }>(account, call);
  return Response;
}

/** The ids of all instances of a region. */
export async function instancesOf(account: CloudAccount): Promise<string[]> {
  const { InstanceSet } = await ask<{
    readonly InstanceSet: readonly { readonly InstanceId: string }[];
  }>(account, "DescribeInstances", {});
  return InstanceSet.map(({ InstanceId }) => InstanceId);
}

const instantOf = (beijing: string): number => Date.parse(`${beijing.replace(" ", "T")}+08:00`);

/** All backups of a region. */
export async function backupsOfTencent(account: CloudAccount): Promise<Found[]> {
  const { BackupSet } = await ask<{ readonly BackupSet: readonly BackupWire[] }>(
    account,
    "DescribeInstanceBackups",
    { Status: [1, 2, 3, 4, -1, -2] },
  );
  return BackupSet.map((row): Found => {
    const startedAt = instantOf(row.StartTime);
    return {
      startedAt,
      id: row.BackupId,
      instance: row.InstanceId,
      node: () => ({
        id: `${row.InstanceId}/${row.BackupId}`,
        nativeId: row.BackupId,
        name: null,
        instanceNativeId: row.InstanceId,
        region: regionOf(account),
        status: row.Status === 2 ? "SUCCEEDED" : "UNKNOWN",
        trigger: String(row.BackupType) === "1" ? "AUTOMATIC" : "MANUAL",
        method: "UNKNOWN",
        startedAt: textOf(startedAt),
        finishedAt: textOf(instantOf(row.EndTime)),
        sizeBytes: row.BackupSize || null,
        engineVersion: /[\d.]+$/.exec(row.FileType)?.[0] ?? null,
      }),
    };
  });
}
