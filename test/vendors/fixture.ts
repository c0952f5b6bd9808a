import { readFileSync } from "node:fs";
import type { Backup } from "../../src/domain/backup.js";
import { isRow, type Row } from "../../src/domain/row.js";
import { SourceError } from "../../src/errors.js";
import type { HttpRequest } from "../../src/http/message.js";
import type { Moment } from "../../src/listing/authenticator.js";
import type { VendorApi, VendorCall } from "../../src/listing/declaration.js";
import { parseJson, parseXml } from "../../src/listing/decoder.js";

/** A recorded body, decoded as the engine decodes it. */
export const fixture = (path: string): Row => {
  const isXml = path.endsWith(".xml");
  const file = new URL(`../fixtures/${path}${isXml ? "" : ".json"}`, import.meta.url);
  const body = (isXml ? parseXml : parseJson)(readFileSync(file, "utf8"));
  if (!isRow(body)) throw new TypeError(`${path} is no object.`);
  return body;
};

/** What a read threw, which must be a `SourceError`. */
export function refusalOf(read: () => unknown): SourceError {
  try {
    read();
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

/** A backup with the facts that matter to a test. */
export const backup = (facts: Partial<Backup>): Backup => ({
  id: "id",
  startedAt: Date.UTC(2026, 5, 1, 18, 10),
  provider: "ops/product",
  region: "r1",
  zone: null,
  instanceNativeId: "i-1",
  nativeId: "b-1",
  name: null,
  status: "SUCCEEDED",
  vendorStatus: "Success",
  trigger: "MANUAL",
  method: "UNKNOWN",
  kind: "UNKNOWN",
  finishedAt: null,
  expiresAt: null,
  sizeBytes: null,
  shardCount: null,
  engineVersion: null,
  locked: null,
  encrypted: null,
  remark: null,
  failureReason: null,
  listing: "listing",
  raw: {},
  ...facts,
});

/** The only element of a list. */
export function only<T>(values: readonly T[]): T {
  const [value] = values;
  if (values.length !== 1 || value === undefined) {
    throw new Error(`Expected one value, not ${String(values.length)}.`);
  }
  return value;
}

/** The signed request of a call. */
export function signed(api: VendorApi, call: VendorCall, moment: Moment): HttpRequest {
  const signer = api.authenticator.peek(moment.now);
  if (signer === null) throw new Error("There is no signer yet.");
  return signer(api.request(call), moment);
}
