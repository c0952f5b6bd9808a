import { ID, ObjectType } from "type-graphql";
import type { Instance } from "../domain/instance.js";
import type { InstanceStatus } from "../domain/words.js";
import { Leaf } from "./leaf.js";
import { NodeType } from "./node.type.js";
import { DateTime, SafeInt } from "./scalars.js";
import { instantOf, orNull, viewsOf } from "./views.js";
import { InstanceStatusEnum } from "./words.js";

/** What the schema shows of an instance. */
@ObjectType("Instance", {
  implements: NodeType,
  description: "One Redis instance, as its vendor's list shows it.",
})
export class InstanceType {
  @Leaf(() => ID, "Opaque; stable across restarts and replicas.")
  readonly id: string;
  @Leaf(() => String, "The vendor's own id of the instance.")
  readonly nativeId: string;
  @Leaf(() => String, "The name that its owner gave it.", { nullable: true })
  readonly name: string | null;
  @Leaf(() => String, "The vendor's name of the region.")
  readonly region: string;
  @Leaf(() => String, "The vendor's name of the zone within the region.", { nullable: true })
  readonly zone: string | null;
  @Leaf(() => InstanceStatusEnum, "What it is doing.")
  readonly status: InstanceStatus;
  @Leaf(() => String, "The vendor's own word for the status.", { nullable: true })
  readonly vendorStatus: string | null;
  @Leaf(() => String, "The version of Redis, as the vendor writes it.", { nullable: true })
  readonly engineVersion: string | null;
  @Leaf(() => SafeInt, "The memory that was ordered, in bytes.", { nullable: true })
  readonly memoryBytes: number | null;
  @Leaf(() => DateTime, "When it was created.", { nullable: true })
  readonly createdAt: string | null;

  private constructor(readonly row: Instance) {
    this.id = row.id;
    this.nativeId = row.nativeId;
    this.name = row.name;
    this.region = row.region;
    this.zone = row.zone;
    this.status = row.status;
    this.vendorStatus = row.vendorStatus;
    this.engineVersion = row.engineVersion;
    this.memoryBytes = row.memoryBytes;
    this.createdAt = orNull(row.createdAt, instantOf);
  }

  static readonly of = viewsOf((row: Instance) => new InstanceType(row));
}
