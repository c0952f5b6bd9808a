import type { Account } from "../../../src/domain/account.js";
import { isRow, type Row } from "../../../src/domain/row.js";
import { SourceError } from "../../../src/errors.js";
import {
  encodedRequest,
  TokenAuthenticator,
  type TokenSource,
} from "../../../src/listing/authenticator.js";
import type {
  CodeTable,
  ProductDeclaration,
  VendorApi,
  VendorDeclaration,
} from "../../../src/listing/declaration.js";
import { parseJson } from "../../../src/listing/decoder.js";
import type { ListNotice, ListShape } from "../../../src/listing/shape.js";
import { child, count, freeze, list, optionalText, text } from "../../../src/vendors/kit/decode.js";
import { backupList, instanceList } from "../../../src/vendors/kit/lists.js";
import { meaningOf, refusal, unknownShape } from "../../../src/vendors/kit/refusal.js";
import { flatParams } from "../../../src/vendors/kit/request.js";

/*
 * Nimbus, a vendor that exists only here: an OAuth token from a second host, one list of instances for the
 * whole account, pages that are short at any time, and answers that name what they could not reach.
 */

const CODES: CodeTable = {
  UNAUTHENTICATED: "UNAUTHENTICATED",
  PERMISSION_DENIED: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  UNAVAILABLE: "UNAVAILABLE",
};

const tokens: TokenSource = {
  action: "token",
  request: ({ now }) => ({
    method: "POST",
    url: "https://login.nimbus.example/token",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ assertion: `signed at ${String(now)}` }),
  }),
  open: ({ status, body }) => {
    const answer = status < 300 ? parseJson(body) : null;
    if (!isRow(answer)) throw refusal({ status });
    const seconds = count(answer, "expires_in");
    if (seconds === null) throw new SourceError("BAD_RESPONSE", "The token has no lifetime.");
    return { value: text(answer, "access_token"), lifetimeMs: seconds * 1000 };
  },
  attach: (request, token) =>
    encodedRequest({
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${token}` },
    }),
};

const open: VendorApi["open"] = (body, status, headers) => {
  const answer = { status, headers };
  if (!isRow(body)) throw unknownShape(answer);
  const error = child(body, "error");
  const code = error === null ? null : optionalText(error, "status");
  if (code !== null) throw refusal({ ...answer, code }, meaningOf(CODES, code));
  if (status >= 300) throw unknownShape(answer);
  return body;
};

const api = (): VendorApi => ({
  request: ({ action, params }) => ({
    method: "GET",
    url: new URL(`https://api.nimbus.example/v1/${action}`),
    query: flatParams(params, 0),
    headers: { accept: "application/json" },
  }),
  authenticator: new TokenAuthenticator(tokens),
  decode: parseJson,
  codes: CODES,
  open,
  rate: 10_000,
  permission: (action) => `redis:${action}`,
});

const shape: ListShape = {
  page: { style: "token", token: "pageToken", size: "pageSize", max: 100, keyed: true },
  window: null,
  defaultSize: 100,
  order: "unknown",
  counts: "none",
};

/** The region in `projects/p/locations/<region>/…`. */
const regionOf = (row: Row): string => text(row, "name").split("/")[3] ?? "";

const lastOf = (row: Row, field: string): string => text(row, field).split("/").at(-1) ?? "";

/** An answer stands in for instances that it could not reach with one that is called `-`. */
const isPlaceholder = (row: Row): boolean => lastOf(row, "name") === "-";

const unreachable = (region: string): ListNotice => ({
  code: "UNAVAILABLE",
  message: `The vendor could not reach ${region}.`,
  region,
});

const missingFrom = (payload: Row): readonly ListNotice[] => {
  const named = Array.isArray(payload["unreachable"]) ? payload["unreachable"] : [];
  return named.map((path) => unreachable(String(path).split("/").at(-1) ?? ""));
};

const instances = instanceList({
  name: "instances",
  action: "instances",
  scope: "account",
  shape,
  rows: "instances",
  tokenField: "nextPageToken",
  notices: (payload) => [
    ...missingFrom(payload),
    ...list(payload, "instances")
      .filter(isRow)
      .filter(isPlaceholder)
      .map((row) => unreachable(regionOf(row))),
  ],
  regionOf,
  leftOut: isPlaceholder,
  fields: { nativeId: "name", status: "state", createdAt: "createTime" },
  words: { status: { active: "RUNNING", creating: "CREATING" } },
  always: { listing: "backups" },
  derived: (row) => ({
    nativeId: lastOf(row, "name"),
    backupsAt: text(row, "backupCollection"),
  }),
});

const backups = backupList({
  name: "backups",
  action: "backups",
  scope: "instance",
  shape,
  asksFor: { region: "location", instance: "collection" },
  rows: "backups",
  tokenField: "nextPageToken",
  notices: missingFrom,
  fields: {
    nativeId: "name",
    status: "state",
    startedAt: "createTime",
    sizeBytes: "totalSizeBytes",
  },
  words: { status: { creating: "RUNNING", active: "SUCCEEDED" } },
  always: { trigger: "AUTOMATIC" },
  derived: (row) => ({ nativeId: lastOf(row, "name") }),
  sizes: "exact",
});

const product: ProductDeclaration = {
  vendor: "UCLOUD",
  product: "UCLOUD_UREDIS",
  word: "nimbus",
  capabilities: { reach: "35 days", notes: [] },
  undecided: ["encrypted"],
  regions: "instances",
  instances: [instances],
  perInstance: [backups],
  wide: null,
  downloads: {
    mostCalls: 0,
    calls: () => [],
    map: () => [],
    signed: ({ nativeId }, region, now) => [
      {
        url: `https://${region.id}.files.nimbus.example/${nativeId}?signature=1`,
        internal: false,
        shard: null,
        sizeBytes: null,
        expiresAt: now + 900_000,
      },
    ],
  },
  lookbackMs: null,
};

export const nimbus: VendorDeclaration<Account> = freeze({
  vendor: "UCLOUD",
  account: "ucloud",
  api,
  products: () => [product],
});
