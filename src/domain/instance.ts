import type { InstanceStatus } from "./words.js";

/** The address of an instance. */
export interface InstanceRef {
  /** Provider key. */
  readonly provider: string;
  readonly region: string;
  readonly nativeId: string;
}

/** One Redis instance, as its vendor lists it. */
export interface Instance extends InstanceRef {
  /** Global id. */
  readonly id: string;
  readonly name: string | null;
  readonly zone: string | null;
  readonly status: InstanceStatus;
  /** The vendor's own word for the status. */
  readonly vendorStatus: string | null;
  readonly engineVersion: string | null;
  readonly memoryBytes: number | null;
  /** Epoch milliseconds, UTC. */
  readonly createdAt: number | null;
  /** The number of data shards in one backup of the instance. Null if the vendor does not say. */
  readonly shardCount: number | null;
  /** What its vendor calls the place of its backups, if its native id does not say. */
  readonly backupsAt?: string;
  /** The name of the listing that its backups are read from. */
  readonly listing: string;
}

/** Whether two addresses are the same. */
export const isSameInstance = (a: InstanceRef, b: InstanceRef): boolean =>
  a.provider === b.provider && a.region === b.region && a.nativeId === b.nativeId;
