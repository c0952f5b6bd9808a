import type { TencentAccount } from "../../../domain/account.js";
import { child, optionalText } from "../../kit/decode.js";
import type { DownloadsDeclaration } from "../../../listing/declaration.js";
import { downloadsOf } from "../../kit/links.js";
import { noLink } from "../../kit/refusal.js";
import { tencentLinks } from "../links.js";

const LIFETIME = 12 * 3_600_000;

/**
 * Links of a backup: Tencent Redis, action GetBackupDownloadUrl of API 2.0.
 *
 * One file with an internal and a public link that live for twelve hours.
 * Source: https://cloud.tencent.com/document/api/239/8452, read 2026-11-21.
 */
export const redis2Downloads = (account: TencentAccount): DownloadsDeclaration => ({
  calls: (backup, region) => [
    {
      action: "GetBackupDownloadUrl",
      region,
      params: { redisId: backup.instanceNativeId, backupId: backup.nativeId },
    },
  ],
  map: (payload, _backup, now) => {
    const data = child(payload, "data") ?? {};
    const extranet = optionalText(data, "extranet");
    const intranet = optionalText(data, "intranet");
    if (extranet === null && intranet === null) throw noLink();
    const expiresAt = now + LIFETIME;
    return downloadsOf(
      [
        { text: extranet, internal: false, expiresAt },
        { text: intranet, internal: true, expiresAt },
      ],
      tencentLinks(account.endpoint),
    );
  },
});
