import type { Row } from "../../domain/row.js";
import { xmlOf } from "../aws/xml.js";
import { REGIONS } from "../estate/regions.js";
import type { CloudCall, CloudContext, Reply, VendorCloud } from "../vendorCloud.js";
import { refusal } from "../verify/request.js";
import type { ReceivedRequest, Refusal } from "../verify/request.js";
import { sigV4ScopeOf, verifySigV4 } from "../verify/sigv4.js";
import type { SigV4Fault } from "../verify/sigv4.js";
import { getObject, listObjectsV2 } from "./lists.js";
import { DEMO_BUCKETS } from "./objects.js";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
const [REGION] = REGIONS.S3_RDB;

/** The error for each fault of a signature. */
const FAULTS: Readonly<Record<SigV4Fault["kind"], readonly [code: string, status: number]>> = {
  missing: ["AccessDenied", 403],
  malformed: ["AuthorizationHeaderMalformed", 400],
  unknownKey: ["InvalidAccessKeyId", 403],
  token: ["InvalidToken", 400],
  scope: ["AuthorizationHeaderMalformed", 400],
  skewed: ["RequestTimeTooSkewed", 403],
  expired: ["AccessDenied", 403],
  content: ["XAmzContentSHA256Mismatch", 400],
  signature: ["SignatureDoesNotMatch", 403],
};

/**
 * A store with the API of S3: lists of a bucket, and small files behind presigned links. The bucket is in the
 * path or in the host.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/, read 2026-11-29.
 */
export const s3Cloud: VendorCloud = {
  vendor: "s3",
  serves: () => true,
  actions: { GetObject: getObject, ListObjectsV2: listObjectsV2 },
  read: readCall,
  verify(request, check): Refusal | null {
    const fault = verifySigV4(request, check, { name: "s3", regions: REGIONS.S3_RDB });
    if (fault === null) return null;
    const [code, status] = FAULTS[fault.kind];
    const region = sigV4ScopeOf(request)?.region ?? "";
    const isElsewhere = fault.kind === "scope" && region !== REGION;
    return refusal(
      status,
      code,
      isElsewhere
        ? `The authorization header is malformed; the region '${region}' is wrong; expecting '${REGION}'`
        : fault.message,
    );
  },
  answer: (body, { action }, context) =>
    action === "GetObject"
      ? fileReply(body, context)
      : xmlReply(
          200,
          `<ListBucketResult xmlns="${NAMESPACE}">${xmlOf(body)}</ListBucketResult>`,
          context,
        ),
  refuse: ({ status, code, message }, call, context) => {
    const expected = /expecting '([\w-]+)'/.exec(message)?.[1] ?? null;
    const error: Row = {
      Code: code,
      Message: message,
      BucketName: call?.params["bucket"],
      Region: expected,
      RequestId: context.requestId,
      HostId: "demo",
    };
    const moved = code === "PermanentRedirect" ? context.knobs.s3.movedTo : null;
    const reply = xmlReply(status, `<Error>${xmlOf(error)}</Error>`, context);
    if (moved === null) return reply;
    return { ...reply, headers: { ...reply.headers, "x-amz-bucket-region": moved } };
  },
  refusals: {
    unknownAction: (action) =>
      refusal(
        501,
        "NotImplemented",
        `A header or query you provided implies ${action}, which is not implemented`,
      ),
    throttled: refusal(503, "SlowDown", "Please reduce your request rate."),
    internal: refusal(500, "InternalError", "We encountered an internal error. Please try again."),
  },
};

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])$/;

function readCall(request: ReceivedRequest): CloudCall {
  const { method, path, query, headers } = request;
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  const segments = path.slice(1).split("/").map(decoded);
  const isVirtual = !LOOPBACK.test(host);
  const [bucket = "", ...rest] = isVirtual ? [host.split(".")[0] ?? "", ...segments] : segments;
  const key = rest.join("/");
  const isList = key === "" && query.get("list-type") === "2";
  const action = isList ? "ListObjectsV2" : key === "" ? "ListObjects" : "GetObject";
  const prefix = query.get("prefix") ?? "";
  return {
    action: method === "GET" ? action : `${method} Object`,
    params: { ...Object.fromEntries(query), bucket, key },
    region: sigV4ScopeOf(request)?.region ?? null,
    instance: instanceIn(bucket, prefix),
    page: query.has("continuation-token") || query.has("start-after") ? 2 : 1,
  };
}

/** The instance whose keys begin with a prefix. */
function instanceIn(bucket: string, prefix: string): string | null {
  const template = DEMO_BUCKETS.find(({ name }) => name === bucket)?.key ?? "";
  const [head = ""] = template.split("{instance}");
  const [instance = ""] = prefix.slice(head.length).split("/");
  return prefix.startsWith(head) && instance !== "" ? instance : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const headersOf = (type: string, { requestId }: CloudContext): Reply["headers"] => ({
  "content-type": type,
  "x-amz-request-id": requestId,
  "x-amz-id-2": "demo",
});

const xmlReply = (status: number, body: string, context: CloudContext): Reply => ({
  status,
  headers: headersOf("application/xml", context),
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

const fileReply = ({ file }: Row, context: CloudContext): Reply => ({
  status: 200,
  headers: headersOf("application/octet-stream", context),
  body: String(file),
});
