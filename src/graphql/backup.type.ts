import { ID, Int, ObjectType } from "type-graphql";
import type { Backup } from "../domain/backup.js";
import { durationOf } from "../domain/duration.js";
import type { BackupKind, BackupMethod, BackupStatus, BackupTrigger } from "../domain/words.js";
import { Leaf } from "./leaf.js";
import { NodeType } from "./node.type.js";
import { DateTime, Duration, SafeInt } from "./scalars.js";
import { instantOf, orNull, viewsOf } from "./views.js";
import { BackupKindEnum, BackupMethodEnum, BackupStatusEnum, BackupTriggerEnum } from "./words.js";

/** What the schema shows of a backup; what a scope guards has a resolver instead. */
@ObjectType("Backup", {
  implements: NodeType,
  description: "One stored copy of an instance's data. A sharded copy is one backup.",
})
export class BackupType {
  @Leaf(() => ID, "Opaque; stable across restarts and replicas.")
  readonly id: string;
  @Leaf(() => String, "The vendor's own id of the backup.")
  readonly nativeId: string;
  @Leaf(() => String, "The name that it was given.", { nullable: true })
  readonly name: string | null;
  @Leaf(() => String, "The vendor's own id of the instance.")
  readonly instanceNativeId: string;
  @Leaf(() => String, "The vendor's name of the region.")
  readonly region: string;
  @Leaf(() => String, "The vendor's name of the zone within the region.", { nullable: true })
  readonly zone: string | null;
  @Leaf(() => BackupStatusEnum, "How far it is.")
  readonly status: BackupStatus;
  @Leaf(() => String, "The vendor's own word for the status.")
  readonly vendorStatus: string;
  @Leaf(() => BackupTriggerEnum, "What started it.")
  readonly trigger: BackupTrigger;
  @Leaf(() => BackupMethodEnum, "How it was taken.")
  readonly method: BackupMethod;
  @Leaf(() => BackupKindEnum, "How much it holds.")
  readonly kind: BackupKind;
  @Leaf(() => DateTime, "When it was started; never changes.")
  readonly startedAt: string;
  @Leaf(() => DateTime, "When it was finished.", { nullable: true })
  readonly finishedAt: string | null;
  @Leaf(() => DateTime, "When its retention ends.", { nullable: true })
  readonly expiresAt: string | null;
  @Leaf(() => Duration, "From start to finish.", { nullable: true })
  readonly duration: string | null;
  @Leaf(() => SafeInt, "Its size in bytes; of a sharded copy, all shards.", { nullable: true })
  readonly sizeBytes: number | null;
  @Leaf(() => Int, "The shards that it is made of.", { nullable: true })
  readonly shardCount: number | null;
  @Leaf(() => String, "The version of Redis, as the vendor writes it.", { nullable: true })
  readonly engineVersion: string | null;
  @Leaf(() => Boolean, "Whether the vendor has locked it.", { nullable: true })
  readonly locked: boolean | null;
  @Leaf(() => String, "The remark that its maker left.", { nullable: true })
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

/** Null also where the vendor's finish lies before its start: that is no length of time. */
function durationFrom({ startedAt, finishedAt }: Backup): string | null {
  if (finishedAt === null || finishedAt < startedAt) return null;
  return durationOf(finishedAt - startedAt);
}
