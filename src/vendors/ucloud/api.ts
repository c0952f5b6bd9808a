import { hash } from "node:crypto";
import type { UCloudAccount } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import type { BackupStatus, BackupTrigger, InstanceStatus } from "../../domain/words.js";
import { SourceError } from "../../errors.js";
import { type Fields, sortedFields } from "../../http/sign/encode.js";
import { encodedRequest, signedBy, type Signer } from "../../listing/authenticator.js";
import type {
  CodeTable,
  Meaning,
  Region,
  VendorApi,
  WholeListing,
} from "../../listing/declaration.js";
import { parseJson } from "../../listing/decoder.js";
import type { ListShape } from "../../listing/shape.js";
import {
  GIBIBYTE,
  instantSeconds,
  list,
  optionalText,
  tableOf,
  text,
  type Words,
} from "../kit/decode.js";
import type { LinkRules } from "../kit/links.js";
import {
  IP_REFUSED,
  meaningOf,
  refusal,
  SECRET_WRONG,
  UNKNOWN_KEY,
  unknownShape,
  WRONG_HOST,
} from "../kit/refusal.js";
import { baseOf, flatParams, formRequest } from "../kit/request.js";

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
    const form = flatParams({ Action: action, ...params, ...place }, 0);
    return formRequest(baseOf(account.endpoint, "https://api.ucloud.cn"), form);
  },
  authenticator: signedBy(signerOf(account)),
  decode: parseJson,
  codes: RET_CODES,
  open,
  // No quota of any action is documented.
  rate: 20,
  // The documents do not say how policies name the products.
  permission: (action) => action,
});

const signerOf =
  ({ credentials: { publicKey, privateKey } }: UCloudAccount): Signer =>
  (request) => {
    const fields = { PublicKey: publicKey, ...request.form };
    const form = { Signature: signUCloud(fields, privateKey), ...fields };
    return encodedRequest({ ...request, form });
  };

/**
 * The `Signature` parameter of UCloud's API: a plain hash of names and values in order of names, then the
 * private key. Nothing is encoded, and neither time nor nonce takes part.
 *
 * Source: https://docs.ucloud.cn/api/summary/signature, read 2026-11-21.
 */
export const signUCloud = (fields: Fields, privateKey: string): string =>
  hash("sha1", sortedFields(fields).flat().join("") + privateKey);

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
const RET_CODES: CodeTable = Object.freeze<CodeTable>({
  ...tableOf({
    TIMEOUT: [110],
    UNAVAILABLE: [130, 150, 20003, 20016, 20102, 20202, 20206],
    THROTTLED: [153],
    BAD_RESPONSE: [160, 220, 230],
    UNAUTHENTICATED: [170, 174],
    FORBIDDEN: [240, 299, 20004],
  }),
  161: WRONG_HOST,
  171: SECRET_WRONG,
  172: UNKNOWN_KEY,
  292: PROJECT_WANTED,
  293: {
    kind: "FORBIDDEN",
    message: "The account may not use this zone. Set `regions` of the account to those it may use.",
  },
  294: IP_REFUSED,
  295: { kind: "FORBIDDEN", message: "A security lock of the account refused the call." },
  20013: { kind: "FORBIDDEN", message: "The account has no balance." },
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
const open: VendorApi["open"] = (body, status, headers, call): Row => {
  const answer = { status, requestId: headers["x-ucloud-request-uuid"] };
  const code = isRow(body) ? optionalText(body, "RetCode") : null;
  if (!isRow(body) || code === null) throw unknownShape(answer);
  if (code !== "0") throw refusal({ ...answer, code }, meaningIn(body, code));
  if (status >= 300) throw unknownShape(answer);
  const answered = optionalText(body, "Action") ?? `${call?.action}Response`;
  if (call !== undefined && answered !== `${call.action}Response`)
    throw new SourceError("BAD_RESPONSE", "The vendor answered another action.");
  return body;
};

/*
 * What all lists of UCloud share. `Limit` has no documented maximum for these products; 100 is that of 39
 * other actions and of the vendor's own tools. The order is not documented.
 */

/** Row offset and limit, no window. */
const pagedBy = (defaultSize: number, counts: ListShape["counts"]): ListShape => ({
  page: { style: "offset", offset: "Offset", limit: "Limit", max: 100, aligned: false },
  window: null,
  defaultSize,
  order: "unknown",
  counts,
});

/** States of master-replica and of distributed backups; only the former can fail or expire. */
const BACKUP_STATE: Words<BackupStatus> = tableOf({
  RUNNING: ["backuping", "starting"],
  SUCCEEDED: ["success", "done"],
  FAILED: ["error"],
  EXPIRED: ["expired"],
});

/** Older documents show numbers; they mean the same as in the sister product UDB, where 1 is manual. */
const BACKUP_TYPE: Words<BackupTrigger> = tableOf({
  AUTOMATIC: ["auto", 0],
  MANUAL: ["manual", 1],
});

/** States of groups and of spaces. */
const INSTANCE_STATE: Words<InstanceStatus> = tableOf({
  CREATING: ["creating", "starting"],
  RUNNING: ["running"],
  CHANGING: ["resizing", "configing", "sslswitching", "deleting"],
  FAILED: ["fail", "createfail", "deletefail", "resizefail", "configfail", "sslswitchfail"],
});

export const ENABLED: Words<boolean> = Object.freeze({ enable: true, disable: false });

/** What the lists of groups and of spaces share. Sizes are GB. A master-replica group has one shard. */
export const INSTANCES = {
  scope: "region",
  shape: pagedBy(20, "rows"),
  rows: "DataSet",
  total: "TotalCount",
  fields: {
    zone: "Zone",
    status: "State",
    engineVersion: "Version",
    memoryBytes: ["Size", "MemorySize"],
    createdAt: "CreateTime",
  },
  words: { status: INSTANCE_STATE },
  instants: instantSeconds,
  unit: GIBIBYTE,
  /** An instance is in one business group, whose name is in the field `Tag`. */
  derived(row: Row) {
    const value = optionalText(row, "Tag");
    const tags = value === null ? [] : [{ key: "Tag", value }];
    return { tags: typeof row["Tag"] === "string" ? tags : null };
  },
} as const;

/** What the lists of backups share. `TotalCount`, which older answers lack, is "of the user" in one document. */
export const BACKUPS = {
  shape: pagedBy(10, "other"),
  rows: "DataSet",
  total: "TotalCount",
  fields: { nativeId: "BackupId", name: "BackupName", status: "State", trigger: "BackupType" },
  words: { status: BACKUP_STATE, trigger: BACKUP_TYPE },
  instants: instantSeconds,
} as const;

/**
 * The regions of an account: UCloud, action GetRegion (the API has no version).
 *
 * Order: not documented. Page: none, the answer is whole. It has a row for every zone, so regions
 * repeat. Left out: RegionId, RegionName, IsDefault, BitMaps and Zone, which no call here needs.
 * Source: https://docs.ucloud.cn/api/uaccount-api/get_region, read 2026-11-21.
 */
export const ucloudRegions: WholeListing<Region> = {
  name: "ucloud-regions",
  action: "GetRegion",
  params: () => ({}),
  rows: (payload) => list(payload, "Regions"),
  keyOf: (row) => text(row, "Region"),
  // One endpoint serves all regions.
  map: (row) => ({ id: text(row, "Region"), endpoint: null }),
};

/**
 * Links of US3, the storage of backups. The documents' example begins with http although its host serves
 * https, so public links are shown as https. US3 has http hosts for its own network.
 *
 * Source: https://docs.ucloud.cn/ufile/introduction/region, read 2026-11-21.
 */
export const linkRules = ({ endpoint }: UCloudAccount): LinkRules => ({
  publicHosts: [".ufileos.com", ".ufile.ucloud.cn", ".ufile.ucloud.com.cn"],
  internalHost: /(^|\.)internal-[a-z0-9-]+\.ufileos\.com$|\.ufile\.[a-z0-9-]+\.ucloud\.cn$/,
  upgrade: true,
  endpoint,
});
