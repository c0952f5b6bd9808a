import type { Row } from "../../domain/row.js";
import { textOf, withTexts } from "../texts.js";
import type { CloudCall, CloudContext, Reply, VendorCloud } from "../vendorCloud.js";
import { verifyAcs3 } from "../verify/acs3.js";
import { verifyAlibabaV1 } from "../verify/alibabaV1.js";
import { formParamsOf, refusal } from "../verify/request.js";
import type { ReceivedRequest, Refusal } from "../verify/request.js";
import { describeBackups } from "./backups.js";
import { describeClusterBackupList } from "./clusterBackups.js";
import { describeBackupPolicy, describeInstances, describeInstanceTdeStatus } from "./instances.js";
import { missing, refused } from "./refusals.js";
import { describeRegions } from "./regions.js";

const VERSION = "2015-01-01";
const RETRY_AFTER_MS = 1000;

/**
 * Alibaba's R-kvstore in RPC style: one path, GET or POST, parameters in the query or in a form. The
 * signature is the older one (v1, in the parameters) or the current one (ACS3, in a header). Errors have
 * a status of 4xx or 5xx and a flat body.
 *
 * Source: https://help.aliyun.com/document_detail/473823.html, read 2026-11-21.
 */
export const alibabaCloud: VendorCloud = {
  vendor: "alibaba",
  serves: ({ path }) => path === "/",
  actions: {
    DescribeBackupPolicy: describeBackupPolicy,
    DescribeBackups: describeBackups,
    DescribeClusterBackupList: describeClusterBackupList,
    DescribeInstances: describeInstances,
    DescribeInstanceTDEStatus: describeInstanceTdeStatus,
    DescribeRegions: describeRegions,
  },
  read: readCall,
  verify: (request, check) =>
    isAcs3(request) ? verifyAcs3(request, check) : verifyAlibabaV1(request, check),
  answer: answerOf,
  refuse: (refused, _call, context) => ({
    status: refused.status,
    headers: isThrottle(refused)
      ? { ...JSON_TYPE, "x-acs-retry-after": String(RETRY_AFTER_MS) }
      : JSON_TYPE,
    body: JSON.stringify(errorBodyOf(refused, context)),
  }),
  refusals: {
    unknownAction: () =>
      refusal(
        404,
        "InvalidApi.NotFound",
        "Specified api is not found, please check your url and method.",
      ),
    // Not 429: the vendor throttles with 400. Only the code and a header show it.
    throttled: refusal(400, "Throttling.User", "Request was denied due to user flow control."),
    internal: refusal(
      500,
      "InternalError",
      "The request processing has failed due to some unknown error.",
    ),
  },
};

const JSON_TYPE = { "content-type": "application/json;charset=utf-8" };

const isAcs3 = ({ headers }: ReceivedRequest): boolean =>
  (headers.authorization ?? "").startsWith("ACS3-");

function readCall(request: ReceivedRequest): CloudCall {
  const params: Row = Object.fromEntries(formParamsOf(request));
  const isV3 = isAcs3(request);
  const common: Row = isV3
    ? { Action: request.headers["x-acs-action"], Version: request.headers["x-acs-version"] }
    : params;
  const action = textOf(common, "Action");
  if (action === null) throw missing("Action");
  if (textOf(common, "Version") !== VERSION)
    throw refused("InvalidVersion", "Specified parameter Version is not valid.");
  if (!isV3) checkFormat(params);
  return {
    action,
    params,
    region: textOf(params, "RegionId"),
    instance: textOf(params, "InstanceId"),
    page: Math.max(1, Math.trunc(Number(params.PageNumber)) || 1),
  };
}

/**
 * Without `Format=JSON` the vendor answers v1 requests in XML. No client of this simulator reads XML, so
 * it answers with an error that asks for JSON.
 */
function checkFormat(params: Row): void {
  if (textOf(params, "Format")?.toUpperCase() === "JSON") return;
  throw refused(
    "InvalidParameter.Format",
    "This embedded cloud answers in JSON only: send Format=JSON.",
  );
}

/** The current flat JSON, or the wrapped JSON of texts in the first document. */
function answerOf(body: Row, { action }: CloudCall, { knobs, requestId }: CloudContext): Reply {
  const flat = { RequestId: requestId, ...body };
  const shown =
    knobs.alibaba.json === "wrapped" ? { [`${action}Response`]: withTexts(flat) } : flat;
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(shown) };
}

const isThrottle = ({ code }: Refusal): boolean => code.includes("Throttling");

const errorBodyOf = ({ code, message }: Refusal, { origin, requestId }: CloudContext): Row => ({
  RequestId: requestId,
  HostId: new URL(origin).host,
  Code: code,
  Message: message,
  Recommend: `https://api.aliyun.com/troubleshoot?q=${code}&product=R-kvstore&requestId=${requestId}`,
});
