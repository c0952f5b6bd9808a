import type { AlibabaAccount } from "../../domain/account.js";
import { shardRowsOf, type Backup } from "../../domain/backup.js";
import { isRow, type Row } from "../../domain/row.js";
import { SourceError } from "../../errors.js";
import { count, optionalText } from "../kit/decode.js";
import type { DownloadsDeclaration, Region, VendorCall } from "../../listing/declaration.js";
import { isoMinute } from "../kit/instant.js";
import { downloadsOf, type LinkRules, type PrintedLink } from "../kit/links.js";
import { kvstoreBackups, kvstoreCluster, MAX_PAGE, partsOf, shardOf } from "./backups.js";

/*
 * Alibaba R-kvstore has no action for links: they are in the rows of DescribeBackups and of
 * DescribeClusterBackupList, which are asked for again with a window around the backup. Links state their
 * end in `Expires`; a lifetime is not documented. The example has public links joined to the internal one,
 * and internal ones in the place of public ones; see links.ts.
 * Source: https://help.aliyun.com/document_detail/473823.html and 2679168.html, read 2026-11-21.
 */

const MINUTE = 60_000;
/** Nodes of one backup start within ten minutes of each other. */
const MARGIN = 11 * MINUTE;
/** Longer than any backup takes; used for a backup without an end. */
const LONGEST = 24 * 60 * MINUTE;

const isCluster = (backup: Backup): boolean => backup.listing === "kvstore-cluster";

const rulesOf = ({ endpoint }: AlibabaAccount): LinkRules => ({
  publicHosts: [".aliyuncs.com"],
  internalHost: /-internal\.aliyuncs\.com$/,
  upgrade: false,
  endpoint,
});

/** Ids of the node rows that the engine folded into a backup; of one row, its own id. */
function nodeIdsOf(backup: Backup): readonly string[] {
  const shards = shardRowsOf(backup);
  if (shards === null) return [backup.nativeId];
  return shards.flatMap((shard) => optionalText(shard, "BackupId") ?? []);
}

function callOf(backup: Backup, region: Region): VendorCall {
  const { startedAt, finishedAt, instanceNativeId, nativeId } = backup;
  const window = {
    StartTime: isoMinute(startedAt - MARGIN),
    EndTime: isoMinute((finishedAt ?? startedAt + LONGEST) + MARGIN),
    InstanceId: instanceNativeId,
    PageSize: MAX_PAGE,
    PageNumber: 1,
  };
  if (isCluster(backup)) {
    const params = { ...window, RegionId: region.id, ClusterBackupId: nativeId };
    return { action: "DescribeClusterBackupList", region, params };
  }
  const ids = nodeIdsOf(backup);
  const params = { ...window, BackupId: ids.length === 1 ? ids[0] : null };
  return { action: "DescribeBackups", region, params };
}

/** The rows of the backup itself: the answer may hold others of the same hour. */
function ownRows(payload: Row, backup: Backup): readonly Row[] {
  const ids = isCluster(backup) ? [backup.nativeId] : nodeIdsOf(backup);
  const name = isCluster(backup) ? "ClusterBackupId" : "BackupId";
  const rows = (isCluster(backup) ? kvstoreCluster : kvstoreBackups).rows(payload);
  const own = rows.filter(isRow).filter((row) => ids.includes(optionalText(row, name) ?? ""));
  if (own.length > 0) return own;
  throw new SourceError("NOT_FOUND", "The vendor no longer lists the backup.");
}

/** The public and the internal link of each shard, or of the one file. */
export const kvstoreDownloads = (account: AlibabaAccount): DownloadsDeclaration => ({
  calls: (backup, region) => [callOf(backup, region)],
  map: (payload, backup) =>
    downloadsOf(
      isCluster(backup)
        ? ownRows(payload, backup).flatMap(partsOf).flatMap(partLinks)
        : ownRows(payload, backup).flatMap((row) =>
            linksOf(row, shardOf(row, backup.instanceNativeId)),
          ),
      rulesOf(account),
    ),
});

/** A cluster names the shard of a part in InstanceName. */
const partLinks = (part: Row): PrintedLink[] => linksOf(part, optionalText(part, "InstanceName"));

function linksOf(row: Row, shard: string | null): PrintedLink[] {
  const facts = { shard, sizeBytes: count(row, "BackupSize") };
  return [
    { ...facts, text: optionalText(row, "BackupDownloadURL"), internal: false },
    { ...facts, text: optionalText(row, "BackupIntranetDownloadURL"), internal: true },
  ];
}
