import { ObjectType } from "type-graphql";
import { connectionOf, edgeOf } from "./connection.type.js";
import { InstanceType } from "./instance.type.js";

/** One instance of a page. */
@ObjectType("InstanceEdge", { description: "One instance of a page." })
export class InstanceEdgeType extends edgeOf(InstanceType) {}

/** One page of instances. */
@ObjectType("InstanceConnection", {
  description: "One page of instances, ordered by provider key, region and native id.",
})
export class InstanceConnectionType extends connectionOf(InstanceEdgeType, InstanceType) {}
