import type { GraphQLResolveInfo } from "graphql";
import { Args, ID, ObjectType } from "type-graphql";
import type { Instance, InstanceTag } from "../domain/instance.js";
import type { InstanceStatus } from "../domain/words.js";
import { BackupConnectionType } from "./backup.type.js";
import { connectionOf, edgeOf } from "./connection.type.js";
import type { Context } from "./context.js";
import { InstanceStatusEnum } from "./enums.js";
import { GLOBAL_ID, Leaf, NodeType, NullableLeaf } from "./fields.js";
import { BackupListArgs, resolveBackups } from "./list.args.js";
import { DateTime, instantOf, SafeInt } from "./scalars.js";
import { orNull, viewsOf } from "./views.js";

/** A label of an instance. */
@ObjectType("InstanceTag", { description: "A label that the owner of an instance gave it." })
export class InstanceTagType implements InstanceTag {
  @Leaf(() => String, "The tag's key.") readonly key!: string;
  @Leaf(() => String, "The tag's value. Empty if it has none.") readonly value!: string;
}

/** One Redis instance. */
@ObjectType("Instance", {
  implements: NodeType,
  description: "One Redis instance, as its vendor lists it.",
})
export class InstanceType {
  @Leaf(() => ID, GLOBAL_ID) readonly id: string;
  @Leaf(() => String, "The vendor's own id of the instance.") readonly nativeId: string;
  @Leaf(
    () => String,
    "Key of the provider that lists the instance. With region and nativeId it identifies the instance for other subgraphs.",
  )
  readonly providerKey: string;
  @NullableLeaf(() => String, "The name that its owner gave it.") readonly name: string | null;
  @Leaf(() => String, "The vendor's name of the region.") readonly region: string;
  @NullableLeaf(() => String, "The vendor's name of the zone within the region.")
  readonly zone: string | null;
  @Leaf(() => InstanceStatusEnum, "The state of the instance.") readonly status: InstanceStatus;
  @NullableLeaf(() => String, "The vendor's own word for the status.")
  readonly vendorStatus: string | null;
  @NullableLeaf(() => String, "The version of Redis, as the vendor writes it.")
  readonly engineVersion: string | null;
  @NullableLeaf(() => SafeInt, "The memory that the instance was ordered with, in bytes.")
  readonly memoryBytes: number | null;
  @NullableLeaf(() => DateTime, "When the instance was created.") readonly createdAt: string | null;

  private constructor(readonly row: Instance) {
    this.id = row.id;
    this.nativeId = row.nativeId;
    this.providerKey = row.provider;
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

  /** Not in the resolver, because type-graphql's wrappers around 30 nested lists take a twentieth of a request. */
  @NullableLeaf(() => BackupConnectionType, "The instance's backups.")
  async backups(
    @Args(() => BackupListArgs) args: BackupListArgs,
    context: Context,
    info: GraphQLResolveInfo,
  ): Promise<BackupConnectionType> {
    const parent = { type: "Instance", instance: this.row } as const;
    return new BackupConnectionType(await resolveBackups(parent, args, context, info));
  }
}

/** One instance of a page. */
@ObjectType("InstanceEdge", { description: "One instance of a page." })
class InstanceEdgeType extends edgeOf(InstanceType) {}

/** One page of instances. */
@ObjectType("InstanceConnection", {
  description: "One page of instances, ordered by provider key, region and native id.",
})
export class InstanceConnectionType extends connectionOf(InstanceEdgeType, InstanceType) {}
