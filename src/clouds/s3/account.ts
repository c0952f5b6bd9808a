import type { S3Account } from "../../domain/account.js";
import { DEMO_ACCOUNTS, DEMO_KEYS, UPSTREAM } from "../accounts.js";
import type { AccountVariants } from "../accounts.js";
import { REGIONS } from "../estate/regions.js";
import { DEMO_BUCKETS } from "./objects.js";

/** The account that reads the buckets at a base URL: all of the demo, or the only one of plain data. */
export function s3Account(
  endpoint: string,
  { estate, upstream }: AccountVariants & { readonly estate?: object },
): S3Account {
  const { id: accessKeyId, secret: secretAccessKey, token: sessionToken } = DEMO_KEYS.s3;
  const buckets = estate === undefined ? DEMO_BUCKETS : DEMO_BUCKETS.slice(0, 1);
  return {
    id: DEMO_ACCOUNTS.s3,
    vendor: "s3",
    regions: REGIONS.S3_RDB,
    region: REGIONS.S3_RDB[0],
    endpoint,
    upstream: { ...UPSTREAM, ...upstream },
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    buckets: buckets.map((bucket) => ({ ...bucket, timeZone: "UTC", addressing: "path" })),
    // Nothing costs money here.
    ttlMs: 1,
  };
}
