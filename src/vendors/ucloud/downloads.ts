import type { UCloudAccount } from "../../domain/account.js";
import { list, optionalText } from "../kit/decode.js";
import type { DownloadsDeclaration } from "../../listing/declaration.js";
import { downloadsOf, type LinkRules } from "../kit/links.js";
import { noLink } from "../kit/refusal.js";

/*
 * UCloud, actions DescribeURedisBackupURL and DescribeUMemBackupURL (the API has no version).
 * Links tell their end in `Expires`; a lifetime is not documented. The example link of a group ends
 * in a line feed, which is trimmed, and begins with http although its host serves https: public
 * links are handed out as https. US3, the storage behind them, has http hosts for its own network.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_uredis_backup_url and
 * describe_umem_backup_url, https://docs.ucloud.cn/ufile/introduction/region, read 2026-11-21.
 *
 * Left out: RegionFlag, IsCrossRegion and SlaveZone (copies in other regions are not listed); BlockId
 * (all shards are asked for at once).
 */

const rulesOf = ({ endpoint }: UCloudAccount): LinkRules => ({
  publicHosts: [".ufileos.com", ".ufile.ucloud.cn", ".ufile.ucloud.com.cn"],
  internalHost: /(^|\.)internal-[a-z0-9-]+\.ufileos\.com$|\.ufile\.[a-z0-9-]+\.ucloud\.cn$/,
  upgrade: true,
  endpoint,
});

/** One file a backup, with a public and, undocumented, an internal link. */
export const uredisDownloads = (account: UCloudAccount): DownloadsDeclaration => ({
  calls: (backup, region) => [
    {
      action: "DescribeURedisBackupURL",
      region,
      params: {
        BackupId: backup.nativeId,
        GroupId: backup.instanceNativeId,
        Zone: backup.zone,
      },
    },
  ],
  map: (payload) => {
    // BackupURL is being retired in favour of BackupPath.
    const shown = optionalText(payload, "BackupPath") ?? optionalText(payload, "BackupURL");
    const inner = optionalText(payload, "InnerBackupPath");
    if (shown === null && inner === null) throw noLink();
    return downloadsOf(
      [
        { text: shown, internal: false },
        { text: inner, internal: true },
      ],
      rulesOf(account),
    );
  },
});

/** One public link a shard, in an order that is not documented; shards are numbered from 0. */
export const umemDownloads = (account: UCloudAccount): DownloadsDeclaration => ({
  calls: (backup, region) => [
    {
      action: "DescribeUMemBackupURL",
      region,
      params: {
        Zone: backup.zone,
        SpaceId: backup.instanceNativeId,
        BackupId: backup.nativeId,
      },
    },
  ],
  map: (payload) =>
    downloadsOf(
      list(payload, "BackupURL").map((text, index) => {
        if (typeof text !== "string") throw noLink();
        return { text, internal: false, shard: String(index) };
      }),
      rulesOf(account),
    ),
});
