/** The config of the contract: every section, every vendor, every way of writing a key. */
export const EXAMPLE = `
server:
  host: 127.0.0.1
  port: 4000
  graphiql: true
  cursorKey: "\${CURSOR_KEY:-}"
  corsOrigins: []
  introspection: true
  trustProxy: false
  metrics: { host: 127.0.0.1, port: 9464 }
  execution: compiled
  logLevel: info
federation: { enabled: true, secretSha256: "" }
auth:
  mode: none
  apiKeys:
    - name: dashboards
      sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      scopes: [backups:read]
      accounts: [ops-ucloud]
  jwt: { issuer: https://id.example.com/, audience: backups, jwksUri: https://id.example.com/keys, algorithms: [RS256], scopesClaim: scope, accountsClaim: backup_accounts }
accounts:
  - id: ops-ucloud
    vendor: ucloud
    credentials: { publicKey: "\${UCLOUD_PUBLIC_KEY}", privateKey: "\${UCLOUD_PRIVATE_KEY}" }
    projectId: org-xxxx
    products: [uredis, umem]
    regions: [cn-bj2]
    endpoint: https://api.ucloud.cn
  - id: ops-tencent
    vendor: tencent
    api: "3.0"
    credentials: { secretId: "\${TENCENT_SECRET_ID}", secretKey: "\${TENCENT_SECRET_KEY}", token: "\${TENCENT_TOKEN:-}" }
    regions: [ap-guangzhou]
    timeZone: Asia/Shanghai
    endpoint: https://redis.tencentcloudapi.com
  - id: ops-alibaba
    vendor: alibaba
    signature: v3
    credentials: { accessKeyId: "\${ALIBABA_ACCESS_KEY_ID}", accessKeySecret: "\${ALIBABA_ACCESS_KEY_SECRET}", securityToken: "\${ALIBABA_TOKEN:-}" }
    regions: [cn-hangzhou]
    lookback: P730D
    endpoint: http://127.0.0.1:9001
  - id: ops-aws
    vendor: aws
    credentials: { accessKeyId: "\${AWS_ACCESS_KEY_ID}", secretAccessKey: "\${AWS_SECRET_ACCESS_KEY}", sessionToken: "\${AWS_SESSION_TOKEN:-}" }
    products: [elasticache, elasticache-serverless, memorydb]
    regions: [eu-west-1]
    endpoint: http://127.0.0.1:9011
  - id: rdb-archive
    vendor: s3
    credentials: { accessKeyId: "\${S3_KEY}", secretAccessKey: "\${S3_SECRET}", sessionToken: "" }
    region: eu-west-1
    endpoint: https://s3.eu-west-1.amazonaws.com
    buckets:
      - name: redis-dumps
        key: "prod/{instance}/{startedAt:yyyyMMdd'T'HHmmss'Z'}-{shard}.rdb"
        shards: 3
        timeZone: UTC
        addressing: path
upstream:
  timeout: PT10S
  deadline: PT25S
  concurrency: 16
  rate: 20
  retries: 2
  maxResponseBytes: 8388608
  trustTotals: true
cache:
  ttl: PT30S
  staleIfError: PT10M
  refresh: { share: 0.5 }
  url: redis://127.0.0.1:6379
limits: { first: 200, depth: 15, aliases: 30, rootFields: 20, directives: 10, tokens: 2000, cost: 10000, vendorCalls: 2000, entities: 1000, bodyBytes: 262144, scanRows: 20000, requestsPerMinute: 0, maxEventLoopDelay: PT1S }
`;

/** An environment in which the example is right. */
export const EXAMPLE_ENV = {
  CURSOR_KEY: Buffer.alloc(32, 7).toString("base64"),
  UCLOUD_PUBLIC_KEY: "u-public",
  UCLOUD_PRIVATE_KEY: "u-private",
  TENCENT_SECRET_ID: "t-id",
  TENCENT_SECRET_KEY: "t-key",
  ALIBABA_ACCESS_KEY_ID: "a-id",
  ALIBABA_ACCESS_KEY_SECRET: "a-secret",
  S3_KEY: "s-id",
  S3_SECRET: "s-secret",
  AWS_ACCESS_KEY_ID: "w-id",
  AWS_SECRET_ACCESS_KEY: "w-secret",
};

/** The least that a config must hold. */
export const LEAST = `
accounts:
  - { id: ops, vendor: ucloud, credentials: { publicKey: public, privateKey: private } }
`;
