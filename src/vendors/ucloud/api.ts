import type { UCloudAccount } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import { type Fields, sha1Hex, sortedFields } from "../../http/sign/encode.js";
import { encodedRequest, signedBy, type Signer } from "../../listing/authenticator.js";
import type { CodeTable, Meaning, VendorApi } from "../../listing/declaration.js";
import { parseJson } from "../../listing/decoder.js";
import { optionalText } from "../kit/decode.js";
import { IP_REFUSED, meaningOf, refusal, unknownShape } from "../kit/refusal.js";
import { baseOf, flatParams, formRequest } from "../kit/request.js";
import { tableOf } from "../kit/rows.js";

/**
 * UCloud's API: one endpoint for all regions, signed POST forms, HTTP 200 also for errors.
 *
 * Left out: `SecurityToken`, which the config does not know; `U-Timestamp-Ms`, which only logs read;
 *           the action in the URL, which SDKs add for logs and which is not signed.
 * Source:   https://docs.ucloud.cn/api/summary/gateway and summary/public, read 2026-11-21.
 */
export const ucloudApi = (account: UCloudAccount): VendorApi => ({
  request: ({ action, region, params }) => {
    // Resources belong to a project, and every list of resources names a region.
    const place = region === null ? {} : { Region: region.id, ProjectId: account.projectId };
    const form = flatParams({ ...params, ...place, Action: action }, 0);
    return formRequest(baseOf(account.endpoint, "https://api.ucloud.cn"), form);
  },
  authenticator: signedBy(signerOf(account)),
  decode: parseJson,
  codes: RET_CODES,
  open,
  // No quota of any action is documented.
  rate: () => 20,
});

const signerOf =
  ({ credentials: { publicKey, privateKey } }: UCloudAccount): Signer =>
  (request) => {
    const fields = { ...request.form, PublicKey: publicKey };
    const form = { ...fields, Signature: signUCloud(fields, privateKey) };
    return encodedRequest({ ...request, form });
  };

/**
 * The `Signature` parameter of UCloud's API: a plain hash of names and values in order of names, then the
 * private key. Nothing is encoded, and neither time nor nonce takes part.
 *
 * Source: https://docs.ucloud.cn/api/summary/signature, read 2026-11-21.
 */
export const signUCloud = (fields: Fields, privateKey: string): string =>
  sha1Hex(sortedFields(fields).flat().join("") + privateKey);

const REGION_CLOSED: Meaning = {
  kind: "FORBIDDEN",
  message:
    "This region is not open for this account. Set `regions` of the account to those that are.",
};

const PROJECT_WANTED: Meaning = {
  kind: "FORBIDDEN",
  message: "The account must name a project that it may use. Set `projectId` of the account.",
};

/**
 * UCloud's RetCodes. No code is documented for an unknown instance or backup.
 *
 * Left out: 20203, 20207 and 20208, which only calls that write can meet.
 * Source: https://docs.ucloud.cn/api/summary/public and umem-api/error_code, read 2026-11-21.
 */
const RET_CODES: CodeTable = Object.freeze({
  ...tableOf({
    TIMEOUT: [110],
    UNAVAILABLE: [130, 150, 20003, 20016, 20102, 20202, 20206],
    THROTTLED: [153],
    BAD_RESPONSE: [160, 161, 220, 230],
    UNAUTHENTICATED: [170, 171, 172, 174],
    FORBIDDEN: [240, 293, 295, 299, 20004, 20013],
  }),
  292: PROJECT_WANTED,
  294: IP_REFUSED,
});

/**
 * 220 is `Missing params [X]` and 230 is `Params [X] not valid`: the vendor lists regions that were never
 * opened for the account, and sub-accounts must name a project.
 */
function meaningIn(body: Row, code: string): Meaning | undefined {
  const message = optionalText(body, "Message");
  const named = message === null ? null : (/\[(\w+)\]/.exec(message)?.[1] ?? "Region");
  if (code === "230" && named === "Region") return REGION_CLOSED;
  if ((code === "220" || code === "230") && named === "ProjectId") return PROJECT_WANTED;
  return meaningOf(RET_CODES, code);
}

/** `Missing params [X]`: the account may not list backups without naming a group. */
export const MISSING_PARAMETER = "220";

/** `RetCode` is a number or its text; error bodies may lack `Action`. */
const open: VendorApi["open"] = (body, status, headers): Row => {
  const answer = { status, headers, requestId: headers["x-ucloud-request-uuid"] };
  const code = isRow(body) ? optionalText(body, "RetCode") : null;
  if (!isRow(body) || code === null) throw unknownShape(answer);
  if (code !== "0") throw refusal({ ...answer, code }, meaningIn(body, code));
  if (status >= 300) throw unknownShape(answer);
  return body;
};
