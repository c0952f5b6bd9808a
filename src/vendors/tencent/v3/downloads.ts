import type { TencentAccount } from "../../../domain/account.js";
import { isRow, type Row } from "../../../domain/row.js";
import { count, list, optionalText } from "../../kit/decode.js";
import type { DownloadsDeclaration } from "../../../listing/declaration.js";
import { downloadsOf, type PrintedLink } from "../../kit/links.js";
import { noLink } from "../../kit/refusal.js";
import { tencentLinks } from "../links.js";

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
