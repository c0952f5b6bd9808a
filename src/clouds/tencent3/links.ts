import type { Row } from "../../domain/row.js";
import { hashOf } from "../estate/random.js";
import type { BackupRow } from "../estate/types.js";

const LIFETIME_S = 6 * 3600;

/** The links to a backup's files, one for each shard. */
export const linksOf = (row: BackupRow, shards: number, now: number): readonly Row[] =>
  Array.from({ length: shards }, (_, shard) => {
    const name = `${row.nativeId}-${shard}.rdb`;
    const path = `${row.instanceNativeId}/${name}?${signedQuery(name, now)}`;
    return {
      FileName: name,
      FileSize: Math.floor((row.sizeBytes ?? 0) / shards),
      DownloadUrl: `https://${bucket(row)}.cos.${row.region}.myqcloud.com/${path}`,
      InnerDownloadUrl: `https://${bucket(row)}.cos-internal.${row.region}.tencentcos.cn/${path}`,
    };
  });

const bucket = ({ region }: BackupRow): string => `redis-backup-${hashOf(region) % 10_000}`;

function signedQuery(name: string, now: number): string {
  const begins = Math.floor(now / 1000);
  const time = `${begins};${begins + LIFETIME_S}`;
  const signature = hashOf(`${name} ${time}`).toString(16);
  return `q-sign-algorithm=sha1&q-ak=AKIDexample&q-sign-time=${time}&q-key-time=${time}&q-signature=${signature}`;
}
