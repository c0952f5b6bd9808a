import type { S3Account } from "../../domain/account.js";
import { DEMO_ACCOUNTS, DEMO_KEYS, endpointAt, UPSTREAM } from "../accounts.js";
import type { AccountVariants } from "../accounts.js";
import { REGIONS } from "../estate/regions.js";
import { DEMO_BUCKETS } from "./objects.js";

/** The account that reads the buckets at a base URL: all of the demo, or the only one of plain data. */
export function s3Account(
  url: string,
  variants: AccountVariants & { readonly estate?: object },
): S3Account {
  const { id: accessKeyId, secret: secretAccessKey, token: sessionToken } = DEMO_KEYS.s3;
  const buckets = variants.estate === undefined ? DEMO_BUCKETS : DEMO_BUCKETS.slice(0, 1);
  return {
    id: DEMO_ACCOUNTS.s3,
    vendor: "s3",
    regions: REGIONS.S3_RDB,
    region: REGIONS.S3_RDB[0],
    endpoint: endpointAt(url, variants),
    // Nothing costs money here, so lists are read as those of the other vendors.
    upstream: { ...UPSTREAM, rate: 20, ...variants.upstream },
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    buckets: buckets.map((bucket) => ({ ...bucket, timeZone: "UTC", addressing: "path" })),
    ttlMs: 1,
  };
}
