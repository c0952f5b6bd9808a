import type { Account } from "../../../src/domain/account.js";
import { isRow, type Row } from "../../../src/domain/row.js";
import { hmac, sortedQuery } from "../../../src/http/sign/encode.js";
import { encodedRequest, signedBy, type Signer } from "../../../src/listing/authenticator.js";
import type {
  CodeTable,
  InstanceListing,
  ProductDeclaration,
  VendorApi,
  VendorDeclaration,
} from "../../../src/listing/declaration.js";
import { parseXml } from "../../../src/listing/decoder.js";
import type { ListShape } from "../../../src/listing/shape.js";
import {
  child,
  earliest,
  freeze,
  instantUtc,
  optionalText,
  xmlList,
} from "../../../src/vendors/kit/decode.js";
import { backupList, instanceList } from "../../../src/vendors/kit/lists.js";
import { meaningOf, refusal, unknownShape } from "../../../src/vendors/kit/refusal.js";
import { flatParams, formRequest } from "../../../src/vendors/kit/request.js";

/*
 * Cirrus, a vendor that exists only here: XML, pages by token, two lists of instances, and snapshots whose
 * start and size exist only for each node.
 */

const CODES: CodeTable = {
  InvalidClientTokenId: "UNAUTHENTICATED",
  AccessDenied: "FORBIDDEN",
  RateExceeded: "THROTTLED",
  GroupNotFound: "NOT_FOUND",
};

const open: VendorApi["open"] = (body, status, headers) => {
  const answer = { status, headers };
  if (!isRow(body)) throw unknownShape(answer);
  const error = child(child(body, "ErrorResponse") ?? {}, "Error");
  const code = error === null ? null : optionalText(error, "Code");
  if (code !== null) throw refusal({ ...answer, code }, meaningOf(CODES, code));
  const [name = ""] = Object.keys(body);
  const result = child(child(body, name) ?? {}, name.replace(/Response$/, "Result"));
  if (status >= 300 || result === null) throw unknownShape(answer);
  return result;
};

const sign: Signer = (request, { now }) => {
  const { form = {}, headers } = request;
  const signature = hmac("sha256", "cirrus-secret", sortedQuery(form)).toString("hex");
  const date = new Date(now).toISOString();
  return encodedRequest({
    ...request,
    headers: { ...headers, "x-date": date, "x-signature": signature },
  });
};

const api: VendorApi = {
  request: ({ action, region, params }) =>
    formRequest(
      new URL(`https://cache.${region?.id ?? ""}.cirrus.example/`),
      flatParams({ ...params, Action: action }, 1),
    ),
  authenticator: signedBy(sign),
  decode: parseXml,
  codes: CODES,
  open,
  rate: 10_000,
  permission: (action) => `redis:${action}`,
};

const shape = (max: number): ListShape => ({
  page: { style: "token", token: "Marker", size: "MaxRecords", max },
  window: null,
  defaultSize: max,
  order: "unknown",
  counts: "none",
});

const groupsOrNodes = (name: string, action: string, member: string): InstanceListing =>
  instanceList({
    name,
    action,
    scope: "region",
    shape: shape(20),
    rows: [`${member}s`, member],
    leftOut: { Engine: "memcached" },
    fields: { nativeId: "Id", status: "Status", engineVersion: "EngineVersion" },
    words: { status: { creating: "CREATING", available: "RUNNING" } },
    always: { listing: "snapshots-of-group" },
  });

const snapshots = {
  action: "DescribeSnapshots",
  shape: shape(50),
  params: { ShowNodes: true },
  rows: ["Snapshots", "Snapshot"],
  fields: {
    nativeId: "Name",
    instanceNativeId: "GroupId",
    status: "Status",
    trigger: "Source",
    shardCount: "Shards",
  },
  words: {
    status: { creating: "RUNNING", available: "SUCCEEDED" },
    trigger: { manual: "MANUAL", automated: "AUTOMATIC" },
  },
  sizes: "inexact",
  derived: (row: Row) => ({
    startedAt: earliest(xmlList(row, "NodeSnapshots", "NodeSnapshot"), "CreateTime", instantUtc),
  }),
} as const;

const product: ProductDeclaration = {
  vendor: "UCLOUD",
  product: "UCLOUD_UREDIS",
  word: "cirrus",
  capabilities: {
    reach: "35 days",
    notes: ["The vendor rounds sizes, so sizeBytes is null."],
  },
  undecided: ["encrypted", "maxSizeDrop"],
  regions: null,
  instances: [
    groupsOrNodes("groups", "DescribeGroups", "Group"),
    groupsOrNodes("nodes", "DescribeNodes", "Node"),
  ],
  perInstance: [
    backupList({
      ...snapshots,
      name: "snapshots-of-group",
      scope: "instance",
      asksFor: { instance: "GroupId" },
    }),
  ],
  wide: backupList({
    ...snapshots,
    name: "snapshots-of-region",
    scope: "region",
    refusedBy: ["AccessDenied"],
  }),
  downloads: { calls: () => [], map: () => [] },
  lookbackMs: null,
};

export const cirrus: VendorDeclaration<Account> = freeze({
  vendor: "UCLOUD",
  account: "ucloud",
  api: () => api,
  products: () => [product],
});
