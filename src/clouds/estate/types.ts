import type { BackupStatus, BackupTrigger, ProviderProduct } from "../../domain/words.js";

/** The order in which a list shows its rows; `shuffled` is the same at every call. */
export const ROW_ORDERS = ["newestFirst", "oldestFirst", "shuffled"] as const;
export type RowOrder = (typeof ROW_ORDERS)[number];

/** What every vendor knows of an instance. Instants are epoch milliseconds on whole seconds. */
interface InstanceFacts {
  readonly region: string;
  readonly zone: string;
  readonly nativeId: string;
  readonly name: string;
  /** The vendor's own word, as on the wire; of a vendor that sends numbers, the number as text. */
  readonly status: string;
  readonly engineVersion: string;
  readonly memoryMb: number;
  readonly createdAt: number;
  /** From then on no instance list shows it; null while it lives. */
  readonly deletedAt: number | null;
  /** Data shards of one backup; 1 for an instance without shards. */
  readonly shardCount: number;
}

/** A UCloud master-replica group. */
export interface URedisInstance extends InstanceFacts {
  readonly product: "UCLOUD_UREDIS";
}

/** A UCloud distributed space; its list also shows Memcached spaces, which are no Redis. */
export interface UMemInstance extends InstanceFacts {
  readonly product: "UCLOUD_UMEM";
  readonly protocol: "redis" | "memcache";
}

/** A Tencent instance; type 200 is Memcached, which is no Redis. */
export interface TencentInstance extends InstanceFacts {
  readonly product: "TENCENT_REDIS";
  readonly type: number;
  /** False where the list shows `0000-00-00 00:00:00` instead of the creation. */
  readonly createTimeKnown: boolean;
}

/** An Alibaba instance; a cloud-native cluster has its backups in the cluster list only. */
export interface AlibabaInstance extends InstanceFacts {
  readonly product: "ALIBABA_KVSTORE";
  readonly architecture: "standard" | "cluster" | "rwsplit";
  readonly cloudNative: boolean;
  /** Absent means Redis; Memcached is no Redis, though the same list shows it. */
  readonly engine?: "Redis" | "Tair" | "Memcache";
}

export type EstateInstance = URedisInstance | UMemInstance | TencentInstance | AlibabaInstance;

/** One shard inside a row of the cloud-native cluster list. */
export interface ShardPart {
  readonly nativeId: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** `OK` or `ERROR`. */
  readonly status: string;
}

/**
 * What a vendor knows of one row of a backup list. Words are the vendor's own, as on the wire;
 * instants are epoch milliseconds on whole seconds, because no vendor tells them finer.
 */
export interface BackupRow {
  readonly product: ProviderProduct;
  readonly region: string;
  readonly zone: string;
  readonly instanceNativeId: string;
  readonly instanceName: string;
  /** Unique within its product; of Alibaba a decimal integer of a node's own row. */
  readonly nativeId: string;
  readonly name: string;
  readonly startedAt: number;
  /** Null while the vendor shows no end. */
  readonly finishedAt: number | null;
  readonly expiresAt: number | null;
  /** `Success`, `Done`, `OK`; of Tencent the number as text: `2`, `-1`. */
  readonly status: string;
  /** `Auto`, `manual`, `Automated`; of Tencent 3.0's numbers as text: `0` manual, `1` system. */
  readonly trigger: string;
  /** `Physical` or `Logical`; only Alibaba shows it. */
  readonly method: string;
  /** `FullBackup` or `IncrementalBackup`; only Alibaba shows it. */
  readonly kind: string;
  readonly sizeBytes: number | null;
  /** Alibaba's `NodeInstanceId`; null elsewhere and in the cloud-native cluster list. */
  readonly shard: string | null;
  /** UMem's `BlockCount`; null where a row lacks it and for other products. */
  readonly blockCount: number | null;
  /** The shards of one row of Alibaba's cloud-native cluster list; empty elsewhere. */
  readonly parts: readonly ShardPart[];
  readonly engineVersion: string;
  readonly remark: string;
  readonly locked: boolean;
  /** The vendor's list shows the row in `[listedFrom, listedUntil)`; null is for ever. */
  readonly listedFrom: number;
  readonly listedUntil: number | null;
}

/** Facts of a row to insert; what is absent is made up from the instance, as the vendor would. */
export type NewBackup = Pick<BackupRow, "product" | "instanceNativeId" | "startedAt"> &
  Partial<BackupRow>;

/** The address of one row. */
export interface BackupRowRef {
  readonly product: ProviderProduct;
  readonly instanceNativeId: string;
  readonly nativeId: string;
}

/** What a list is asked for: a region's rows, or those of one instance. */
export interface RowScope {
  readonly product: ProviderProduct;
  readonly region: string;
  readonly instance: string | null;
}

/** One backup as a perfect gateway would list it. */
export interface TrueBackup {
  /** `<account id>/<product in the config's words>`. */
  readonly provider: string;
  readonly product: ProviderProduct;
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

/** What the accounts that read an estate can see of it, and what they are called. */
export interface EstateView {
  /** Account id per vendor. */
  readonly accounts: Readonly<Record<"ucloud" | "tencent" | "alibaba", string>>;
  readonly tencentApi: "3.0" | "2.0";
  /** The states that Tencent's API 3.0 lets `Status` name: all, 1 and 2, or none but its default. */
  readonly tencentStatuses: "all" | "oneAndTwo" | "refused";
  readonly ucloudWide: "allowed" | "refused";
}

/** An estate in memory that can be read as the vendors read it, changed, and told the truth of. */
export interface Estate {
  readonly regions: Readonly<Record<ProviderProduct, readonly string[]>>;
  /** Epoch milliseconds by the estate's clock. */
  now(): number;
  /** Instances that the region's list shows at this moment, by creation and id. */
  instances(product: ProviderProduct, region: string): readonly EstateInstance[];
  /** One instance, also a deleted one; null where it never was. */
  instance(product: ProviderProduct, nativeId: string): EstateInstance | null;
  /**
   * Rows that a list shows at this moment.
   *
   * Order: as asked; rows of equal start keep one order among themselves.
   * Cost:  nothing where the list has not changed since it was last asked in this order.
   */
  rows(scope: RowScope, order: RowOrder): readonly BackupRow[];
  /** One row that is listed at this moment; null where it is not. */
  row(ref: BackupRowRef): BackupRow | null;
  insertInstance(instance: EstateInstance): void;
  /** Takes an instance out of its list; its rows stay where the vendor keeps them. */
  deleteInstance(product: ProviderProduct, nativeId: string): boolean;
  insertBackup(row: NewBackup): BackupRow;
  /** Puts other facts in the place of a row's; its start and id stay. */
  updateBackup(ref: BackupRowRef, facts: Partial<BackupRow>): BackupRow | null;
  deleteBackup(ref: BackupRowRef): boolean;
  /** What a perfect gateway would list at this moment, newest first. */
  truth(): readonly TrueBackup[];
}
