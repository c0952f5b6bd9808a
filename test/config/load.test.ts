import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError } from "../../src/config/fault.js";
import { loadConfig } from "../../src/config/load.js";
import { authority } from "../http/certificates.js";
import { EXAMPLE, EXAMPLE_ENV, LEAST } from "./example.js";

const folder = mkdtempSync(join(tmpdir(), "config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const load = (text: string, env: Record<string, string> = {}) => loadConfig({ text, env });

/** The faults of a wrong config, one a line as they are printed. */
function faultsOf(text: string, env: Record<string, string> = {}): string[] {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.faults.map(({ path, message }) => `${path}: ${message}`);
    }
    throw error;
  }
  return [];
}

const ACCOUNTS = LEAST;
const account = (rest: string): string => `accounts:\n  - { ${rest} }\n`;
const ucloud = (rest: string): string =>
  account(`id: a, vendor: ucloud, credentials: { publicKey: p, privateKey: q }, ${rest}`);
const tencent = (rest: string): string =>
  account(
    `id: a, vendor: tencent, credentials: { secretId: i, secretKey: k }, regions: [gz], ${rest}`,
  );
const aws = (rest: string): string =>
  account(
    `id: a, vendor: aws, credentials: { accessKeyId: i, secretAccessKey: k }, regions: [eu-west-1], ${rest}`,
  );
const s3 = (buckets: string, rest = ""): string =>
  account(
    `id: a, vendor: s3, credentials: { accessKeyId: i, secretAccessKey: k }, region: eu-west-1, buckets: [${buckets}] ${rest}`,
  );
const alibaba = (rest: string): string =>
  account(`id: a, vendor: alibaba, credentials: { accessKeyId: i, accessKeySecret: k }, ${rest}`);

describe("a right file", () => {
  test("of the contract loads, with every value in its place", () => {
    const config = load(EXAMPLE, EXAMPLE_ENV);
    expect(config).toMatchObject({
      server: {
        host: "127.0.0.1",
        port: 4000,
        graphiql: true,
        introspection: true,
        metrics: { host: "127.0.0.1", port: 9464 },
      },
      federation: { enabled: true, secretSha256: null },
      auth: { mode: "none" },
      cache: {
        ttlMs: 30_000,
        staleIfErrorMs: 600_000,
        refresh: { share: 0.5 },
        url: "redis://127.0.0.1:6379",
      },
      limits: { first: 200, requestsPerMinute: 0, maxEventLoopDelayMs: 1000 },
    });
    expect(config.server.cursorKeys).toEqual([new Uint8Array(32).fill(7)]);
    const upstream = {
      timeoutMs: 10_000,
      deadlineMs: 25_000,
      concurrency: 16,
      rate: 20,
      retries: 2,
      maxResponseBytes: 8_388_608,
      trustTotals: true,
    };
    expect(config.upstream).toEqual(upstream);
    expect(config.accounts).toEqual([
      {
        id: "ops-ucloud",
        vendor: "ucloud",
        credentials: { publicKey: "u-public", privateKey: "u-private" },
        projectId: "org-xxxx",
        products: ["uredis", "umem"],
        regions: ["cn-bj2"],
        endpoint: "https://api.ucloud.cn",
        upstream,
      },
      {
        id: "ops-tencent",
        vendor: "tencent",
        api: "3.0",
        signatureMethod: "HmacSHA256",
        credentials: { secretId: "t-id", secretKey: "t-key", token: null },
        regions: ["ap-guangzhou"],
        timeZone: "Asia/Shanghai",
        endpoint: "https://redis.tencentcloudapi.com",
        upstream,
      },
      {
        id: "ops-alibaba",
        vendor: "alibaba",
        signature: "v3",
        credentials: { accessKeyId: "a-id", accessKeySecret: "a-secret", securityToken: null },
        regions: ["cn-hangzhou"],
        lookbackMs: 730 * 86_400_000,
        endpoint: "http://127.0.0.1:9001",
        upstream,
      },
      {
        id: "ops-aws",
        vendor: "aws",
        credentials: { accessKeyId: "w-id", secretAccessKey: "w-secret", sessionToken: null },
        products: ["elasticache", "elasticache-serverless", "memorydb"],
        regions: ["eu-west-1"],
        endpoint: "http://127.0.0.1:9011",
        endpoints: { elasticache: null, memorydb: null },
        upstream,
      },
      {
        id: "rdb-archive",
        vendor: "s3",
        credentials: { accessKeyId: "s-id", secretAccessKey: "s-secret", sessionToken: null },
        regions: ["eu-west-1"],
        region: "eu-west-1",
        endpoint: "https://s3.eu-west-1.amazonaws.com",
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
        upstream,
      },
    ]);
  });

  test("of an S3 account takes the rest of a bucket from the defaults", () => {
    const buckets = 'name: dumps, key: "a/{instance}.rdb"';
    const [found] = load(s3(`{ ${buckets} }`, ", ttl: PT1M")).accounts;
    expect(found).toMatchObject({
      buckets: [{ shards: null, timeZone: "UTC", addressing: "path" }],
      ttlMs: 60_000,
      endpoint: null,
    });
  });

  test("of an AWS account may name hosts of single services", () => {
    const [found] = load(aws('endpoints: { memorydb: "https://vpce-1.example" }')).accounts;
    expect(found).toMatchObject({
      products: ["elasticache", "elasticache-serverless", "memorydb"],
      endpoint: null,
      endpoints: { elasticache: null, memorydb: "https://vpce-1.example" },
    });
  });

  test.each([
    ["{}", null, []],
    ["{ tags: [env, Cost-Centre] }", null, ["env", "Cost-Centre"]],
    ["{ port: 0 }", { host: "127.0.0.1", port: 0 }, []],
    ['{ host: "::1", tags: [env] }', { host: "::1", port: 9464 }, ["env"]],
  ])("with server.metrics %s has the listener %j and the tags %j", (text, metrics, metricsTags) => {
    const { server } = load(`${LEAST}\nserver: { metrics: ${text} }\n`);
    expect(server).toMatchObject({ metrics, metricsTags });
  });

  test("of one account takes every other value from the defaults", () => {
    expect(load(LEAST)).toEqual({
      server: {
        host: "127.0.0.1",
        port: 4000,
        hosts: [],
        graphiql: true,
        page: true,
        introspection: true,
        cursorKeys: [],
        corsOrigins: [],
        trustProxy: false,
        metrics: null,
        metricsTags: [],
        execution: "compiled",
        compression: false,
        logLevel: "info",
      },
      federation: { enabled: true, secretSha256: null },
      auth: { mode: "none" },
      accounts: [
        {
          id: "ops",
          vendor: "ucloud",
          credentials: { publicKey: "public", privateKey: "private" },
          projectId: null,
          products: ["uredis", "umem"],
          regions: null,
          endpoint: null,
          upstream: DEFAULT_UPSTREAM,
        },
      ],
      policies: [DEFAULT_POLICY],
      upstream: DEFAULT_UPSTREAM,
      cache: { ttlMs: 30_000, staleIfErrorMs: 600_000, refresh: { share: 0.5 }, url: null },
      limits: {
        first: 200,
        depth: 15,
        aliases: 30,
        rootFields: 20,
        directives: 10,
        tokens: 2000,
        cost: 10_000,
        vendorCalls: 2000,
        entities: 1000,
        bodyBytes: 262_144,
        scanRows: 20_000,
        requestsPerMinute: 600,
        maxEventLoopDelayMs: 1000,
      },
    });
  });

  test("may be JSON, indented by tabs", () => {
    const credentials = { accessKeyId: "i", accessKeySecret: "k" };
    const text = JSON.stringify({ accounts: [{ id: "a", vendor: "alibaba", credentials }] });
    const [only] = load(JSON.stringify(JSON.parse(text), null, "\t")).accounts;
    expect(only).toMatchObject({ id: "a", signature: "v3", lookbackMs: null, regions: null });
  });

  test("is read from disk by its name", () => {
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, LEAST);
    expect(loadConfig({ file, env: {} }).accounts[0]?.id).toBe("ops");
  });
});

const DEFAULT_UPSTREAM = {
  timeoutMs: 10_000,
  deadlineMs: 25_000,
  concurrency: 16,
  rate: null,
  retries: 2,
  maxResponseBytes: 8_388_608,
  trustTotals: true,
};

describe("what depends on something else", () => {
  const key = `auth: { mode: apiKey, apiKeys: [{ name: k, sha256: ${"AB".repeat(32)}, scopes: [backups:read] }] }\n`;

  test("schema, GraphiQL and page are shown unless auth is on in production", () => {
    const shown = (text: string, env: Record<string, string>) => {
      const { introspection, graphiql, page } = load(ACCOUNTS + text, env).server;
      return [introspection, graphiql, page];
    };
    const production = { NODE_ENV: "production" };
    expect(shown("", production)).toEqual([true, true, true]);
    expect(shown(key, {})).toEqual([true, true, true]);
    expect(shown(key, production)).toEqual([false, false, false]);
    const asked = "server: { introspection: true, graphiql: true, page: true }\n";
    expect(shown(key + asked, production)).toEqual([true, true, true]);
  });

  test("with auth on there is no federation without a secret", () => {
    const hex = "c".repeat(64);
    expect(load(ACCOUNTS + key).federation.enabled).toBe(false);
    expect(load(`${ACCOUNTS}${key}federation: { secretSha256: ${hex} }`).federation).toEqual({
      enabled: true,
      secretSha256: hex,
    });
  });

  test("a cache that keeps nothing serves nothing stale", () => {
    expect(load(`${ACCOUNTS}cache: { ttl: PT0S }`).cache.staleIfErrorMs).toBe(0);
  });

  test("an API key's hash is lower-cased, and sees every account unless it names some", () => {
    expect(load(ACCOUNTS + key).auth).toEqual({
      mode: "apiKey",
      apiKeys: [{ name: "k", sha256: "ab".repeat(32), scopes: ["backups:read"], accounts: null }],
    });
  });

  test("mode jwt takes defaults for algorithms and claims", () => {
    const jwt =
      "{ issuer: https://id.example.com/, audience: b, jwksUri: https://id.example.com/k }";
    expect(load(`${ACCOUNTS}auth: { mode: jwt, jwt: ${jwt} }`).auth).toEqual({
      mode: "jwt",
      jwt: {
        issuer: "https://id.example.com/",
        audience: "b",
        jwksUri: "https://id.example.com/k",
        algorithms: ["RS256"],
        scopesClaim: "scope",
        accountsClaim: "backup_accounts",
      },
    });
  });

  test("an account's own limits override the common ones, directly or under upstream", () => {
    const text = `${ucloud("timeout: PT3S, upstream: { rate: 2.5, retries: 0 }")}upstream: { rate: 50, concurrency: 4 }`;
    const config = load(text);
    expect(config.accounts[0]?.upstream).toEqual({
      ...DEFAULT_UPSTREAM,
      timeoutMs: 3000,
      rate: 2.5,
      retries: 0,
      concurrency: 4,
    });
    expect(config.upstream).toEqual({ ...DEFAULT_UPSTREAM, rate: 50, concurrency: 4 });
  });
});

describe("the environment", () => {
  test("an unset variable is a fault that names it, where it stands", () => {
    const entries = Object.entries(EXAMPLE_ENV).filter(([name]) => name !== "TENCENT_SECRET_ID");
    expect(faultsOf(EXAMPLE, Object.fromEntries(entries))).toEqual([
      "accounts[1].credentials.secretId: environment variable TENCENT_SECRET_ID is not set",
    ]);
  });

  test("gives numbers and booleans where such are wanted", () => {
    const text = `${ACCOUNTS}server: { port: "\${P}", trustProxy: "\${T}" }\ncache: { refresh: { share: "\${S:-0.25}" } }`;
    const config = load(text, { P: "8080", T: "true" });
    expect(config.server).toMatchObject({ port: 8080, trustProxy: true });
    expect(config.cache.refresh.share).toBe(0.25);
  });

  test("is no way around a type, nor does a literal text pass for a number", () => {
    expect(
      faultsOf(`${ACCOUNTS}server: { port: "\${P}", trustProxy: "\${T}" }`, { P: "80a", T: "yes" }),
    ).toEqual([
      "server.port: must be a whole number from 0 to 65535, but got text of 3 characters from environment variable P",
      "server.trustProxy: must be true or false, but got text of 3 characters from environment variable T",
    ]);
    expect(faultsOf(`${ACCOUNTS}server: { port: "80" }`)).toEqual([
      'server.port: must be a whole number from 0 to 65535, but got "80"',
    ]);
  });

  test("GATEWAY_HOST and PORT override the file, also where the file is wrong", () => {
    const env = { GATEWAY_HOST: "::1", PORT: "0" };
    expect(load(ACCOUNTS, env).server).toMatchObject({ host: "::1", port: 0 });
    const file = `${ACCOUNTS}server: { host: "\${UNSET}", port: nine, logLevel: warn }`;
    expect(load(file, env).server).toMatchObject({ host: "::1", port: 0, logLevel: "warn" });
  });

  test("is the same host in upper case", () => {
    expect(load(ACCOUNTS, { GATEWAY_HOST: "LocalHost" }).server.host).toBe("localhost");
  });

  test("GATEWAY_HOST and PORT change nothing while they are empty", () => {
    expect(load(ACCOUNTS, { GATEWAY_HOST: "", PORT: "" }).server).toMatchObject({
      host: "127.0.0.1",
      port: 4000,
    });
  });

  test("GATEWAY_HOST and PORT are checked like the file's own", () => {
    expect(faultsOf(ACCOUNTS, { GATEWAY_HOST: "0.0.0.0", PORT: "99999" })).toEqual([
      "server.host: must be 127.0.0.1, ::1 or localhost while auth.mode is none, but got text of 7 characters from environment variable GATEWAY_HOST",
      "server.port: must be a whole number from 0 to 65535, but got a number from environment variable PORT",
    ]);
  });
});

const DURATION_10M = "must be an ISO 8601 duration from PT0.1S to PT10M, such as PT10S or P7D";
const ORIGIN =
  "must be an https URL without path, query or credentials (http is allowed for loopback hosts)";
const SHARED_KEY = "32 bytes in base64";
const key32 = Buffer.alloc(32, 1).toString("base64");

const BROWSER_ORIGIN = "must be an origin, such as https://app.example.com";

/** Wrong files and their faults. */
const WRONG: readonly { what: string; text: string; faults: readonly string[] }[] = [
  {
    what: "an empty file",
    text: "# nothing yet\n",
    faults: ["the file: must be a map, but got an empty value"],
  },
  { what: "a list", text: "- a\n- b\n", faults: ["the file: must be a map, but got a list of 2"] },
  {
    what: "no accounts",
    text: "server: {}\n",
    faults: ["accounts: missing; must be a list of at least one account"],
  },
  {
    what: "an empty list of accounts",
    text: "accounts: []\n",
    faults: ["accounts: must be a list of at least one account, but got a list of 0"],
  },
  {
    what: "unknown keys, near ones and far ones",
    text: `${ACCOUNTS}sever: {}\nserver: { Port: 1, whatever: 2 }\n`,
    faults: [
      "server.Port: unknown key; did you mean port?",
      "server.whatever: unknown key; known keys: host, port, hosts, graphiql, page, introspection, cursorKey, corsOrigins, trustProxy, metrics, execution, compression, logLevel",
      "sever: unknown key; did you mean server?",
    ],
  },
  {
    what: "a section that is empty or no map",
    text: `${ACCOUNTS}server:\ncache: 30s\n`,
    faults: [
      "cache: must be a map, but got text of 3 characters",
      "server: must be a map, but got an empty value",
    ],
  },
  {
    what: "an AWS account that names no region, an unknown product, and hosts twice",
    text: account(
      "id: a, vendor: aws, credentials: { accessKeyId: i, secretAccesKey: k }, products: [redis], endpoint: https://a.example, endpoints: { memorydb: http://b.example }",
    ),
    faults: [
      "accounts[0].credentials.secretAccesKey: unknown key; did you mean secretAccessKey?",
      "accounts[0].credentials.secretAccessKey: missing; must be text without spaces",
      "accounts[0].endpoints: must be left out, because accounts[0].endpoint is set",
      'accounts[0].endpoints.memorydb: must be an https URL without path, query or credentials (http is allowed for loopback hosts), but got "http://b.example"',
      'accounts[0].products[0]: must be one of elasticache, elasticache-serverless, memorydb, but got "redis"',
      "accounts[0].regions: missing; must be a list of at least one region id",
    ],
  },
  {
    what: "an S3 account without buckets, and buckets whose values are wrong",
    text: `${s3("")}${s3("{ name: d, key: '', shards: 0, timeZone: Mars, addressing: host }", ", regions: [eu-west-1]").replace("accounts:\n", "")}`,
    faults: [
      "accounts[0].buckets: must be a list of at least one bucket, but got a list of 0",
      'accounts[1].buckets[0].addressing: must be one of path, virtual, but got "host"',
      'accounts[1].buckets[0].key: must be a template of 1 to 1024 characters, but got ""',
      'accounts[1].buckets[0].name: must be a bucket\'s name of 2 to 63 letters, digits, dots, hyphens and underscores, but got "d"',
      "accounts[1].buckets[0].shards: must be a whole number from 1 to 10000, but got 0",
      'accounts[1].buckets[0].timeZone: must be an IANA time zone, such as Asia/Shanghai, but got "Mars"',
      "accounts[1].regions: unknown key; did you mean region?",
      "accounts[1].id: must be unique; accounts[0] has the same id",
    ].sort((a, b) => a.localeCompare(b, "en", { numeric: true })),
  },
  {
    what: "S3 buckets whose templates are wrong, or do not fit",
    text: s3(
      [
        "{ name: dumps, key: 'a/{instance}-{shard}.rdb', shards: 2 }",
        "{ name: dumps, key: 'b/{instance}/{host}' }",
        "{ name: dumps, key: 'c/{instance}/x', shards: 2 }",
        "{ name: dumps, key: 'c/d/{instance}', addressing: virtual }",
        "{ name: Dumps, key: '{instance}', addressing: virtual }",
        "{ name: dumps, key: 'e/{instance}' }",
      ].join(", "),
      ", endpoint: http://127.0.0.1:9000",
    ),
    faults: [
      'accounts[0].buckets[0].key: matches a key in two ways: in "a/a-b-c.rdb", {instance} is "a" and {shard} is "b-c", or {instance} is "a-b" and {shard} is "c". Each segment may have only one of {instance}, {shard} and *',
      "accounts[0].buckets[1].key: has an unknown placeholder {host}; known are {instance}, {shard} and {startedAt:…}",
      "accounts[0].buckets[2].shards: must be left out, because the key has no {shard}",
      "accounts[0].buckets[3].addressing: must be path, because the endpoint is an IP address",
      "accounts[0].buckets[3].key: must begin with another text before its first placeholder than accounts[0].buckets[2].key, because the bucket is the same",
      "accounts[0].buckets[4].addressing: must be path, because the endpoint is an IP address",
    ],
  },
  {
    what: "a bucket whose name cannot be in a host",
    text: s3("{ name: Dumps_1, key: '{instance}', addressing: virtual }"),
    faults: [
      "accounts[0].buckets[0].addressing: must be path, because the name is not that of a host",
    ],
  },
  {
    what: "an account without a vendor, of an unknown vendor, and no account at all",
    text: "accounts:\n  - id: a\n  - { id: b, vendor: acme }\n  - c\n",
    faults: [
      "accounts[0].vendor: missing; must be one of ucloud, tencent, alibaba, aws, s3",
      'accounts[1].vendor: must be one of ucloud, tencent, alibaba, aws, s3, but got "acme"',
      "accounts[2]: must be a map, but got text of 1 character",
    ],
  },
  {
    what: "an id with other characters",
    text: account("id: Ops_1, vendor: ucloud, credentials: { publicKey: p, privateKey: q }"),
    faults: ['accounts[0].id: must be 1 to 32 characters of a-z, 0-9 and -, but got "Ops_1"'],
  },
  {
    what: "an id that is too long",
    text: account(
      `id: ${"x".repeat(33)}, vendor: ucloud, credentials: { publicKey: p, privateKey: q }`,
    ),
    faults: [
      `accounts[0].id: must be 1 to 32 characters of a-z, 0-9 and -, but got "${"x".repeat(33)}"`,
    ],
  },
  {
    what: "two accounts of one id",
    text: `${ACCOUNTS}  - { id: ops, vendor: ucloud, credentials: { publicKey: p, privateKey: q } }\n`,
    faults: ["accounts[1].id: must be unique; accounts[0] has the same id"],
  },
  {
    what: "credentials of another vendor",
    text: account("id: a, vendor: alibaba, credentials: { secretId: i, secretKey: k }"),
    faults: [
      "accounts[0].credentials.accessKeyId: missing; must be text without spaces",
      "accounts[0].credentials.accessKeySecret: missing; must be text without spaces",
      "accounts[0].credentials.secretId: unknown key; known keys: accessKeyId, accessKeySecret, securityToken",
      "accounts[0].credentials.secretKey: unknown key; known keys: accessKeyId, accessKeySecret, securityToken",
    ],
  },
  {
    what: "credentials of a wrong type or with a line end",
    text: account('id: a, vendor: ucloud, credentials: { publicKey: 12345, privateKey: "abc\\n" }'),
    faults: [
      "accounts[0].credentials.privateKey: must be text without spaces, but got text of 4 characters",
      "accounts[0].credentials.publicKey: must be text without spaces, but got a number",
    ],
  },
  {
    what: "a Tencent account without regions",
    text: account("id: a, vendor: tencent, credentials: { secretId: i, secretKey: k }"),
    faults: ["accounts[0].regions: missing; must be a list of at least one region id"],
  },
  {
    what: "an API version without quotes",
    text: tencent("api: 2.0"),
    faults: ['accounts[0].api: must be "3.0" or "2.0", with quotes, but got 2'],
  },
  {
    what: "a signature method for API 3.0",
    text: tencent("signatureMethod: HmacSHA1"),
    faults: ['accounts[0].signatureMethod: must be left out unless api is "2.0"'],
  },
  {
    what: "a zone that is none",
    text: tencent("timeZone: Asia/Nowhere"),
    faults: [
      'accounts[0].timeZone: must be an IANA time zone, such as Asia/Shanghai, but got "Asia/Nowhere"',
    ],
  },
  {
    what: "products of another vendor, and twice",
    text: `${ucloud("products: [uredis, redis]")}  - { id: b, vendor: ucloud, credentials: { publicKey: p, privateKey: q }, products: [umem, umem] }`,
    faults: [
      'accounts[0].products[1]: must be one of uredis, umem, but got "redis"',
      "accounts[1].products: must be a list of uredis, umem or both without duplicates, but got a list of 2",
    ],
  },
  {
    what: "regions that could not be a part of a host name",
    text: alibaba('regions: ["cn-hangzhou.evil.example/", CN]'),
    faults: [
      `accounts[0].regions[0]: must be a region's id, such as cn-hangzhou, but got "cn-hangzhou.evil.example/"`,
      `accounts[0].regions[1]: must be a region's id, such as cn-hangzhou, but got "CN"`,
    ],
  },
  ...[
    { endpoint: "redis.example.com", came: '"redis.example.com"' },
    { endpoint: "ftp://redis.example.com", came: '"ftp://redis.example.com"' },
    { endpoint: "http://redis.example.com", came: '"http://redis.example.com"' },
    { endpoint: "http://api.service.ucloud.cn", came: '"http://api.service.ucloud.cn"' },
    { endpoint: "https://h.example/v2", came: '"https://h.example/v2"' },
    { endpoint: "https://h.example/?a=b", came: "text of 22 characters" },
    { endpoint: "https://user:word@h.example", came: "text of 27 characters" },
  ].map(({ endpoint, came }) => ({
    what: `the endpoint ${endpoint}`,
    text: alibaba(`endpoint: "${endpoint}"`),
    faults: [`accounts[0].endpoint: ${ORIGIN}, but got ${came}`],
  })),
  {
    what: "durations that are none, have no fixed length, or pass a bound",
    text: `${alibaba("lookback: P2Y, timeout: 10s")}upstream: { timeout: PT11M, deadline: 25 }\ncache: { ttl: PT }\n`,
    faults: [
      'accounts[0].lookback: must be an ISO 8601 duration from PT1H to P36500D, such as PT10S or P7D, but got "P2Y"',
      `accounts[0].timeout: ${DURATION_10M}, but got "10s"`,
      'cache.ttl: must be an ISO 8601 duration from PT0S to P7D, such as PT10S or P7D, but got "PT"',
      "upstream.deadline: must be an ISO 8601 duration from PT0.1S to PT1H, such as PT10S or P7D, but got 25",
      `upstream.timeout: ${DURATION_10M}, but got "PT11M"`,
    ],
  },
  {
    what: "a limit given twice",
    text: ucloud("rate: 5, upstream: { rate: 6 }"),
    faults: ["accounts[0].rate: must be set only once; accounts[0].upstream has it too"],
  },
  {
    what: "limits that are not positive",
    text: `${ACCOUNTS}limits: { first: 0, depth: -1, cost: 1.5, requestsPerMinute: -1 }\nupstream: { rate: 0, concurrency: 0, retries: -1 }\n`,
    faults: [
      "limits.cost: must be a whole number of at least 1, but got 1.5",
      "limits.depth: must be a whole number of at least 1, but got -1",
      "limits.first: must be a whole number of at least 1, but got 0",
      "limits.requestsPerMinute: must be a whole number of at least 0, but got -1",
      "upstream.concurrency: must be a whole number from 1 to 1000, but got 0",
      "upstream.rate: must be a number above 0 and at most 10000, but got 0",
      "upstream.retries: must be a whole number from 0 to 10, but got -1",
    ],
  },
  {
    what: "a host that all may reach, without auth",
    text: `${ACCOUNTS}server: { host: 0.0.0.0 }\n`,
    faults: [
      'server.host: must be 127.0.0.1, ::1 or localhost while auth.mode is none, but got "0.0.0.0"',
    ],
  },
  {
    what: "a host that is none",
    text: `${ACCOUNTS}server: { host: "a b" }\n`,
    faults: ['server.host: must be a host name or an IP address, but got "a b"'],
  },
  {
    what: "a shared cache without a cursor key",
    text: `${ACCOUNTS}server: { cursorKey: "" }\ncache: { url: redis://h }\n`,
    faults: [
      `server.cursorKey: missing; must be ${SHARED_KEY}, the same on every replica, because cache.url is set`,
    ],
  },
  {
    what: "a cache that is no Redis",
    text: `${ACCOUNTS}server: { cursorKey: "${key32}" }\ncache: { url: "http://:word@h" }\n`,
    faults: ["cache.url: must be a redis:// or rediss:// URL, but got text of 14 characters"],
  },
  {
    what: "a cursor key of a wrong length",
    text: `${ACCOUNTS}server: { cursorKey: c2hvcnQ= }\n`,
    faults: [
      `server.cursorKey: must be ${SHARED_KEY} (openssl rand -base64 32), but got text of 8 characters`,
    ],
  },
  {
    what: "a cursor key that is neither text nor list",
    text: `${ACCOUNTS}server: { cursorKey: 5 }\n`,
    faults: [
      `server.cursorKey: must be ${SHARED_KEY} (openssl rand -base64 32), or a list of such keys, but got a number`,
    ],
  },
  {
    what: "a list of cursor keys with a wrong one",
    text: `${ACCOUNTS}server: { cursorKey: ["${key32}", c2hvcnQ=, 3] }\n`,
    faults: [
      `server.cursorKey[1]: must be ${SHARED_KEY} (openssl rand -base64 32), but got text of 8 characters`,
      `server.cursorKey[2]: must be ${SHARED_KEY} (openssl rand -base64 32), but got a number`,
    ],
  },
  {
    what: "origins that no browser sends",
    text: `${ACCOUNTS}server:
  corsOrigins:
    - "*"
    - https://*.example.com
    - HTTP://App.Example
    - http://app.example:80
    - https://a.example/
    - https://a.example/app?x=1
    - https://b\u00fccher.example
    - "null"
    - https://user:pass@a.example
    - https://a.example
`,
    faults: [
      `server.corsOrigins[0]: ${BROWSER_ORIGIN}; wildcards do not work, but got "*"`,
      `server.corsOrigins[1]: ${BROWSER_ORIGIN}; wildcards do not work, but got "https://*.example.com"`,
      `server.corsOrigins[2]: ${BROWSER_ORIGIN}, but got "HTTP://App.Example"; use http://app.example`,
      `server.corsOrigins[3]: ${BROWSER_ORIGIN}, but got "http://app.example:80"; use http://app.example`,
      `server.corsOrigins[4]: ${BROWSER_ORIGIN}, but got "https://a.example/"; use https://a.example`,
      `server.corsOrigins[5]: ${BROWSER_ORIGIN}, but got text of 25 characters`,
      `server.corsOrigins[6]: ${BROWSER_ORIGIN}, but got "https://b\u00fccher.example"; use https://xn--bcher-kva.example`,
      `server.corsOrigins[7]: ${BROWSER_ORIGIN}, but got "null"`,
      `server.corsOrigins[8]: ${BROWSER_ORIGIN}, but got text of 27 characters`,
    ],
  },
  {
    what: "metrics on the main port",
    text: `${ACCOUNTS}server: { metrics: { port: 4000 } }\n`,
    faults: ["server.metrics.port: must be different from server.port"],
  },
  {
    what: "tags whose labels collide",
    text: `${ACCOUNTS}server: { metrics: { tags: [env, region, team-a, team.a, redis instance, __name__, 7, "", instance] } }\n`,
    faults: [
      "server.metrics.tags[1]: must be left out: it makes the label region, which has another meaning",
      "server.metrics.tags[3]: must be left out: it makes the label team_a, as does server.metrics.tags[2]",
      "server.metrics.tags[4]: must be left out: it makes the label redis_instance, which has another meaning",
      "server.metrics.tags[5]: must be left out: it makes the label __name__, which has another meaning",
      "server.metrics.tags[6]: must be a tag's key of 1 to 128 characters, but got 7",
      'server.metrics.tags[7]: must be a tag\'s key of 1 to 128 characters, but got ""',
      "server.metrics.tags[8]: must be left out: it makes the label instance, which has another meaning",
    ],
  },
  {
    what: "a mode without its section",
    text: `${ACCOUNTS}auth: { mode: apiKey }\n`,
    faults: ["auth.apiKeys: missing; mode apiKey needs at least one key"],
  },
  {
    what: "mode jwt without its section",
    text: `${ACCOUNTS}auth: { mode: jwt }\n`,
    faults: ["auth.jwt: missing; mode jwt needs issuer, audience and jwksUri"],
  },
  {
    what: "tokens of a symmetric or no signature, keys over plain http",
    text: `${ACCOUNTS}auth: { jwt: { issuer: "", audience: a, jwksUri: "http://id.example.com/k", algorithms: [HS256, none] } }\n`,
    faults: [
      'auth.jwt.algorithms[0]: must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, but got "HS256"',
      'auth.jwt.algorithms[1]: must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, but got "none"',
      'auth.jwt.issuer: must be text that is not empty, but got ""',
      'auth.jwt.jwksUri: must be an https URL (http is allowed for loopback hosts), but got "http://id.example.com/k"',
    ],
  },
  {
    what: "API keys with a key for a hash, unknown scopes and accounts, and repeats",
    text: `${ACCOUNTS}auth:
  mode: apiKey
  apiKeys:
    - { name: a, sha256: my-secret-key, scopes: [] }
    - { name: a, sha256: "${"0f".repeat(32)}", scopes: [backups:reed], accounts: [opps] }
    - { name: b, sha256: "${"0F".repeat(32)}", scopes: [raw:read], accounts: [] }
`,
    faults: [
      "auth.apiKeys[0].scopes: must be a list of backups:read, backups:download, raw:read, metrics:read, but got a list of 0",
      "auth.apiKeys[0].sha256: must be a SHA-256 as 64 hex digits, but got text of 13 characters",
      'auth.apiKeys[1].accounts[0]: must be the id of an account, but got "opps"; did you mean ops?',
      "auth.apiKeys[1].name: must be unique; auth.apiKeys[0] has the same name",
      'auth.apiKeys[1].scopes[0]: must be one of backups:read, backups:download, raw:read, metrics:read, but got "backups:reed"',
      "auth.apiKeys[2].accounts: must be a list of at least one account id (without the list, the key sees all accounts), but got a list of 0",
      "auth.apiKeys[2].sha256: must be unique; auth.apiKeys[1] has the same sha256",
    ],
  },
];

describe("the network", () => {
  const networksOf = (text: string, env: Record<string, string> = {}) => {
    const { upstream, accounts } = load(text, env);
    return [upstream.network, accounts[0]?.upstream.network];
  };
  const own = (rest: string): string =>
    account(`id: a, vendor: ucloud, credentials: { publicKey: p, privateKey: q }, ${rest}`);

  test("is the system's without a proxy", () => {
    expect(networksOf(LEAST)).toEqual([undefined, undefined]);
  });

  test("takes proxies from the environment, in lower case first", () => {
    const env = {
      HTTPS_PROXY: "http://upper:1",
      https_proxy: "http://lower:1",
      HTTP_PROXY: "http://plain:1",
      NO_PROXY: ".internal",
    };
    const network = {
      httpProxy: "http://plain:1",
      httpsProxy: "http://lower:1",
      noProxy: ".internal",
      ca: null,
    };
    expect(networksOf(LEAST, env)).toEqual([network, network]);
  });

  test("is that of the config, and of an account", () => {
    const text = `${own("upstream: { proxy: 'http://own:1' }")}upstream: { proxy: "http://u:p@common:1" }\n`;
    const [common, ofAccount] = networksOf(text, { NO_PROXY: "a", HTTPS_PROXY: "http://env:1" });
    expect(common).toMatchObject({ httpsProxy: "http://u:p@common:1", noProxy: "a" });
    expect(ofAccount).toMatchObject({ httpProxy: "http://own:1", httpsProxy: "http://own:1" });
  });

  test("has authorities of a file beside the config", () => {
    writeFileSync(join(folder, "ca.pem"), authority);
    const file = join(folder, "with-ca.yaml");
    writeFileSync(file, `${LEAST}upstream: { caFile: ca.pem }\n`);
    expect(loadConfig({ file, env: {} }).accounts[0]?.upstream.network?.ca).toBe(authority);
  });

  test("that cannot be used is refused, and no password is shown", () => {
    const damaged = join(folder, "damaged.pem");
    writeFileSync(damaged, authority.replace("MIIB", "AAAA"));
    writeFileSync(join(folder, "empty.pem"), "canary");
    const text = `${own(`caFile: ${damaged}, upstream: { proxy: 'socks5://u:canary@h:1' }`)}upstream: { caFile: ${join(folder, "empty.pem")}, proxy: "http://u:canary@h/path" }\n`;
    const faults = faultsOf(text, { HTTPS_PROXY: "u:canary@h:1" });
    expect(faults).toEqual([
      "accounts[0].caFile: must be a PEM file with certificates; one of them is damaged",
      "accounts[0].upstream.proxy: must be an http:// or https:// URL without a path, but got text of 21 characters",
      "environment variable HTTPS_PROXY: must be an http:// or https:// URL without a path",
      "upstream.caFile: must be a PEM file with certificates; it has none",
      "upstream.proxy: must be an http:// or https:// URL without a path, but got text of 22 characters",
    ]);
    expect(faultsOf(own("caFile: /none/ca.pem"))).toEqual([
      "accounts[0].caFile: must be a PEM file with certificates; it does not exist",
    ]);
  });
});

describe("the credentials of an account", () => {
  const accountOf = (keys: string) => {
    const text = account(`id: a, vendor: tencent, regions: [gz], ${keys}`);
    return loadConfig({ text, env: {} }).accounts[0];
  };

  test.each([
    {
      keys: "credentialsFile: secrets/keys.yaml",
      source: { file: resolve("secrets/keys.yaml") },
    },
    { keys: "credentialsFile: /run/keys.json", source: { file: "/run/keys.json" } },
    {
      keys: "credentialsCommand: [aws, sso], credentialsEnvironment: [AWS_PROFILE]",
      source: { command: ["aws", "sso"], environment: ["AWS_PROFILE"], folder: resolve() },
    },
  ])("may be read while the gateway runs: $keys", ({ keys, source }) => {
    expect(accountOf(keys)).toMatchObject({
      credentialSource: source,
      credentials: { secretId: "", secretKey: "", token: "" },
    });
  });

  test("in a file are relative to the folder of the config", () => {
    const folder = mkdtempSync(join(tmpdir(), "config-"));
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, account("id: a, vendor: ucloud, credentialsFile: keys.yaml"));
    const [found] = loadConfig({ file, env: {} }).accounts;
    rmSync(folder, { recursive: true });
    expect(found?.credentialSource).toEqual({ file: join(folder, "keys.yaml") });
  });

  test.each([
    {
      keys: "credentialsFile: ''",
      faults: [
        "accounts[0].credentials: missing; set credentials or credentialsFile or credentialsCommand",
      ],
    },
    {
      keys: "credentials: { secretId: i, secretKey: k }, credentialsFile: a, credentialsCommand: [b]",
      faults: [
        "accounts[0].credentialsCommand: must be left out, because credentials is set",
        "accounts[0].credentialsFile: must be left out, because credentials is set",
      ],
    },
    {
      keys: "credentialsFile: a, credentialsEnvironment: [HOME]",
      faults: ["accounts[0].credentialsEnvironment: needs credentialsCommand"],
    },
    {
      keys: "credentialsCommand: aws sso canary",
      faults: [
        "accounts[0].credentialsCommand: must be a list of a program and its arguments, but got text of 14 characters",
      ],
    },
    {
      keys: "credentialsCommand: []",
      faults: [
        "accounts[0].credentialsCommand: must be a list of a program and its arguments, but got a list of 0",
      ],
    },
    {
      keys: "credentialsCommand: [aws, 1], credentialsEnvironment: ['A=b']",
      faults: [
        "accounts[0].credentialsCommand[1]: must be text, but got a number",
        'accounts[0].credentialsEnvironment[0]: must be the name of an environment variable, but got "A=b"',
      ],
    },
  ])("are refused with $keys", ({ keys, faults }) => {
    expect(faultsOf(account(`id: a, vendor: tencent, regions: [gz], ${keys}`))).toEqual(faults);
  });
});

describe("a wrong file", () => {
  test.each(WRONG)("with $what is refused in these words", ({ text, faults }) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  test("names every fault at once, of syntax-free kinds all together", () => {
    const text = `${WRONG.find(({ what }) => what.startsWith("durations"))?.text}server: { host: 0.0.0.0, port: "\${NO_PORT}", prt: 1 }\nauth: { mode: jwt }\n`;
    const paths = faultsOf(text).map((line) => line.slice(0, line.indexOf(":")));
    expect(paths).toEqual([
      "accounts[0].lookback",
      "accounts[0].timeout",
      "auth.jwt",
      "cache.ttl",
      "server.port",
      "server.prt",
      "upstream.deadline",
      "upstream.timeout",
    ]);
  });

  test("shows nothing of an origin that the environment holds, not even how to correct it", () => {
    const text = `${ACCOUNTS}server: { corsOrigins: ["\${ORIGIN}"] }\n`;
    expect(faultsOf(text, { ORIGIN: "https://From.Environment" })).toEqual([
      `server.corsOrigins[0]: ${BROWSER_ORIGIN}, but got text of 24 characters from environment variable ORIGIN`,
    ]);
  });

  test("is named in the message, with the number of its faults", () => {
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, "accounts: []\nservr: {}\n");
    expect(() => loadConfig({ file, env: {} })).toThrow(
      `${file} has 2 faults:\n  accounts: must be a list of at least one account, but got a list of 0\n  servr: unknown key; did you mean server?`,
    );
  });

  test("that is not there, or is a directory, is said to be so", () => {
    const gone = join(folder, "none.yaml");
    expect(() => loadConfig({ file: gone, env: {} })).toThrow(
      `${gone} has 1 fault:\n  the file: it does not exist`,
    );
    expect(() => loadConfig({ file: folder, env: {} })).toThrow("the file: it is a directory");
  });
});

describe("an endpoint", () => {
  test.each([
    { what: "a simulator on this machine", text: alibaba("endpoint: http://127.0.0.1:9001") },
    { what: "a simulator on IPv6", text: alibaba("endpoint: 'http://[::1]:9001'") },
    { what: "UCloud's internal host", text: ucloud("endpoint: http://api.service.ucloud.cn") },
    { what: "a white-label host", text: ucloud("endpoint: https://api.dezai.example/") },
  ])("may be $what", ({ text }) => {
    expect(faultsOf(text)).toEqual([]);
  });

  test("is kept without its last slash", () => {
    const [only] = load(ucloud("endpoint: https://api.dezai.example/")).accounts;
    expect(only?.endpoint).toBe("https://api.dezai.example");
  });
});

test("a host that all may reach is right once auth is on", () => {
  const key = `{ name: k, sha256: ${"a".repeat(64)}, scopes: [backups:read] }`;
  const text = `${ACCOUNTS}server: { host: 0.0.0.0 }\nauth: { mode: apiKey, apiKeys: [${key}] }`;
  expect(load(text).server.host).toBe("0.0.0.0");
});
