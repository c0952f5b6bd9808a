import type { InstanceStatus } from "./words.js";

/** The address of an instance. */
export interface InstanceRef {
  /** Provider key. */
  readonly provider: string;
  readonly region: string;
  readonly nativeId: string;
}

/** A label that the owner of an instance gave it. */
export interface InstanceTag {
  readonly key: string;
  readonly value: string;
}

/** What a vendor says about the ownership and protection of an instance; null where it says nothing. */
export interface InstanceFacts {
  /** Null if the vendor shows none, or they could not be read; empty if the instance has none. */
  readonly tags: readonly InstanceTag[] | null;
  /** The vendor's project or resource group. */
  readonly project: string | null;
  /** Whether stored data is encrypted. */
  readonly encrypted: boolean | null;
  readonly automaticBackups: boolean | null;
  /** How long the vendor keeps automatic backups. Units: milliseconds. */
  readonly retentionMs: number | null;
}

export type Fact = keyof InstanceFacts;

/** The facts of an instance whose vendor says nothing. */
export const NO_FACTS: InstanceFacts = Object.freeze({
  tags: null,
  project: null,
  encrypted: null,
  automaticBackups: null,
  retentionMs: null,
});

/** One Redis instance, as its vendor lists it. */
export interface Instance extends InstanceRef, InstanceFacts {
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
  /** What its vendor calls it where facts are read by a call of their own, such as an ARN. */
  readonly factsAt?: string;
  /** Its parts, such as nodes, that rows of backups name instead of it. */
  readonly members?: readonly string[];
  /** The name of the listing that its backups are read from. */
  readonly listing: string;
}

/** What an instance of which its vendor says nothing shows, besides `NO_FACTS`. */
export const UNKNOWN_INSTANCE = Object.freeze({
  name: null,
  zone: null,
  status: "UNKNOWN",
  vendorStatus: null,
  engineVersion: null,
  memoryBytes: null,
  createdAt: null,
  shardCount: null,
} satisfies Partial<Instance>);

/** Whether two addresses are the same. */
export const isSameInstance = (a: InstanceRef, b: InstanceRef): boolean =>
  a.provider === b.provider && a.region === b.region && a.nativeId === b.nativeId;
