import type { BackupStatus } from "../../domain/words.js";
import { shardSetsOf } from "./shardSets.js";
import type { BackupRow, EstateInstance, EstateView, TrueBackup } from "./types.js";
import { isAws } from "./rows.js";
import { PARTIAL, STRAY, trueStatusOf, trueTriggerOf } from "./words.js";
import type { CloudProduct } from "./regions.js";

const WEEK_MS = 7 * 86_400_000;

const WORDS: Readonly<Record<CloudProduct, string>> = {
  UCLOUD_UREDIS: "uredis",
  UCLOUD_UMEM: "umem",
  TENCENT_REDIS: "redis",
  ALIBABA_KVSTORE: "kvstore",
  AWS_ELASTICACHE: "elasticache",
  AWS_ELASTICACHE_SERVERLESS: "elasticache-serverless",
  AWS_MEMORYDB: "memorydb",
  S3_RDB: "rdb",
};

/** One instance at one point in time. */
export interface TruthQuestion {
  readonly instance: EstateInstance;
  /** The rows that the vendor's lists show at `now`. */
  readonly rows: readonly BackupRow[];
  readonly now: number;
  readonly view: EstateView;
}

/** The backups of one instance as a perfect gateway would list them, in any order. */
export function truthOf(question: TruthQuestion): readonly TrueBackup[] {
  const { instance, rows, now, view } = question;
  if (!isRedis(instance)) return [];
  if (instance.product === "S3_RDB")
    return rows
      .filter(({ status }) => status !== STRAY)
      .map((row) => ({
        ...trueBackup(row, view),
        ...(row.status === PARTIAL ? { status: partialStatus(row, now) } : {}),
      }));
  if (isClassicCluster(instance))
    return shardSetsOf(rows, instance.shardCount, now).map((set) => ({
      ...trueBackup(set.lead, view),
      status: set.status,
      sizeBytes: sumOf(set.rows),
      shardCount: set.rows.length,
    }));
  return rows
    .filter((row) => isVisible(row, question))
    .map((row) => ({
      ...trueBackup(row, view),
      instanceNativeId: ownerOf(row, instance),
    }));
}

const PATIENCE_MS = 3_600_000;

/** Shards that are missing may still be uploaded for an hour. */
const partialStatus = ({ startedAt }: BackupRow, now: number): BackupStatus =>
  startedAt < now - PATIENCE_MS ? "FAILED" : "RUNNING";

const isRedis = (instance: EstateInstance): boolean =>
  !(instance.product === "UCLOUD_UMEM" && instance.protocol === "memcache") &&
  !(instance.product === "TENCENT_REDIS" && instance.type === 200) &&
  !(instance.product === "ALIBABA_KVSTORE" && instance.engine === "Memcache") &&
  !(isAws(instance) && instance.engine === "memcached");

/** AWS says which group a member belongs to only while the group exists. */
const ownerOf = (row: BackupRow, instance: EstateInstance): string =>
  isAws(instance) && instance.deletedAt !== null
    ? (row.shard ?? row.instanceNativeId)
    : row.instanceNativeId;

const isClassicCluster = (instance: EstateInstance): boolean =>
  instance.product === "ALIBABA_KVSTORE" &&
  instance.architecture === "cluster" &&
  !instance.cloudNative;

/** Whether any list that the account may read shows the row. */
function isVisible(row: BackupRow, { instance, now, view }: TruthQuestion): boolean {
  const isDeleted = instance.deletedAt !== null;
  // A snapshot of AWS has no start while it is made, and so no place in the list.
  if (isAws(instance)) return row.status !== "creating";
  if (row.product === "UCLOUD_UREDIS") return !isDeleted || view.ucloudWide === "allowed";
  if (row.product !== "TENCENT_REDIS") return true;
  if (view.tencentApi === "2.0") return !isDeleted && isInTencent2List(row, now);
  return isAskedFor(row, view);
}

/** API 2.0 lists the rows of existing instances in the last seven days, without deleted ones. */
export const isInTencent2List = (row: BackupRow, now: number): boolean =>
  row.status !== "-2" && row.startedAt >= now - WEEK_MS;

/** The states that Tencent's API 3.0 accepts in `Status`, according to the knob. */
export const TENCENT_STATUSES: Readonly<Record<EstateView["tencentStatuses"], readonly number[]>> =
  {
    all: [1, 2, 3, 4, -1, -2],
    oneAndTwo: [1, 2],
    refused: [],
  };

/**
 * API 3.0 shows the states in `Status`, and normal rows if `Status` is not accepted. A state in no
 * document cannot be requested, so it is never visible.
 */
const isAskedFor = ({ status }: BackupRow, { tencentStatuses }: EstateView): boolean =>
  TENCENT_STATUSES[tencentStatuses].includes(Number(status)) ||
  (tencentStatuses === "refused" && status === "2");

function trueBackup(row: BackupRow, view: EstateView): TrueBackup {
  return {
    provider: `${view.accounts[accountOf(row.product)]}/${WORDS[row.product]}`,
    product: row.product,
    region: row.region,
    instanceNativeId: row.instanceNativeId,
    nativeId: row.nativeId,
    startedAt: row.startedAt,
    status: trueStatusOf(row, view.tencentApi),
    trigger: trueTriggerOf(row),
    sizeBytes: sizeOf(row, view),
    shardCount: row.blockCount ?? (row.parts.length > 0 ? row.parts.length : null),
  };
}

/**
 * Bytes, where the vendor says bytes: the unit of UMem's `BlockSize` is not documented, ElastiCache and
 * MemoryDB round, Tencent's API 2.0 has no size and its 3.0 writes 0 for one that it does not know.
 */
function sizeOf({ product, sizeBytes }: BackupRow, { tencentApi }: EstateView): number | null {
  if (product === "UCLOUD_UMEM" || product === "AWS_ELASTICACHE" || product === "AWS_MEMORYDB")
    return null;
  if (product !== "TENCENT_REDIS") return sizeBytes;
  return tencentApi === "2.0" || sizeBytes === 0 ? null : sizeBytes;
}

function accountOf(product: CloudProduct): keyof EstateView["accounts"] {
  const [vendor = ""] = product.toLowerCase().split("_");
  return vendor as keyof EstateView["accounts"];
}

const sumOf = (rows: readonly BackupRow[]): number | null =>
  rows.some(({ sizeBytes }) => sizeBytes === null)
    ? null
    : rows.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
