import type {
  Account,
  AlibabaAccount,
  AwsAccount,
  TencentAccount,
  UCloudAccount,
  UpstreamSettings,
} from "../domain/account.js";
import { REGIONS } from "./estate/regions.js";
import type { AccessKey } from "./verify/request.js";
import type { CloudVendor } from "./vendorCloud.js";

/** The keys that the embedded clouds accept. They work nowhere else. */
export const DEMO_KEYS: Readonly<Record<CloudVendor, AccessKey>> = {
  ucloud: { id: "demo-ucloud-public-key", secret: "demo-ucloud-private-key", token: null },
  tencent: { id: "AKIDdemoTencentSecretId", secret: "demo-tencent-secret-key", token: null },
  alibaba: { id: "LTAIdemoAlibabaKeyId", secret: "demo-alibaba-key-secret", token: null },
  aws: { id: "AKIDdemoAwsKeyId", secret: "demo-aws-secret-access-key", token: null },
  s3: { id: "AKIDdemoS3KeyId", secret: "demo-s3-secret-access-key", token: null },
};

/** Ids of the accounts that read the embedded clouds. */
export const DEMO_ACCOUNTS: Readonly<Record<CloudVendor, string>> = {
  ucloud: "demo-ucloud",
  tencent: "demo-tencent",
  alibaba: "demo-alibaba",
  aws: "demo-aws",
  s3: "demo-s3",
};

/** An account whose vendor has an embedded cloud. */
export type CloudAccount = Extract<Account, { readonly vendor: CloudVendor }>;

/** Variants of the accounts. They do not change the data. */
export interface AccountVariants {
  readonly tencentApi?: "3.0" | "2.0";
  /** Used by API 2.0 only. */
  readonly signatureMethod?: "HmacSHA256" | "HmacSHA1";
  readonly alibabaSignature?: "v3" | "v1";
  /** Uses the name `localhost` for every origin, like a white-label host with its own name. */
  readonly whiteLabel?: boolean;
  readonly upstream?: Partial<UpstreamSettings>;
}

/** The limits of calls to the embedded clouds. */
export const UPSTREAM: UpstreamSettings = {
  timeoutMs: 10_000,
  deadlineMs: 25_000,
  concurrency: 16,
  rate: null,
  retries: 2,
  maxResponseBytes: 8_388_608,
  trustTotals: true,
};

/** The accounts that read the origins at these base URLs. */
export function accountsOf(
  urls: Readonly<Record<CloudVendor, string>>,
  variants: AccountVariants,
): readonly CloudAccount[] {
  const baseOf = (vendor: CloudVendor): AccountBase => ({
    id: DEMO_ACCOUNTS[vendor],
    regions: null,
    endpoint: endpointAt(urls[vendor], variants),
    upstream: { ...UPSTREAM, ...variants.upstream },
  });
  return [
    ucloudAccount(baseOf("ucloud")),
    // The vendor's Redis API lists no regions.
    tencentAccount({ ...baseOf("tencent"), regions: REGIONS.TENCENT_REDIS }, variants),
    alibabaAccount(baseOf("alibaba"), variants),
    // Nor do those of AWS.
    awsAccount({ ...baseOf("aws"), regions: REGIONS.AWS_ELASTICACHE }),
  ];
}

/** The endpoint of an account at a base URL. */
export const endpointAt = (url: string, { whiteLabel }: AccountVariants): string =>
  whiteLabel ? url.replace("//127.0.0.1:", "//localhost:") : url;

/**
 * The same account over the embedded clouds, whose accounts are given: with their endpoints, credentials
 * and buckets.
 *
 * @throws {RangeError} if its vendor has no embedded cloud.
 */
export function overClouds(account: Account, clouds: readonly CloudAccount[]): Account {
  const { id, vendor, regions, upstream } = account;
  const base = clouds.find((cloud) => cloud.vendor === vendor);
  if (base === undefined)
    throw new RangeError(`There is no embedded cloud of ${vendor}, which account ${id} reads.`);
  const kept = ["products", "api", "signatureMethod", "signature", "lookbackMs"]
    .filter((key) => key in account)
    .map((key): [string, unknown] => [key, account[key as never]]);
  const known = Object.entries(REGIONS).flatMap(([product, own]) =>
    product.startsWith(`${vendor.toUpperCase()}_`) ? own : [],
  );
  const own = regions?.filter((region) => known.includes(region)) ?? [];
  const every = regions === null ? base.regions : [...new Set(known)];
  return {
    ...base,
    ...Object.fromEntries(kept),
    id,
    upstream,
    regions: own.length > 0 && vendor !== "s3" ? own : every,
  } as Account;
}

type AccountBase = Pick<Account, "id" | "regions" | "endpoint" | "upstream">;

const ucloudAccount = (base: AccountBase): UCloudAccount => ({
  ...base,
  vendor: "ucloud",
  credentials: { publicKey: DEMO_KEYS.ucloud.id, privateKey: DEMO_KEYS.ucloud.secret },
  projectId: null,
  products: ["uredis", "umem"],
});

function tencentAccount(base: AccountBase, variants: AccountVariants): TencentAccount {
  const { id: secretId, secret: secretKey, token } = DEMO_KEYS.tencent;
  return {
    ...base,
    vendor: "tencent",
    api: variants.tencentApi ?? "3.0",
    signatureMethod: variants.signatureMethod ?? "HmacSHA256",
    credentials: { secretId, secretKey, token },
    timeZone: "Asia/Shanghai",
  };
}

function alibabaAccount(base: AccountBase, variants: AccountVariants): AlibabaAccount {
  const { id: accessKeyId, secret: accessKeySecret, token: securityToken } = DEMO_KEYS.alibaba;
  return {
    ...base,
    vendor: "alibaba",
    signature: variants.alibabaSignature ?? "v3",
    credentials: { accessKeyId, accessKeySecret, securityToken },
    lookbackMs: null,
  };
}

function awsAccount(base: AccountBase): AwsAccount {
  const { id: accessKeyId, secret: secretAccessKey, token: sessionToken } = DEMO_KEYS.aws;
  return {
    ...base,
    vendor: "aws",
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    products: ["elasticache", "elasticache-serverless", "memorydb"],
    endpoints: { elasticache: null, memorydb: null },
  };
}
