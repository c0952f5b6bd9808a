import type {
  AlibabaAccount,
  AwsAccount,
  S3Account,
  TencentAccount,
  UCloudAccount,
  UpstreamSettings,
} from "../../src/domain/account.js";

const upstream: UpstreamSettings = {
  timeoutMs: 10_000,
  deadlineMs: 25_000,
  concurrency: 16,
  rate: null,
  retries: 2,
  maxResponseBytes: 8_388_608,
  trustTotals: true,
};

const common = { regions: null, endpoint: null, upstream };

/** Secrets of these accounts; no request may hold one. */
export const SECRETS = [
  "ucloud-private-canary",
  "tencent-secret-canary",
  "alibaba-secret-canary",
  "aws-secret-canary",
  "s3-secret-canary",
];

export const ucloudAccount: UCloudAccount = {
  ...common,
  id: "ops-ucloud",
  vendor: "ucloud",
  credentials: { publicKey: "public@example.com1", privateKey: "ucloud-private-canary" },
  projectId: "org-abc",
  products: ["uredis", "umem"],
};

export const tencentAccount: TencentAccount = {
  ...common,
  id: "ops-tencent",
  vendor: "tencent",
  api: "3.0",
  signatureMethod: "HmacSHA256",
  credentials: { secretId: "AKIDexample", secretKey: "tencent-secret-canary", token: null },
  timeZone: "Asia/Shanghai",
};

export const alibabaAccount: AlibabaAccount = {
  ...common,
  id: "ops-alibaba",
  vendor: "alibaba",
  signature: "v3",
  credentials: {
    accessKeyId: "LTAIexample",
    accessKeySecret: "alibaba-secret-canary",
    securityToken: null,
  },
  lookbackMs: null,
};

export const awsAccount: AwsAccount = {
  ...common,
  id: "ops-aws",
  vendor: "aws",
  credentials: {
    accessKeyId: "AKIAexample",
    secretAccessKey: "aws-secret-canary",
    sessionToken: null,
  },
  products: ["elasticache", "elasticache-serverless", "memorydb"],
  regions: ["eu-west-1"],
  endpoints: { elasticache: null, memorydb: null },
};

export const s3Account: S3Account = {
  ...common,
  id: "rdb-archive",
  vendor: "s3",
  credentials: {
    accessKeyId: "AKIDs3example",
    secretAccessKey: "s3-secret-canary",
    sessionToken: null,
  },
  regions: ["eu-west-1"],
  region: "eu-west-1",
  buckets: [
    {
      name: "redis-dumps",
      key: "prod/{instance}/{startedAt:yyyyMMdd'T'HHmmss'Z'}-{shard}.rdb",
      shards: 3,
      timeZone: "UTC",
      addressing: "path",
    },
  ],
  ttlMs: null,
};
