import { z } from "zod";
import { ROW_ORDERS } from "../estate/types.js";
import { CLOUD_VENDORS } from "../vendorCloud.js";
import { CLOUD_PRODUCTS } from "../estate/regions.js";

/* What the control endpoint takes. Unknown names are refused, so that a misspelt knob is noticed. */

const count = z.number().int().min(1);
const vendor = z.enum(CLOUD_VENDORS);
const instant = z.number().int();

const common = {
  order: z.enum(ROW_ORDERS),
  latencyMs: z.number().min(0).max(600_000),
  throttle: z
    .union([z.strictObject({ everyNth: count }), z.strictObject({ perSecond: count })])
    .nullable(),
  pageCap: count.nullable(),
  totals: z.union([z.enum(["exact", "absent"]), z.number().int()]),
  windowSelects: z.enum(["start", "end"]),
};

/** The knobs of one vendor, or with `all` those of every vendor. */
export const knobsSchema = z.discriminatedUnion("vendor", [
  z.strictObject({ vendor: z.literal("all"), knobs: z.strictObject(common).partial() }),
  z.strictObject({
    vendor: z.literal("ucloud"),
    knobs: z
      .strictObject({
        ...common,
        wide: z.enum(["allowed", "refused"]),
        umemTotal: z.enum(["given", "absent"]),
        umemRows: z.enum(["perBackup", "perShard"]),
        retCode: z.enum(["number", "text"]),
      })
      .partial(),
  }),
  z.strictObject({
    vendor: z.literal("tencent"),
    knobs: z
      .strictObject({
        ...common,
        numbers: z.enum(["number", "text"]),
        statuses: z.enum(["all", "oneAndTwo", "refused"]),
      })
      .partial(),
  }),
  z.strictObject({
    vendor: z.literal("alibaba"),
    knobs: z.strictObject({ ...common, json: z.enum(["flat", "wrapped"]) }).partial(),
  }),
  z.strictObject({
    vendor: z.literal("aws"),
    knobs: z
      .strictObject({
        ...common,
        markers: z.enum(["row", "offset", "repeating"]),
        markerLifeMs: z.number().int().min(0),
        emptyPages: z.boolean(),
        groupFilter: z.enum(["finds", "misses"]),
      })
      .partial(),
  }),
  z.strictObject({
    vendor: z.literal("s3"),
    knobs: z
      .strictObject({
        ...common,
        store: z.enum(["aws", "minio", "ceph"]),
        movedTo: z.string().nullable(),
      })
      .partial(),
  }),
]);

const effectSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("status"), status: z.number().int().min(200).max(599) }),
  z.strictObject({
    kind: z.literal("vendorError"),
    code: z.string(),
    message: z.string().optional(),
    status: z.number().int().min(200).max(599).optional(),
  }),
  z.strictObject({ kind: z.literal("body"), body: z.string() }),
  z.strictObject({ kind: z.literal("redirect"), location: z.string() }),
  z.strictObject({
    kind: z.enum(["html", "shortBody", "halfBody", "endless", "reset", "hang"]),
  }),
]);

/** A fault to add. */
export const faultSchema = z.strictObject({
  vendor,
  action: z.string().optional(),
  region: z.string().optional(),
  instance: z.string().optional(),
  fromPage: count.optional(),
  times: count.optional(),
  effect: effectSchema,
});

const text = z.string().min(1);

/** The access keys that a vendor accepts from now on. */
export const keysSchema = z.strictObject({
  vendor,
  keys: z
    .array(z.strictObject({ id: text, secret: text, token: text.nullable().default(null) }))
    .min(1),
});

/** The address of a row. */
export const rowRefSchema = z.strictObject({
  product: z.enum(CLOUD_PRODUCTS),
  instanceNativeId: z.string(),
  nativeId: z.string(),
});

/** Values of a row that may change while it is listed. */
const changing = {
  name: z.string().optional(),
  finishedAt: instant.nullable().optional(),
  status: z.string().optional(),
  trigger: z.string().optional(),
  sizeBytes: z.number().int().min(0).nullable().optional(),
  remark: z.string().optional(),
  locked: z.boolean().optional(),
  encrypted: z.boolean().optional(),
};

/** A row to insert. Absent values are those of an ordinary row. */
export const newBackupSchema = z.strictObject({
  ...rowRefSchema.shape,
  nativeId: z.string().optional(),
  startedAt: instant,
  shard: z.string().optional(),
  ...changing,
});

/** A change of a row. Absent values stay. */
export const changedBackupSchema = rowRefSchema.extend(changing);
