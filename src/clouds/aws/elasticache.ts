import { formParamsOf, refusal } from "../verify/request.js";
import type { ReceivedRequest, Refusal } from "../verify/request.js";
import { sigV4ScopeOf, verifySigV4 } from "../verify/sigv4.js";
import type { SigV4Fault } from "../verify/sigv4.js";
import type { CloudCall, CloudContext, Reply, VendorCloud } from "../vendorCloud.js";
import { REGIONS } from "../estate/regions.js";
import { describeCacheClusters, describeReplicationGroups } from "./instances.js";
import { pageOfMarker } from "./markers.js";
import { refused } from "./params.js";
import { describeServerlessCaches, describeServerlessCacheSnapshots } from "./serverless.js";
import { describeSnapshots } from "./snapshots.js";
import { listTagsForResource } from "./tags.js";
import { xmlOf } from "./xml.js";

const VERSION = "2015-02-02";
const PREFIX = "elasticache:";
const NAMESPACE = `http://elasticache.amazonaws.com/doc/${VERSION}/`;

/** The vendor's error for each fault of a signature. A wrong clock is one of the signature. */
const FAULTS: Readonly<Record<SigV4Fault["kind"], readonly [code: string, status: number]>> = {
  missing: ["MissingAuthenticationToken", 403],
  malformed: ["IncompleteSignature", 400],
  unknownKey: ["InvalidClientTokenId", 403],
  token: ["InvalidClientTokenId", 403],
  scope: ["SignatureDoesNotMatch", 403],
  skewed: ["SignatureDoesNotMatch", 403],
  expired: ["RequestExpired", 400],
  content: ["SignatureDoesNotMatch", 403],
  signature: ["SignatureDoesNotMatch", 403],
};

/**
 * ElastiCache and ElastiCache Serverless in the AWS Query protocol: parameters in a form or a query, answers
 * in XML. One host serves all regions here, so the region is that of the signature.
 *
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/, version 2015-02-02, read
 * 2026-11-29.
 */
export const elastiCacheCloud: VendorCloud = {
  vendor: "aws",
  serves: ({ path, headers }) => path === "/" && headers["x-amz-target"] === undefined,
  // Named as IAM names them, because the other service has actions of the same names.
  actions: {
    "elasticache:DescribeCacheClusters": describeCacheClusters,
    "elasticache:DescribeReplicationGroups": describeReplicationGroups,
    "elasticache:DescribeServerlessCaches": describeServerlessCaches,
    "elasticache:DescribeServerlessCacheSnapshots": describeServerlessCacheSnapshots,
    "elasticache:DescribeSnapshots": describeSnapshots,
    "elasticache:ListTagsForResource": listTagsForResource,
  },
  read: readCall,
  verify(request, check): Refusal | null {
    const service = { name: "elasticache", regions: REGIONS.AWS_ELASTICACHE };
    const fault = verifySigV4(request, check, service);
    if (fault === null) return null;
    const [code, status] = FAULTS[fault.kind];
    return refusal(status, code, fault.message);
  },
  answer: (body, call, context) => {
    const action = call.action.slice(PREFIX.length);
    const result = { [`${action}Result`]: body };
    const inner = xmlOf({ ...result, ResponseMetadata: { RequestId: context.requestId } });
    const text = `<${action}Response xmlns="${NAMESPACE}">${inner}</${action}Response>`;
    return replyOf(200, text, context);
  },
  refuse: ({ status, code, message }, _call, context) =>
    replyOf(
      status,
      `<ErrorResponse xmlns="${NAMESPACE}">${xmlOf({
        Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message },
        RequestId: context.requestId,
      })}</ErrorResponse>`,
      context,
    ),
  refusals: {
    unknownAction: (action) =>
      refusal(
        400,
        "InvalidAction",
        `Could not find operation ${action.slice(PREFIX.length)} for version ${VERSION}`,
      ),
    // Not 429: only the code shows it.
    throttled: refusal(400, "Throttling", "Rate exceeded"),
    internal: refusal(500, "InternalFailure", "An internal error has occurred."),
  },
};

function readCall(request: ReceivedRequest): CloudCall {
  const { Action: action, Version, ...params } = Object.fromEntries(formParamsOf(request));
  if (!action) throw refused("MissingAction", "The request is missing an action.");
  if (Version !== VERSION)
    throw refused(
      "InvalidAction",
      `Could not find operation ${action} for version ${Version ?? "NO_VERSION_SPECIFIED"}`,
    );
  const { ReplicationGroupId, CacheClusterId, ServerlessCacheName } = params;
  return {
    action: PREFIX + action,
    params,
    region: sigV4ScopeOf(request)?.region ?? null,
    instance: ReplicationGroupId ?? CacheClusterId ?? ServerlessCacheName ?? null,
    page: pageOfMarker(params.Marker ?? params.NextToken ?? null),
  };
}

const replyOf = (status: number, body: string, { requestId }: CloudContext): Reply => ({
  status,
  headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
  body: `${body}\n`,
});
