import {
  type Backup,
  type BackupDownload,
  type MappedBackup,
  shardRowsOf,
} from "../../domain/backup.js";
import type { S3Account } from "../../domain/account.js";
import { UNKNOWN_INSTANCE } from "../../domain/instance.js";
import type { Row } from "../../domain/row.js";
import { SourceError } from "../../errors.js";
import type {
  BackupListing,
  DownloadsDeclaration,
  InstanceListing,
  ListScope,
  Params,
} from "../../listing/declaration.js";
import type { ListShape, WindowShape } from "../../listing/shape.js";
import { count, instantUtc, optionalText } from "../kit/decode.js";
import { NOTHING_SAID } from "../kit/lists.js";
import { presignedV4 } from "../kit/sigv4.js";
import { urlOf } from "./api.js";
import { hasDotSegment, layoutsOf, shownKey, type Layout } from "./keys.js";
import { instanceRowsIn, keyIn, keyOf, nextPlace, objectsIn, optionalKey } from "./pages.js";

/*
 * Lists of a bucket: S3, action ListObjectsV2 (the API has no other version).
 *
 * Order: by the bytes of the keys in UTF-8, as documented. Page: `max-keys` up to 1,000, which is the default;
 * a page may hold fewer. It begins behind a key (`start-after`), so pages need not overlap and no token can
 * expire. Keys are asked for percent-encoded, because XML cannot hold all of their characters.
 * Times: `YYYY-MM-DDTHH:mm:ss.SSSZ`. Sizes: bytes. Window: keys from one to another, where the template has
 * the start behind the instance. There is no count of all objects.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html, read 2026-11-29.
 *
 * Left out: Owner, checksums and RestoreStatus; versions of objects and uploads under way, which are not
 * listed.
 */

const HOUR = 3_600_000;

/**
 * An object is archived in these classes of S3, OSS and COS, and can be read only after it was restored.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html and
 *         https://www.alibabacloud.com/help/en/oss/support/0013-00000101, read 2026-11-29.
 */
const ARCHIVES: readonly string[] = [
  ...["glacier", "deep_archive"],
  ...["archive", "coldarchive", "deepcoldarchive"],
];

const shapeOf = (window: WindowShape | null): ListShape => ({
  page: { style: "token", token: "after", size: "max-keys", max: 1_000, keyed: true },
  window,
  defaultSize: 1_000,
  order: "unknown",
  counts: "none",
});

/** The lists of an account's buckets. */
export function listsOf({ buckets }: Pick<S3Account, "buckets">) {
  const layouts = layoutsOf(buckets);
  const parts = (scope: ListScope): readonly Params[] =>
    layouts.map((_, bucket) => ({ bucket, instance: scope.instance?.nativeId ?? null }));
  const objects = {
    action: "ListObjectsV2",
    words: {},
    params: () => ({}),
    parts,
    total: () => null,
    rows: (payload: Row) => objectsIn(layouts, payload),
    nextToken: (payload: Row) => nextPlace(layouts, payload),
    keyOf,
  } as const;
  const backups: Omit<BackupListing, "name" | "scope" | "shape"> = {
    ...objects,
    refusedBy: [],
    sizes: "exact",
    map: (row, scope) => backupOf(layoutOf(layouts, row), row, scope),
    ...shardsOf(layouts),
    strays: {
      isStray: (row) => isStray(layoutOf(layouts, row), row),
      note: (stray) =>
        `${stray} ${stray === 1 ? "key does" : "keys do"} not match the template of the bucket, and ${stray === 1 ? "is" : "are"} left out.`,
    },
    // A row has no link. A key may look like one, and is no secret.
    withoutLinks: (row) => row,
  };
  const window = windowOf(layouts);
  return {
    instances: {
      ...objects,
      name: "instances",
      scope: "region",
      shape: shapeOf(null),
      parts: () =>
        layouts.map(({ template }, bucket) =>
          template.instanceAt === undefined ? { bucket } : { bucket, delimiter: "/" },
        ),
      rows: (payload) => instanceRowsIn(layouts, payload),
      map: (row) => instanceOf(layoutOf(layouts, row), row),
    } satisfies InstanceListing as InstanceListing,
    perInstance: {
      ...backups,
      name: "objects",
      scope: "instance",
      shape: shapeOf(window),
      ...(window === null ? {} : { formatInstant: String }),
    } satisfies BackupListing as BackupListing,
    wide: {
      ...backups,
      name: "bucket",
      scope: "region",
      shape: shapeOf(null),
    } satisfies BackupListing as BackupListing,
    layouts,
  };
}

/** Where all buckets have the start behind the instance, a time range is a range of keys. */
function windowOf(layouts: readonly Layout[]): WindowShape | null {
  const units = layouts.map(({ template }) => template.range?.unitMs ?? null);
  const known = units.filter((unit) => unit !== null);
  if (known.length < units.length) return null;
  return {
    since: "since",
    until: "until",
    precisionMs: Math.max(...known),
    mandatory: false,
    open: true,
    selects: "start",
    longestMs: 0,
    maxSpanMs: null,
  };
}

/**
 * Shards whose keys have a start share it exactly. Without one, those that were last changed within half an
 * hour are of one backup.
 */
function shardsOf(layouts: readonly Layout[]): Pick<BackupListing, "shards"> {
  const sharded = layouts.filter(({ template }) => template.hasShard);
  if (sharded.length === 0) return {};
  const hasStarts = sharded.every(({ template }) => template.startForm !== null);
  return { shards: { withinMs: hasStarts ? 0 : HOUR / 2, settlesMs: HOUR } };
}

/** The layout of a row's bucket. No prefix of a bucket's layouts begins with another prefix. */
function layoutOf(layouts: readonly Layout[], row: Row): Layout | null {
  const own = layouts.filter(({ name }) => name === row["Bucket"]);
  const key = optionalKey(row);
  return own.find(({ template }) => key.startsWith(template.prefix)) ?? own[0] ?? null;
}

/** A key that matches no template, other than the marker of a folder. */
const isStray = (layout: Layout | null, row: Row): boolean =>
  !keyIn(row).endsWith("/") && (layout?.template.parse(keyIn(row)) ?? null) === null;

function instanceOf(layout: Layout | null, row: Row): ReturnType<InstanceListing["map"]> {
  const prefix = row["Prefix"];
  const found =
    typeof prefix === "string"
      ? layout?.template.instanceAt?.(prefix)
      : layout?.template.parse(keyIn(row))?.instance;
  if (found === undefined || found === null) return null;
  checkUtf8(row);
  const nativeId = shownKey(found);
  return {
    // A bucket says nothing about the instances whose files it holds.
    ...UNKNOWN_INSTANCE,
    nativeId,
    name: nativeId,
    // Objects have tags; a part of a key has none.
    tags: [],
    listing: "objects",
  };
}

function checkUtf8(row: Row): void {
  if (row["KeyIsUtf8"] !== false) return;
  const shown = JSON.stringify(optionalKey(row));
  throw new SourceError("BAD_RESPONSE", `The key ${shown} is not UTF-8.`);
}

function backupOf(layout: Layout | null, row: Row, { instance }: ListScope): MappedBackup | null {
  const facts = layout?.template.parse(keyIn(row)) ?? null;
  if (layout === null || facts === null) return null;
  const instanceNativeId = shownKey(facts.instance);
  if (instance !== null && instance.nativeId !== instanceNativeId) return null;
  checkUtf8(row);
  const changedAt = instantUtc(row, "LastModified");
  const startedAt = facts.start === null ? changedAt : layout.toInstant(facts.start);
  const sizeBytes = count(row, "Size");
  const backup = shownKey(facts.backup);
  const nativeId = `${layout.name}/${backup}`;
  return {
    ...NOTHING_SAID,
    instanceNativeId,
    nativeId,
    name: backup.split("/").at(-1) ?? null,
    status: sizeBytes === null ? "UNKNOWN" : sizeBytes === 0 ? "FAILED" : "SUCCEEDED",
    vendorStatus: classOf(row),
    trigger: "UNKNOWN",
    // An RDB file holds all data.
    kind: "FULL",
    startedAt,
    finishedAt: changedAt,
    sizeBytes,
    shardCount: layout.shards,
    remark: remarkOn(row, startedAt, changedAt),
    failureReason: sizeBytes === 0 ? "The object is empty." : null,
    ...(facts.shard === null ? {} : { shard: shownKey(facts.shard), set: nativeId }),
  };
}

const classOf = (row: Row): string => optionalText(row, "StorageClass") ?? "";

const isArchived = (row: Row): boolean => ARCHIVES.includes(classOf(row).toLowerCase());

function remarkOn(row: Row, startedAt: number | null, changedAt: number | null): string | null {
  if (isArchived(row))
    return `The object is archived (${classOf(row)}), and has no link before it is restored.`;
  if (startedAt !== null && changedAt !== null && startedAt > changedAt)
    return "The key names a start after the object was last changed: check `timeZone` of the bucket.";
  return null;
}

/** Links live this long. Units: seconds. */
const LINK_LIFE_S = 900;

/**
 * Links are presigned here, without a call. Archived objects have none, and keys with a segment `.` or `..`
 * neither, because parsers of URLs rewrite them.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, read 2026-11-29.
 */
export function s3Downloads(account: S3Account): DownloadsDeclaration {
  const layouts = layoutsOf(account.buckets);
  const linkOf = (row: Row, now: number): readonly BackupDownload[] => {
    const layout = layoutOf(layouts, row);
    const key = keyIn(row);
    if (layout === null || key === "" || hasDotSegment(key)) return [];
    if (isArchived(row)) return [];
    const request = {
      method: "GET",
      url: urlOf(account, layout, key),
      headers: {},
      scope: { service: "s3", region: account.region },
    } as const;
    const shard = layout.template.parse(key)?.shard ?? null;
    return [
      {
        url: presignedV4(request, account.credentials, { now, expiresSeconds: LINK_LIFE_S }),
        internal: false,
        shard: shard === null ? null : shownKey(shard),
        sizeBytes: count(row, "Size"),
        expiresAt: (Math.floor(now / 1000) + LINK_LIFE_S) * 1000,
      },
    ];
  };
  return {
    mostCalls: 0,
    calls: () => [],
    map: () => [],
    signed: (backup: Backup, _region, now) =>
      (shardRowsOf(backup) ?? [backup.raw]).flatMap((row) => linkOf(row, now)),
  };
}
