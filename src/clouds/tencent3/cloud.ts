import { isRow } from "../../domain/row.js";
import type { Row } from "../../domain/row.js";
import type { CloudCall, CloudContext, Reply, VendorCloud } from "../vendorCloud.js";
import { refusal } from "../verify/request.js";
import type { ReceivedRequest } from "../verify/request.js";
import { verifyTc3 } from "../verify/tc3.js";
import { describeBackupUrl, describeInstanceBackups } from "./backups.js";
import { describeAutoBackupConfig, describeInstances } from "./instances.js";
import { invalid, refused } from "./refusals.js";
import { REGIONS } from "../estate/regions.js";

const VERSION = "2018-04-12";

/**
 * Tencent's API 3.0 for Redis: POST with JSON or GET with a query. Action, version and region are in
 * headers. The HTTP status is always 200.
 *
 * Source: https://cloud.tencent.com/document/api/239/20010, read 2026-11-21.
 */
export const tencent3Cloud: VendorCloud = {
  vendor: "tencent",
  serves: ({ path }) => path === "/",
  actions: {
    DescribeAutoBackupConfig: describeAutoBackupConfig,
    DescribeBackupUrl: describeBackupUrl,
    DescribeInstanceBackups: describeInstanceBackups,
    DescribeInstances: describeInstances,
  },
  read: readCall,
  verify: verifyTc3,
  answer: (body, _call, context) => replyOf(body, context),
  refuse: ({ code, message }, _call, context) =>
    replyOf({ Error: { Code: code, Message: message } }, context),
  refusals: {
    unknownAction: (action) =>
      refusal(200, "InvalidAction", `The action \`${action}\` does not exist or is misspelled.`),
    throttled: refusal(
      200,
      "RequestLimitExceeded",
      "Your current request times equals to `21` in a second, which exceeds the frequency limit " +
        "`20` for a second. Please reduce the frequency of calls.",
    ),
    internal: refusal(200, "InternalError.InternalError", "An internal error has occurred."),
  },
};

function readCall(request: ReceivedRequest): CloudCall {
  const { headers } = request;
  const action = requiredHeader(headers, "x-tc-action", "Action");
  const version = requiredHeader(headers, "x-tc-version", "Version");
  const region = requiredHeader(headers, "x-tc-region", "Region");
  if (version !== VERSION)
    throw refused("NoSuchVersion", `The version \`${version}\` of the API does not exist.`);
  if (!REGIONS.TENCENT_REDIS.includes(region))
    throw refused("UnsupportedRegion", `The region \`${region}\` is not supported.`);
  const params = request.method === "GET" ? fromQuery(request.query) : fromJson(request.body);
  return { action, params, region, instance: instanceOf(params), page: pageAskedBy(params) };
}

function requiredHeader(headers: ReceivedRequest["headers"], name: string, param: string): string {
  const value = headers[name] ?? "";
  if (value === "")
    throw refused("MissingParameter", `The request is missing a required parameter \`${param}\`.`);
  return value;
}

function fromJson(body: string): Row {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isRow(parsed)) return parsed;
  } catch {
    // Reported below, like JSON that is not an object.
  }
  throw invalid("The body is not a JSON object.");
}

/** The parameters of a query, with whole numbers as numbers and `Status.0`, `Status.1` as a list. */
function fromQuery(query: URLSearchParams): Row {
  const params: Record<string, unknown> = {};
  for (const [name, text] of query) {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    const [, list] = /^(\w+)\.\d+$/.exec(name) ?? [];
    if (list === undefined) params[name] = value;
    else params[list] = [...((params[list] as unknown[] | undefined) ?? []), value];
  }
  return params;
}

const instanceOf = ({ InstanceId }: Row): string | null =>
  typeof InstanceId === "string" ? InstanceId : null;

function pageAskedBy({ Offset, Limit }: Row): number {
  const limit = typeof Limit === "number" && Limit > 0 ? Limit : 20;
  return typeof Offset === "number" ? Math.floor(Offset / limit) + 1 : 1;
}

const replyOf = (body: Row, { requestId }: CloudContext): Reply => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ Response: { ...body, RequestId: requestId } }),
});
