import type { UCloudAccount } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import { sortedQuery } from "../../http/sign/encode.js";
import { optionalText } from "../kit/decode.js";
import type { VendorApi, VendorCall } from "../../listing/declaration.js";
import { baseOf } from "../kit/endpoint.js";
import { flatParams } from "../kit/params.js";
import { meaningOf, refusal, unknownShape } from "../kit/refusal.js";
import { RET_CODES } from "./codes.js";
import { signUCloud } from "./sign.js";

/**
 * UCloud's API: one endpoint for all regions, signed POST forms, HTTP 200 also for its errors.
 *
 * Left out: `SecurityToken`, which the config does not know; `U-Timestamp-Ms`, which only logs read;
 *           the action in the URL, which SDKs add for logs and which is not signed.
 * Source:   https://docs.ucloud.cn/api/summary/gateway and summary/public, read 2026-11-21.
 */
export const ucloudApi = (account: UCloudAccount): VendorApi => ({
  request: (call) => ({
    method: "POST",
    url: baseOf(account.endpoint, "https://api.ucloud.cn").href,
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    },
    body: signedForm(account, call),
  }),
  open,
  // No quota of any action is documented.
  rate: () => 20,
});

function signedForm({ credentials, projectId }: UCloudAccount, call: VendorCall): string {
  // Resources belong to a project, and lists of resources are those that name a region.
  const place = call.region === null ? {} : { Region: call.region.id, ProjectId: projectId };
  const fields = flatParams(
    { ...call.params, ...place, Action: call.action, PublicKey: credentials.publicKey },
    0,
  );
  return sortedQuery({ ...fields, Signature: signUCloud(fields, credentials.privateKey) });
}

/** `RetCode` is a number or its text; error bodies may lack `Action`. */
const open: VendorApi["open"] = (body, status, headers): Row => {
  const answer = { status, headers, requestId: headers["x-ucloud-request-uuid"] };
  const code = isRow(body) ? optionalText(body, "RetCode") : null;
  if (!isRow(body) || code === null) throw unknownShape(answer);
  if (code !== "0") throw refusal({ ...answer, code }, meaningOf(RET_CODES, code));
  if (status >= 300) throw unknownShape(answer);
  return body;
};
