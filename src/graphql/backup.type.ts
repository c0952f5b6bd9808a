import { ID, Int, ObjectType } from "type-graphql";
import type { Backup, BackupDownload } from "../domain/backup.js";
import { durationOf } from "../domain/duration.js";
import type { BackupKind, BackupMethod, BackupStatus, BackupTrigger } from "../domain/words.js";
import { connectionOf, edgeOf } from "./connection.type.js";
import { BackupKindEnum, BackupMethodEnum, BackupStatusEnum, BackupTriggerEnum } from "./enums.js";
import { GLOBAL_ID, Leaf, NodeType, NullableLeaf } from "./fields.js";
import { DateTime, Duration, instantOf, SafeInt, Url } from "./scalars.js";
import { orNull, viewsOf } from "./views.js";

/** One backup. Fields that check a scope are in its resolver. */
@ObjectType("Backup", {
  implements: NodeType,
  description:
    "One stored copy of an instance's data. The copies of all shards, made together, are one backup.",
})
export class BackupType {
  @Leaf(() => ID, GLOBAL_ID) readonly id: string;
  @Leaf(() => String, "The vendor's own id of the backup.") readonly nativeId: string;
  @NullableLeaf(() => String, "The name of the backup.") readonly name: string | null;
  @Leaf(() => String, "The vendor's own id of the instance.") readonly instanceNativeId: string;
  @Leaf(() => String, "The vendor's name of the region.") readonly region: string;
  @NullableLeaf(() => String, "The vendor's name of the zone within the region.")
  readonly zone: string | null;
  @Leaf(() => BackupStatusEnum, "The state of the backup.") readonly status: BackupStatus;
  @Leaf(() => String, "The vendor's own word for the status.") readonly vendorStatus: string;
  @Leaf(() => BackupTriggerEnum, "What started the backup.") readonly trigger: BackupTrigger;
  @Leaf(() => BackupMethodEnum, "How the backup was made.") readonly method: BackupMethod;
  @Leaf(() => BackupKindEnum, "How much data the backup holds.") readonly kind: BackupKind;
  @Leaf(() => DateTime, "When the backup started. It never changes.") readonly startedAt: string;
  @NullableLeaf(() => DateTime, "When the backup finished.") readonly finishedAt: string | null;
  @NullableLeaf(() => DateTime, "When the retention period ends.")
  readonly expiresAt: string | null;
  @NullableLeaf(() => Duration, "The time from start to finish.") readonly duration: string | null;
  @NullableLeaf(() => SafeInt, "The size in bytes, over all shards.")
  readonly sizeBytes: number | null;
  @NullableLeaf(() => Int, "The number of shards in the backup.")
  readonly shardCount: number | null;
  @NullableLeaf(() => String, "The version of Redis, as the vendor writes it.")
  readonly engineVersion: string | null;
  @NullableLeaf(() => Boolean, "Whether the vendor has locked the backup.")
  readonly locked: boolean | null;
  @NullableLeaf(() => Boolean, "Whether the backup is encrypted.")
  readonly encrypted: boolean | null;
  @NullableLeaf(() => String, "A remark by the person or program that made the backup.")
  readonly remark: string | null;
  @NullableLeaf(() => String, "Why the backup failed, in the vendor's own words.")
  readonly failureReason: string | null;

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
    // A vendor's finish may be before its start.
    const tookMs = (row.finishedAt ?? Number.NaN) - row.startedAt;
    this.duration = tookMs >= 0 ? durationOf(tookMs) : null;
    this.sizeBytes = row.sizeBytes;
    this.shardCount = row.shardCount;
    this.engineVersion = row.engineVersion;
    this.locked = row.locked;
    this.encrypted = row.encrypted;
    this.remark = row.remark;
    this.failureReason = row.failureReason;
  }

  static readonly of = viewsOf((row: Backup) => new BackupType(row));
}

/** One backup of a page. */
@ObjectType("BackupEdge", { description: "One backup of a page." })
class BackupEdgeType extends edgeOf(BackupType) {
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
  @Leaf(() => Url, "The link, exactly as the vendor signed it.") readonly url!: string;
  @Leaf(() => Boolean, "Whether the link works only inside the vendor's network.")
  readonly internal!: boolean;
  @NullableLeaf(
    () => String,
    "The shard whose data the file holds. Null if the file holds all data.",
  )
  readonly shard!: string | null;
  @NullableLeaf(() => SafeInt, "The size of the file in bytes.") readonly sizeBytes!: number | null;
  @NullableLeaf(() => DateTime, "When the link stops working.") readonly expiresAt!: number | null;
}
