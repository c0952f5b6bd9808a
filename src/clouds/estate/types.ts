import type { BackupStatus, BackupTrigger } from "../../domain/words.js";
import type { CloudProduct } from "./regions.js";

/** The order of the rows of a list. `shuffled` is the same in every call. */
export const ROW_ORDERS = ["newestFirst", "oldestFirst", "shuffled"] as const;
export type RowOrder = (typeof ROW_ORDERS)[number];

/** The fields of an instance for all vendors. Instants are epoch milliseconds on whole seconds. */
interface InstanceFacts {
  readonly region: string;
  readonly zone: string;
  readonly nativeId: string;
  readonly name: string;
  /** The vendor's own word. If the vendor sends numbers, the number as text. */
  readonly status: string;
  readonly engineVersion: string;
  readonly memoryMb: number;
  readonly createdAt: number;
  /** From this time on, no instance list shows it. Null while it exists. */
  readonly deletedAt: number | null;
  /** Data shards of one backup. 1 for an instance without shards. */
  readonly shardCount: number;
  /** The owner's tags. By default, none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether backups are made on a schedule. By default, they are. */
  readonly autoBackup?: boolean;
  /** By default, 7. */
  readonly retentionDays?: number;
  /** Whether stored data is encrypted. By default, it is not. */
  readonly encrypted?: boolean;
}

/** A UCloud master-replica group. */
export interface URedisInstance extends InstanceFacts {
  readonly product: "UCLOUD_UREDIS";
}

/** A UCloud distributed space. Its list also shows Memcached spaces, which are not Redis. */
export interface UMemInstance extends InstanceFacts {
  readonly product: "UCLOUD_UMEM";
  readonly protocol: "redis" | "memcache";
}

/** A Tencent instance. Type 200 is Memcached, which is not Redis. */
export interface TencentInstance extends InstanceFacts {
  readonly product: "TENCENT_REDIS";
  readonly type: number;
  /** False if the list shows `0000-00-00 00:00:00` instead of the creation time. */
  readonly createTimeKnown: boolean;
}

/** An Alibaba instance. The backups of a cloud-native cluster are only in the cluster list. */
export interface AlibabaInstance extends InstanceFacts {
  readonly product: "ALIBABA_KVSTORE";
  readonly architecture: "standard" | "cluster" | "rwsplit";
  readonly cloudNative: boolean;
  /** Absent means Redis. The same list also shows Memcached, which is not Redis. */
  readonly engine?: "Redis" | "Tair" | "Memcache";
}

/** What the lists of all AWS products show of an instance. */
interface AwsFacts extends InstanceFacts {
  /** Memcached, which is not Redis, is in the same lists. */
  readonly engine: "redis" | "valkey" | "memcached";
  readonly description: string;
  /** How long automatic snapshots are kept, in days. 0 means that there are none. */
  readonly retentionDays: number;
  readonly encrypted: boolean;
  /** The ARN of a key of the account. Null for a key of the service, or without encryption. */
  readonly kmsKey: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A group of ElastiCache, or a single cache cluster outside of groups. */
export interface ElastiCacheInstance extends AwsFacts {
  readonly product: "AWS_ELASTICACHE";
  readonly kind: "group" | "cluster";
  /** A snapshot of a group without cluster mode names a member instead of the group. */
  readonly clusterMode: boolean;
  /** The replicas of each shard. */
  readonly replicas: number;
}

/** A serverless cache of ElastiCache. */
export interface ServerlessInstance extends AwsFacts {
  readonly product: "AWS_ELASTICACHE_SERVERLESS";
}

/** A cluster of MemoryDB. */
export interface MemoryDbInstance extends AwsFacts {
  readonly product: "AWS_MEMORYDB";
  /** The replicas of each shard. */
  readonly replicas: number;
}

export type AwsInstance = ElastiCacheInstance | ServerlessInstance | MemoryDbInstance;

/** A Redis of one's own whose files are in a bucket. No list shows it unless the bucket has one of them. */
export interface S3Instance extends InstanceFacts {
  readonly product: "S3_RDB";
  readonly bucket: "redis-dumps" | "redis-clusters" | "redis-exports";
}

export type EstateInstance =
  URedisInstance | UMemInstance | TencentInstance | AlibabaInstance | AwsInstance | S3Instance;

/** One shard inside a row of the cloud-native cluster list. */
export interface ShardPart {
  readonly nativeId: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** `OK` or `ERROR`. */
  readonly status: string;
}

/**
 * One row of a vendor's backup list. Words are the vendor's own. Instants are epoch milliseconds on whole
 * seconds, because no vendor is more precise.
 */
export interface BackupRow {
  readonly product: CloudProduct;
  readonly region: string;
  readonly zone: string;
  readonly instanceNativeId: string;
  readonly instanceName: string;
  /** Unique within its product. For Alibaba, the decimal id of a single node's row. */
  readonly nativeId: string;
  readonly name: string;
  readonly startedAt: number;
  /** Null until the vendor shows an end. */
  readonly finishedAt: number | null;
  readonly expiresAt: number | null;
  /** `Success`, `Done` or `OK`. For Tencent, the number as text, such as `2` or `-1`. */
  readonly status: string;
  /** `Auto`, `manual`, `Automated` or `automated`. For Tencent 3.0, `0` (manual) or `1` (system). */
  readonly trigger: string;
  /** `Physical` or `Logical`. Only Alibaba shows it. */
  readonly method: string;
  /** `FullBackup` or `IncrementalBackup`. Only Alibaba shows it. */
  readonly kind: string;
  readonly sizeBytes: number | null;
  /**
   * Alibaba's `NodeInstanceId`, except in the cloud-native cluster list. For AWS, the member of a group that
   * the row names instead of the group. Otherwise null.
   */
  readonly shard: string | null;
  /** UMem's `BlockCount` and the shards of an AWS snapshot. Null if a row has none. */
  readonly blockCount: number | null;
  /** The shards of one row of Alibaba's cloud-native cluster list. Empty for all other lists. */
  readonly parts: readonly ShardPart[];
  readonly engineVersion: string;
  readonly remark: string;
  readonly locked: boolean;
  /** Only Tencent's API 3.0 shows it. */
  readonly encrypted: boolean;
  /** The vendor's list shows the row in `[listedFrom, listedUntil)`. Null means forever. */
  readonly listedFrom: number;
  readonly listedUntil: number | null;
}

/** Values of a row to insert. Absent ones are those of an ordinary row. */
export type NewBackup = Pick<BackupRow, "product" | "instanceNativeId" | "startedAt"> &
  Partial<BackupRow>;

/** The address of one row. */
export interface BackupRowRef {
  readonly product: CloudProduct;
  readonly instanceNativeId: string;
  readonly nativeId: string;
}

/** The rows of a list: those of a region, or those of one instance. */
export interface RowScope {
  readonly product: CloudProduct;
  readonly region: string;
  readonly instance: string | null;
}

/** One backup as a perfect gateway would list it. */
export interface TrueBackup {
  /** `<account id>/<product in the config's words>`. */
  readonly provider: string;
  readonly product: CloudProduct;
  readonly region: string;
  readonly instanceNativeId: string;
  readonly nativeId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly status: BackupStatus;
  readonly trigger: BackupTrigger;
  readonly sizeBytes: number | null;
  readonly shardCount: number | null;
}

/** The accounts that read the data, and what they can see. */
export interface EstateView {
  /** Account id per vendor. */
  readonly accounts: Readonly<Record<"ucloud" | "tencent" | "alibaba" | "aws" | "s3", string>>;
  readonly tencentApi: "3.0" | "2.0";
  /** The states that Tencent's API 3.0 accepts in `Status`: all, 1 and 2, or only its default. */
  readonly tencentStatuses: "all" | "oneAndTwo" | "refused";
  readonly ucloudWide: "allowed" | "refused";
}

/** Data in memory, readable as the vendors show it, changeable, and comparable with the truth. */
export interface Estate {
  readonly regions: Readonly<Record<CloudProduct, readonly string[]>>;
  /** The time of the data's clock, in epoch milliseconds. */
  now(): number;
  /** The instances that the region's list shows now, by creation and id. */
  instances(product: CloudProduct, region: string): readonly EstateInstance[];
  /** One instance, even if it was deleted. Null if it never existed. */
  instance(product: CloudProduct, nativeId: string): EstateInstance | null;
  /**
   * Rows that a list shows at this moment.
   *
   * Order: as requested. Rows with the same start always have the same order.
   * Cost:  nothing if the list has not changed since it was last read in this order.
   */
  rows(scope: RowScope, order: RowOrder): readonly BackupRow[];
  /** One row that is listed now, or null. */
  row(ref: BackupRowRef): BackupRow | null;
  insertInstance(instance: EstateInstance): void;
  /** Removes an instance from its list. Its rows stay as long as the vendor keeps them. */
  deleteInstance(product: CloudProduct, nativeId: string): boolean;
  insertBackup(row: NewBackup): BackupRow;
  /** Changes the values of a row. Its start and id stay the same. */
  updateBackup(ref: BackupRowRef, facts: Partial<BackupRow>): BackupRow | null;
  deleteBackup(ref: BackupRowRef): boolean;
  /** What a perfect gateway would list now, newest first. */
  truth(): readonly TrueBackup[];
}
