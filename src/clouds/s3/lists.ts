import type { Row } from "../../domain/row.js";
import type { S3Knobs } from "../knobs/values.js";
import { CloudRefusal } from "../vendorCloud.js";
import type { Action, CloudCall, CloudContext } from "../vendorCloud.js";
import { percentEncode, refusal } from "../verify/request.js";
import { bucketsOf, byKey } from "./objects.js";
import type { S3Object } from "./objects.js";

const PRODUCT = "S3_RDB";
const MOST_KEYS = 1_000;

export const refused = (status: number, code: string, message: string): CloudRefusal =>
  new CloudRefusal(refusal(status, code, message));

/** The text of a parameter; null if it is absent or empty. */
const textOf = ({ params }: CloudCall, name: string): string | null => {
  const value = params[name];
  return typeof value === "string" && value !== "" ? value : null;
};

/** The objects of the bucket that a call names. */
function objectsIn(call: CloudCall, context: CloudContext): readonly S3Object[] {
  const { movedTo } = context.knobs.s3;
  if (movedTo !== null)
    throw refused(
      301,
      "PermanentRedirect",
      `The bucket you are attempting to access must be addressed using the specified endpoint. Region: ${movedTo}`,
    );
  const region = call.region ?? "";
  const rows = context.rows({ product: PRODUCT, region, instance: null });
  const objects = bucketsOf(rows).get(String(call.params["bucket"]));
  if (objects === undefined)
    throw refused(404, "NoSuchBucket", "The specified bucket does not exist");
  return objects;
}

/** One line of a page: an object, or a common prefix of several. */
type Entry = S3Object | string;

interface Page {
  readonly entries: readonly Entry[];
  /** The key or prefix behind which the next page begins; null at the end. */
  readonly next: string | null;
}

/**
 * ListObjectsV2: keys in the order of their UTF-8 bytes, those with a common prefix as one.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html, read 2026-11-29.
 */
export const listObjectsV2: Action = (call, context) => {
  const { s3 } = context.knobs;
  const encoding = textOf(call, "encoding-type");
  if (encoding !== null && encoding !== "url")
    throw refused(400, "InvalidArgument", "Invalid Encoding Method specified in Request");
  const most = keysAsked(call);
  const prefix = textOf(call, "prefix") ?? "";
  const delimiter = textOf(call, "delimiter");
  const token = textOf(call, "continuation-token");
  const after = token === null ? textOf(call, "start-after") : keyIn(token);
  const page = pageOf(objectsIn(call, context), {
    prefix,
    delimiter,
    after,
    most: Math.min(most, s3.pageCap ?? most),
    isStrict: s3.store === "minio",
  });
  const shown = (text: string): string => (encoding === null ? text : encoded(text, s3));
  const objects = page.entries.filter((entry) => typeof entry !== "string");
  const prefixes = page.entries.filter((entry) => typeof entry === "string");
  return {
    Name: call.params["bucket"],
    Prefix: shown(prefix),
    ...(token === null ? {} : { ContinuationToken: token }),
    ...(token !== null || after === null ? {} : { StartAfter: shown(after) }),
    ...(page.next === null ? {} : { NextContinuationToken: tokenOf(page.next) }),
    // Ceph counts no common prefixes.
    KeyCount: s3.store === "ceph" ? objects.length : page.entries.length,
    MaxKeys: most,
    ...(delimiter === null ? {} : { Delimiter: shown(delimiter) }),
    ...(encoding === null ? {} : { EncodingType: encoding }),
    IsTruncated: page.next !== null,
    Contents: objects.map((object) => wireObject(object, shown)),
    CommonPrefixes: prefixes.map((one) => ({ Prefix: shown(one) })),
  };
};

function keysAsked(call: CloudCall): number {
  const text = textOf(call, "max-keys");
  if (text === null) return MOST_KEYS;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2_147_483_647)
    throw refused(
      400,
      "InvalidArgument",
      "Argument maxKeys must be an integer between 0 and 2147483647",
    );
  return Math.min(Number(text), MOST_KEYS);
}

const tokenOf = (key: string): string => Buffer.from(`1 ${key}`, "utf8").toString("base64");

function keyIn(token: string): string {
  const text = Buffer.from(token, "base64").toString("utf8");
  if (!text.startsWith("1 "))
    throw refused(400, "InvalidArgument", "The continuation token provided is incorrect");
  return text.slice(2);
}

function pageOf(
  objects: readonly S3Object[],
  asked: {
    readonly prefix: string;
    readonly delimiter: string | null;
    readonly after: string | null;
    readonly most: number;
    /** MinIO shows nothing behind a key that does not begin with the prefix. */
    readonly isStrict: boolean;
  },
): Page {
  const { prefix, delimiter, after, most, isStrict } = asked;
  const entries: Entry[] = [];
  if (isStrict && after !== null && !after.startsWith(prefix)) return { entries, next: null };
  let last: string | null = null;
  for (const object of objects) {
    const { key } = object;
    if (!key.startsWith(prefix) || (after !== null && byKey(key, after) <= 0)) continue;
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? null : key.slice(0, end + (delimiter ?? "").length);
    // A page that ended with a common prefix is continued behind all of its keys.
    const isPassed = common !== null && (common === last || common === after);
    if (isPassed) continue;
    if (entries.length >= most) return { entries, next: last ?? after ?? "" };
    entries.push(common ?? object);
    last = common ?? key;
  }
  return { entries, next: null };
}

/** Ceph encodes a space as `%20`, the others as `+`. */
const encoded = (text: string, { store }: S3Knobs): string => {
  const path = text.split("/").map(percentEncode).join("/");
  return store === "ceph" ? path : path.replaceAll("%20", "+");
};

const wireObject = (
  { key, changedAt, sizeBytes, storageClass }: S3Object,
  shown: (text: string) => string,
): Row => ({
  Key: shown(key),
  LastModified: new Date(changedAt).toISOString(),
  ETag: `"${sizeBytes.toString(16).padStart(32, "0")}"`,
  Size: sizeBytes,
  StorageClass: storageClass,
});

/** GetObject: a small file in place of the real one. Archived objects cannot be read. */
export const getObject: Action = (call, context) => {
  const object = objectsIn(call, context).find(({ key }) => key === call.params["key"]);
  if (object === undefined) throw refused(404, "NoSuchKey", "The specified key does not exist.");
  if (["GLACIER", "DEEP_ARCHIVE"].includes(object.storageClass))
    throw refused(
      403,
      "InvalidObjectState",
      "The operation is not valid for the object's storage class",
    );
  return { file: `REDIS0011 A file of the demo in place of ${object.key}\n` };
};
