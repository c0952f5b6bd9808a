import type { Row } from "../../domain/row.js";
import type { AwsInstance } from "../estate/types.js";
import type { Action, CloudCall, CloudContext } from "../vendorCloud.js";
import { ACCOUNT, checkNames, refused, textOf } from "./params.js";
import { clustersOf, elastiCachesOf, noCluster } from "./instances.js";
import { serverlessOf } from "./serverless.js";

/**
 * ListTagsForResource: the tags of a group, a cluster or a serverless cache, by its ARN. It is refused while
 * the resource is not available.
 *
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ListTagsForResource.html,
 * read 2026-11-29.
 */
export const listTagsForResource: Action = (call, context) => {
  checkNames(call.params, ["ResourceName"]);
  const arn = textOf(call.params, "ResourceName") ?? "";
  const [kind = "", id = ""] = resourceOf(arn, call, "elasticache");
  const { owner, state } = ownerOf([kind, id], call, context);
  if (owner.status !== "available")
    throw refused(state, `${id} is in state ${owner.status}, and must be available.`);
  return { TagList: { Tag: tagRows(owner) } };
};

/** The tags of an instance as rows. */
export const tagRows = ({ tags }: AwsInstance): readonly Row[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The part of an ARN that names the resource. @throws {CloudRefusal} for the ARN of another place. */
export function resourceOf(arn: string, { region }: CloudCall, service: string): readonly string[] {
  const [, partition, ofService, ofRegion, account, ...resource] = arn.split(":");
  const isOurs =
    partition === "aws" && ofService === service && ofRegion === region && account === ACCOUNT;
  if (isOurs && resource.length > 0) return resource;
  throw refused(
    service === "memorydb" ? "InvalidARNFault" : "InvalidARN",
    `The ARN ${arn} is not one of this account and region.`,
  );
}

function ownerOf(
  [kind, id]: readonly [string, string],
  call: CloudCall,
  context: CloudContext,
): { readonly owner: AwsInstance; readonly state: string } {
  if (kind === "cluster") {
    const found = clustersOf(call, context).find((cluster) => cluster.id === id);
    if (found === undefined) throw noCluster(id);
    return { owner: found.owner, state: "InvalidCacheClusterState" };
  }
  const isGroup = kind === "replicationgroup";
  if (!isGroup && kind !== "serverlesscache")
    throw refused("InvalidARN", `This embedded cloud has no tags of a ${kind}.`);
  const all = isGroup ? elastiCachesOf(call, context) : serverlessOf(call, context);
  const owner = all.find(
    (one) => one.nativeId === id && !("kind" in one && one.kind === "cluster"),
  );
  if (owner !== undefined)
    return {
      owner,
      state: isGroup ? "InvalidReplicationGroupState" : "InvalidServerlessCacheStateFault",
    };
  throw refused(
    isGroup ? "ReplicationGroupNotFoundFault" : "ServerlessCacheNotFoundFault",
    `${id} not found.`,
    404,
  );
}
