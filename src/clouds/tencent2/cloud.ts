import type { Row } from "../../domain/row.js";
import { textOf, withTexts } from "../texts.js";
import type { CloudCall, CloudContext, Reply, VendorCloud } from "../vendorCloud.js";
import { formParamsOf, refusal } from "../verify/request.js";
import type { ReceivedRequest } from "../verify/request.js";
import { verifyTencentV2 } from "../verify/tencentV2.js";
import { getBackupDownloadUrl, getRedisBackupList } from "./backups.js";
import { describeRedis } from "./instances.js";
import { regionOf } from "./params.js";
import { errorBodyOf, refused } from "./refusals.js";

/**
 * Tencent's API 2.0, which the vendor replaced by 3.0: GET, or POST with a form. Everything is
 * answered with HTTP 200, and `code` holds the result. The vendor serves HTTPS only (code 4600), the
 * simulator HTTP.
 *
 * Source: https://cloud.tencent.com/document/product/239/1757, read 2026-11-21.
 */
export const tencentV2Cloud: VendorCloud = {
  vendor: "tencent",
  serves: ({ path }) => path === "/v2/index.php",
  actions: {
    DescribeRedis: describeRedis,
    GetBackupDownloadUrl: getBackupDownloadUrl,
    GetRedisBackupList: getRedisBackupList,
  },
  read: readCall,
  verify: verifyTencentV2,
  answer: (body, _call, context) =>
    replyOf({ code: 0, message: "", codeDesc: "Success", ...body }, context),
  refuse: (refused, _call, context) => replyOf(errorBodyOf(refused), context),
  refusals: {
    unknownAction: (action) => refusal(200, "4000", `Action ${action} is not known`),
    throttled: refusal(200, "4400", "Your requests exceed the frequency limit"),
    internal: refusal(200, "6000", "Internal error"),
  },
};

function readCall(request: ReceivedRequest): CloudCall {
  const params: Row = Object.fromEntries(formParamsOf(request));
  const action = textOf(params, "Action");
  const region = textOf(params, "Region");
  if (action === null) throw refused("4000", "Action is missing");
  if (region === null) throw refused("4000", "Region is missing");
  return {
    action,
    params,
    region: regionOf(region),
    instance: textOf(params, "redisId"),
    page: pageAskedBy(params),
  };
}

function pageAskedBy(params: Row): number {
  const limit = Number(params.limit);
  const offset = Number(params.offset);
  return limit > 0 && offset > 0 ? Math.floor(offset / limit) + 1 : 1;
}

/** Newer examples write every number as text, including `code`. Older ones write numbers. */
const replyOf = (body: Row, { knobs }: CloudContext): Reply => ({
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(knobs.tencent.numbers === "text" ? withTexts(body) : body),
});
