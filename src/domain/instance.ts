import type { InstanceStatus } from "./words.js";

/** The address of an instance. */
export interface InstanceRef {
  /** Provider key. */
  readonly provider: string;
  readonly region: string;
  readonly nativeId: string;
}

/** One Redis instance, as its vendor's list shows it. */
export interface Instance extends InstanceRef {
  /** Global id. */
  readonly id: string;
  readonly name: string | null;
  readonly zone: string | null;
  readonly status: InstanceStatus;
  /** The vendor's own word. */
  readonly vendorStatus: string | null;
  readonly engineVersion: string | null;
  readonly memoryBytes: number | null;
  /** Epoch milliseconds, UTC. */
  readonly createdAt: number | null;
  /** Data shards that one backup of this instance is made of; null where the vendor does not say. */
  readonly shardCount: number | null;
  /** Which of its product's backup listings shows this instance: the name of a listing. */
  readonly listing: string;
}

/** Whether two addresses are one. */
export const isSameInstance = (a: InstanceRef, b: InstanceRef): boolean =>
  a.provider === b.provider && a.region === b.region && a.nativeId === b.nativeId;
