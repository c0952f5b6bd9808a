import type { Account } from "../../../src/domain/account.js";
import { isRow, type Row } from "../../../src/domain/row.js";
import { hmac, sortedQuery } from "../../../src/http/sign/encode.js";
import { encodedRequest, signedBy, type Signer } from "../../../src/listing/authenticator.js";
import type {
  BackupListing,
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
  count,
  earliest,
  freeze,
  instantUtc,
  NOTHING_SAID,
  optionalText,
  text,
  withoutLinks,
  word,
  xmlList,
} from "../../../src/vendors/kit/decode.js";
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
  rate: () => 10_000,
  permission: (action) => `redis:${action}`,
};

const shape = (max: number): ListShape => ({
  page: { style: "token", token: "Marker", size: "MaxRecords", max },
  window: null,
  defaultSize: max,
  order: "unknown",
  counts: "none",
});

const marker = (payload: Row): string | null => optionalText(payload, "Marker");

const INSTANCE_STATUS = { creating: "CREATING", available: "RUNNING" } as const;

const instances = (name: string, action: string, member: string): InstanceListing => ({
  name,
  action,
  scope: "region",
  statuses: INSTANCE_STATUS,
  shape: shape(20),
  params: () => ({}),
  rows: (payload) => xmlList(payload, `${member}s`, member),
  total: () => null,
  nextToken: marker,
  keyOf: (row) => text(row, "Id"),
  map: (row) =>
    optionalText(row, "Engine") === "memcached"
      ? null
      : {
          nativeId: text(row, "Id"),
          name: null,
          zone: null,
          status: word(row, "Status", INSTANCE_STATUS, "UNKNOWN"),
          vendorStatus: optionalText(row, "Status"),
          engineVersion: optionalText(row, "EngineVersion"),
          memoryBytes: null,
          createdAt: null,
          shardCount: null,
          listing: "snapshots-of-group",
        },
});

const STATUS = { creating: "RUNNING", available: "SUCCEEDED" } as const;

/** The nodes of a snapshot. */
const nodesOf = (row: Row): readonly unknown[] => xmlList(row, "NodeSnapshots", "NodeSnapshot");

const snapshots: BackupListing = {
  name: "snapshots-of-region",
  action: "DescribeSnapshots",
  scope: "region",
  statuses: STATUS,
  shape: shape(50),
  refusedBy: ["AccessDenied"],
  params: () => ({ ShowNodes: true }),
  rows: (payload) => xmlList(payload, "Snapshots", "Snapshot"),
  total: () => null,
  nextToken: marker,
  keyOf: (row) => text(row, "Name"),
  sizes: "inexact",
  map: (row) => ({
    ...NOTHING_SAID,
    instanceNativeId: text(row, "GroupId"),
    nativeId: text(row, "Name"),
    status: word(row, "Status", STATUS, "UNKNOWN"),
    vendorStatus: optionalText(row, "Status") ?? "",
    trigger: optionalText(row, "Source") === "manual" ? "MANUAL" : "AUTOMATIC",
    startedAt: earliest(nodesOf(row), "CreateTime", instantUtc),
    shardCount: count(row, "Shards"),
  }),
  withoutLinks,
};

const product: ProductDeclaration = {
  vendor: "UCLOUD",
  product: "UCLOUD_UREDIS",
  word: "cirrus",
  capabilities: {
    paging: "TOKEN",
    window: false,
    maxPageSize: 50,
    reach: "35 days",
    notes: ["The vendor rounds sizes, so sizeBytes is null."],
  },
  undecided: ["encrypted", "maxSizeDrop"],
  regions: null,
  instances: [
    instances("groups", "DescribeGroups", "Group"),
    instances("nodes", "DescribeNodes", "Node"),
  ],
  perInstance: [
    {
      ...snapshots,
      name: "snapshots-of-group",
      scope: "instance",
      refusedBy: [],
      params: ({ instance }) => ({ ShowNodes: true, GroupId: instance?.nativeId }),
    },
  ],
  wide: snapshots,
  downloads: { calls: () => [], map: () => [] },
  lookbackMs: null,
};

export const cirrus: VendorDeclaration<Account> = freeze({
  vendor: "UCLOUD",
  account: "ucloud",
  api: () => api,
  products: () => [product],
});
