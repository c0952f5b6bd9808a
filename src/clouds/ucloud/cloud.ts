import type { Row } from "../../domain/row.js";
import { textOf } from "../texts.js";
import type { CloudCall, CloudContext, Reply, VendorCloud } from "../vendorCloud.js";
import { refusal } from "../verify/request.js";
import type { ReceivedRequest, Refusal } from "../verify/request.js";
import { ucloudParamsOf, verifyUCloud } from "../verify/ucloud.js";
import { DEMO_PROJECT, getProjectList, getRegion } from "./account.js";
import { refused } from "./params.js";
import {
  describeUMem,
  describeUMemBackup,
  describeUMemBackupUrl,
  describeUMemSpace,
} from "./umem.js";
import { describeURedisBackup, describeURedisBackupUrl, describeURedisGroup } from "./uredis.js";

/** Refusals before the action is checked. Their bodies do not name it. */
const UNNAMED = new Set(["160", "170", "171", "172", "174"]);

/**
 * UCloud's API: one path for every region, parameters by GET query, POST form or POST JSON.
 *
 * Business errors are answered with HTTP 200 and a `RetCode`.
 * Source: https://docs.ucloud.cn/api/summary/public, read 2026-11-21.
 */
export const ucloudCloud: VendorCloud = {
  vendor: "ucloud",
  serves: ({ path }) => path === "/",
  actions: {
    DescribeUMem: describeUMem,
    DescribeUMemBackup: describeUMemBackup,
    DescribeUMemBackupURL: describeUMemBackupUrl,
    DescribeUMemSpace: describeUMemSpace,
    DescribeURedisBackup: describeURedisBackup,
    DescribeURedisBackupURL: describeURedisBackupUrl,
    DescribeURedisGroup: describeURedisGroup,
    GetProjectList: getProjectList,
    GetRegion: getRegion,
  },
  read: readCall,
  verify(request, { key }) {
    return verifyUCloud(request, key) ?? refusedProject(ucloudParamsOf(request));
  },
  answer: (body, { action }, context) =>
    replyOf({ Action: `${action}Response`, RetCode: 0, ...body }, context),
  refuse: ({ code, message }, call, context) =>
    replyOf(
      {
        ...(call === null || UNNAMED.has(code) ? {} : { Action: `${call.action}Response` }),
        RetCode: Number(code),
        Message: message,
      },
      context,
    ),
  refusals: {
    unknownAction: (action) => refusal(200, "161", `Action [${action}] not found`),
    throttled: refusal(200, "153", "Request throttled, please retry later"),
    internal: refusal(200, "130", "Internal service error"),
  },
};

function readCall(request: ReceivedRequest): CloudCall {
  const params: Row = ucloudParamsOf(request);
  const action = textOf(params, "Action");
  if (action === null) throw refused(160, "Missing Action");
  const limit = Number(params.Limit) || 1;
  return {
    action,
    params,
    region: textOf(params, "Region"),
    instance:
      textOf(params, "GroupId") ?? textOf(params, "SpaceId") ?? textOf(params, "ResourceId"),
    page: Math.floor((Number(params.Offset) || 0) / limit) + 1,
  };
}

const refusedProject = ({ ProjectId }: Row): Refusal | null =>
  ProjectId === undefined || ProjectId === "" || ProjectId === DEMO_PROJECT
    ? null
    : refusal(200, "292", "Project not exists");

function replyOf(body: Row, { knobs, requestId }: CloudContext): Reply {
  const isText = knobs.ucloud.retCode === "text";
  const shown = isText ? { ...body, RetCode: String(body.RetCode) } : body;
  return {
    status: 200,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-ucloud-request-uuid": requestId,
    },
    body: JSON.stringify(shown),
  };
}
