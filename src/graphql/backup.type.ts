import { ID, Int, ObjectType } from "type-graphql";
import type { Backup, BackupDownload } from "../domain/backup.js";
import { durationOf } from "../domain/duration.js";
import type { BackupKind, BackupMethod, BackupStatus, BackupTrigger } from "../domain/words.js";
import { connectionOf, edgeOf } from "./connection.type.js";
import { BackupKindEnum, BackupMethodEnum, BackupStatusEnum, BackupTriggerEnum } from "./enums.js";
import { GLOBAL_ID, Leaf, NodeType } from "./fields.js";
import { DateTime, Duration, instantOf, SafeInt, Url } from "./scalars.js";
import { orNull, viewsOf } from "./views.js";

/** One backup. Fields that check a scope are in its resolver. */
@ObjectType("Backup", {
  implements: NodeType,
  description:
    "One stored copy of an instance's data. The copies of all shards, made together, are one backup.",
})
export class BackupType {
  @Leaf(() => ID, GLOBAL_ID)
  readonly id: string;
  @Leaf(() => String, "The vendor's own id of the backup.")
  readonly nativeId: string;
  @Leaf(() => String, "The name of the backup.", { nullable: true })
  readonly name: string | null;
  @Leaf(() => String, "The vendor's own id of the instance.")
  readonly instanceNativeId: string;
  @Leaf(() => String, "The vendor's name of the region.")
  readonly region: string;
  @Leaf(() => String, "The vendor's name of the zone within the region.", { nullable: true })
  readonly zone: string | null;
  @Leaf(() => BackupStatusEnum, "The state of the backup.")
  readonly status: BackupStatus;
  @Leaf(() => String, "The vendor's own word for the status.")
  readonly vendorStatus: string;
  @Leaf(() => BackupTriggerEnum, "What started the backup.")
  readonly trigger: BackupTrigger;
  @Leaf(() => BackupMethodEnum, "How the backup was made.")
  readonly method: BackupMethod;
  @Leaf(() => BackupKindEnum, "How much data the backup holds.")
  readonly kind: BackupKind;
  @Leaf(() => DateTime, "When the backup started. It never changes.")
  readonly startedAt: string;
  @Leaf(() => DateTime, "When the backup finished.", { nullable: true })
  readonly finishedAt: string | null;
  @Leaf(() => DateTime, "When the retention period ends.", { nullable: true })
  readonly expiresAt: string | null;
  @Leaf(() => Duration, "The time from start to finish.", { nullable: true })
  readonly duration: string | null;
  @Leaf(() => SafeInt, "The size in bytes, over all shards.", { nullable: true })
  readonly sizeBytes: number | null;
  @Leaf(() => Int, "The number of shards in the backup.", { nullable: true })
  readonly shardCount: number | null;
  @Leaf(() => String, "The version of Redis, as the vendor writes it.", { nullable: true })
  readonly engineVersion: string | null;
  @Leaf(() => Boolean, "Whether the vendor has locked the backup.", { nullable: true })
  readonly locked: boolean | null;
  @Leaf(() => String, "A remark by the person or program that made the backup.", {
    nullable: true,
  })
  readonly remark: string | null;

  private constructor(readonly row: Backup) {
    this.id = row.id;
    this.nativeId = row.nativeId;
    this.name = row.name;
    this.instanceNativeId = row.instanceNativeId;
    this.region = row.region;
    this.zone = row.zone;
    this.status = row.status;
    this.vendorStatus = row.vendorStatus;
    this.trigger = row.trigger;
    this.method = row.method;
    this.kind = row.kind;
    this.startedAt = instantOf(row.startedAt);
    this.finishedAt = orNull(row.finishedAt, instantOf);
    this.expiresAt = orNull(row.expiresAt, instantOf);
    this.duration = durationFrom(row);
    this.sizeBytes = row.sizeBytes;
    this.shardCount = row.shardCount;
    this.engineVersion = row.engineVersion;
    this.locked = row.locked;
    this.remark = row.remark;
  }

  static readonly of = viewsOf((row: Backup) => new BackupType(row));
}

/** Null also if the vendor's finish is before its start. */
function durationFrom({ startedAt, finishedAt }: Backup): string | null {
  if (finishedAt === null || finishedAt < startedAt) return null;
  return durationOf(finishedAt - startedAt);
}

/** One backup of a page. */
@ObjectType("BackupEdge", { description: "One backup of a page." })
export class BackupEdgeType extends edgeOf(BackupType) {
  @Leaf(
    () => Boolean,
    "Whether the backup arrives out of order, because its source failed on an earlier page.",
  )
  readonly late!: boolean;
}

/** One page of backups. */
@ObjectType("BackupConnection", {
  description: "One page of backups, ordered by start and then by id.",
})
export class BackupConnectionType extends connectionOf(BackupEdgeType, BackupType) {}

/** A link to a backup's file. */
@ObjectType("BackupDownload", {
  description:
    "A link to a backup's file. Everyone who has the link can read the data, so treat it as a secret.",
})
export class BackupDownloadType implements BackupDownload {
  @Leaf(() => Url, "The link, exactly as the vendor signed it.")
  readonly url!: string;
  @Leaf(() => Boolean, "Whether the link works only inside the vendor's network.")
  readonly internal!: boolean;
  @Leaf(() => String, "The shard whose data the file holds. Null if the file holds all data.", {
    nullable: true,
  })
  readonly shard!: string | null;
  @Leaf(() => SafeInt, "The size of the file in bytes.", { nullable: true })
  readonly sizeBytes!: number | null;
  @Leaf(() => DateTime, "When the link stops working.", { nullable: true })
  readonly expiresAt!: number | null;
}
