import { ID, ObjectType } from "type-graphql";
import type { Instance } from "../domain/instance.js";
import type { InstanceStatus } from "../domain/words.js";
import { connectionOf, edgeOf } from "./connection.type.js";
import { InstanceStatusEnum } from "./enums.js";
import { GLOBAL_ID, Leaf, NodeType } from "./fields.js";
import { DateTime, instantOf, SafeInt } from "./scalars.js";
import { orNull, viewsOf } from "./views.js";

/** One Redis instance. */
@ObjectType("Instance", {
  implements: NodeType,
  description: "One Redis instance, as its vendor lists it.",
})
export class InstanceType {
  @Leaf(() => ID, GLOBAL_ID)
  readonly id: string;
  @Leaf(() => String, "The vendor's own id of the instance.")
  readonly nativeId: string;
  @Leaf(() => String, "The name that its owner gave it.", { nullable: true })
  readonly name: string | null;
  @Leaf(() => String, "The vendor's name of the region.")
  readonly region: string;
  @Leaf(() => String, "The vendor's name of the zone within the region.", { nullable: true })
  readonly zone: string | null;
  @Leaf(() => InstanceStatusEnum, "The state of the instance.")
  readonly status: InstanceStatus;
  @Leaf(() => String, "The vendor's own word for the status.", { nullable: true })
  readonly vendorStatus: string | null;
  @Leaf(() => String, "The version of Redis, as the vendor writes it.", { nullable: true })
  readonly engineVersion: string | null;
  @Leaf(() => SafeInt, "The memory that the instance was ordered with, in bytes.", {
    nullable: true,
  })
  readonly memoryBytes: number | null;
  @Leaf(() => DateTime, "When the instance was created.", { nullable: true })
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

/** One instance of a page. */
@ObjectType("InstanceEdge", { description: "One instance of a page." })
export class InstanceEdgeType extends edgeOf(InstanceType) {}

/** One page of instances. */
@ObjectType("InstanceConnection", {
  description: "One page of instances, ordered by provider key, region and native id.",
})
export class InstanceConnectionType extends connectionOf(InstanceEdgeType, InstanceType) {}
