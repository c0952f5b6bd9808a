import { z } from "zod";
import { zoneNamed } from "../domain/calendar.js";
import {
  arrayOf,
  duration,
  filePath,
  isOrigin,
  isProxyUrl,
  listOf,
  oneOf,
  optional,
  positive,
  secret,
  section,
  textLike,
  textThat,
  whole,
} from "./fields.js";

/** The settings of vendor calls. They are keys of `upstream` and of each account. */
const UPSTREAM = {
  proxy: textThat(
    (text) => text === "" || isProxyUrl(text),
    "an http:// or https:// URL without a path",
  )
    .describe(
      "URL of the proxy for connections to vendors, with user and password if it wants them. By default HTTPS_PROXY and HTTP_PROXY of the environment. Hosts in NO_PROXY and loopback hosts have no proxy.",
    )
    .meta({ format: "uri", writeOnly: true }),
  caFile: filePath().describe(
    "Path of a PEM file with authorities that are trusted besides the system's, relative to the config file.",
  ),
  timeout: duration("PT0.1S", "PT10M").describe("How long one vendor call may take."),
  deadline: duration("PT0.1S", "PT1H").describe(
    "How long one GraphQL operation may take. What is missing then is reported as CUT.",
  ),
  concurrency: whole(1, 1000).describe("Concurrent calls per account."),
  rate: positive(10_000).describe(
    "Calls per second, account and action. By default, the documented limit of the vendor, or 20. It is halved when the vendor throttles and then rises slowly.",
  ),
  retries: whole(0, 10).describe("How often a failed call is retried, if a retry can succeed."),
  maxResponseBytes: whole(1024, 1_073_741_824).describe(
    "The largest answer of a vendor, in bytes after decompression.",
  ),
  trustTotals: z
    .boolean()
    .describe(
      "Whether a list that shows fewer rows than the vendor counts is reported as SHORT. With false, such lists read as complete.",
    ),
};

/** The common settings, each with its default. */
export const upstreamSchema = section({
  proxy: UPSTREAM.proxy.prefault(""),
  caFile: UPSTREAM.caFile.prefault(""),
  timeout: UPSTREAM.timeout.prefault("PT10S"),
  deadline: UPSTREAM.deadline.prefault("PT25S"),
  concurrency: UPSTREAM.concurrency.prefault(16),
  rate: UPSTREAM.rate.optional(),
  retries: UPSTREAM.retries.prefault(2),
  maxResponseBytes: UPSTREAM.maxResponseBytes.prefault(8_388_608),
  trustTotals: UPSTREAM.trustTotals.prefault(true),
}).describe("Network and limits of vendor calls. Each key may also be set for a single account.");

/** The settings of one account, each of which may be left out. */
const overrides = z.object(UPSTREAM).partial().shape;

/** Keys that may be set directly in an account or in its `upstream`, but not in both. */
export const UPSTREAM_KEYS = Object.keys(UPSTREAM);

const region = (example: string) =>
  textLike(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, `a region's id, such as ${example}`);

const regions = listOf(region("cn-hangzhou"), "a list of at least one region id");

const listedRegions = optional(
  regions.describe("The regions to read. By default, all that the vendor lists."),
);

const endpoint = (plainHosts: readonly string[] = []) =>
  optional(
    textThat(
      (text) => text === "" || isOrigin(text, plainHosts),
      `an https URL without path, query or credentials (http is allowed for loopback hosts${plainHosts.map((host) => ` and ${host}`).join("")})`,
    )
      .transform((text) => (text === "" ? "" : new URL(text).origin))
      .describe("Base URL of the API, for a white-label host or a simulator.")
      .meta({ format: "uri" }),
  );

const sessionToken = optional(
  textLike(/^[\x21-\x7e]*$/, "text without spaces")
    .describe("Token of temporary credentials.")
    .meta({ writeOnly: true }),
);

/** Keys of AWS, or of a store with the API of S3. */
const awsKeys = section({
  accessKeyId: secret().describe("The access key's id."),
  secretAccessKey: secret().describe("The secret access key."),
  sessionToken,
});

/**
 * The credentials of each vendor. Their order is that of `AccessKeyId`, `SecretAccessKey` and
 * `SessionToken` in the output of AWS credential processes.
 */
export const CREDENTIALS = {
  ucloud: section({
    publicKey: secret().describe("The account's public key."),
    privateKey: secret().describe("The account's private key."),
  }),
  tencent: section({
    secretId: secret().describe("The key's SecretId."),
    secretKey: secret().describe("The key's SecretKey."),
    token: sessionToken,
  }),
  alibaba: section({
    accessKeyId: secret().describe("The AccessKey's id."),
    accessKeySecret: secret().describe("The AccessKey's secret."),
    securityToken: sessionToken,
  }),
  aws: awsKeys,
  s3: awsKeys,
};

/** Empty texts in place of credentials that are read while the gateway runs. */
const unread = ({ shape }: z.ZodObject) =>
  Object.fromEntries(Object.keys(shape).map((key) => [key, ""]));

/** The keys that accounts of every vendor have. An account uses one of three ways to get its credentials. */
const common = <V extends string, S extends z.ZodObject>(vendor: V, credentials: S) => ({
  id: textLike(/^[a-z0-9-]{1,32}$/, "1 to 32 characters of a-z, 0-9 and -").describe(
    "Unique id of the account. It is part of provider keys.",
  ),
  vendor: z.literal(vendor).describe("The vendor of the account."),
  upstream: section(overrides)
    .describe(
      "Limits of this account. They override the common limits. Each key may also be set directly in the account.",
    )
    .optional(),
  ...overrides,
  credentials: credentials
    .describe("Keys of the account. Required without credentialsFile and credentialsCommand.")
    .optional()
    .transform((given) => (given ?? unread(credentials)) as z.output<S>),
  credentialsFile: optional(
    filePath().describe(
      "Path of a YAML or JSON file with the keys of credentials and an optional Expiration, relative to the config file. It is read again when it changes.",
    ),
  ),
  credentialsCommand: optional(
    arrayOf(
      textThat((text) => !text.includes("\0"), "text"),
      "a list of a program and its arguments",
    )
      .describe(
        "Program and arguments that print the credentials as JSON, with the same keys or as an AWS credential process. No shell is used.",
      )
      .meta({ writeOnly: true }),
  ),
  credentialsEnvironment: listOf(
    textLike(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable"),
    "a list of names of environment variables",
    0,
  )
    .describe(
      "Environment variables that credentialsCommand gets. Besides these, it gets only PATH and HOME.",
    )
    .prefault([]),
});

const ucloud = section({
  ...common("ucloud", CREDENTIALS.ucloud),
  projectId: optional(
    textLike(/^[\x21-\x7e]*$/, "a project's id, such as org-xxxx").describe(
      "The project to read. Optional for a main account.",
    ),
  ),
  products: listOf(oneOf(["uredis", "umem"]), "a list of uredis, umem or both")
    .describe("The products to read.")
    .prefault(["uredis", "umem"]),
  regions: listedRegions,
  endpoint: endpoint(["api.service.ucloud.cn"]),
}).describe("An account of UCloud.");

const timeZone = () =>
  textThat((name) => zoneNamed(name) !== null, "an IANA time zone, such as Asia/Shanghai");

const tencent = section({
  ...common("tencent", CREDENTIALS.tencent),
  // Without quotes, YAML reads the number 3.
  api: z
    .enum(["3.0", "2.0"], { error: 'must be "3.0" or "2.0", with quotes' })
    .describe("Version of the vendor's API, as text in quotes.")
    .prefault("3.0"),
  signatureMethod: oneOf(["HmacSHA256", "HmacSHA1"])
    .describe('How requests to API "2.0" are signed. API "3.0" always uses TC3-HMAC-SHA256.')
    .optional(),
  regions: regions.describe("The regions to read. Required, because the API lists none."),
  timeZone: timeZone()
    .describe("The time zone of the vendor's times, which carry none.")
    .prefault("Asia/Shanghai"),
  endpoint: endpoint(),
}).describe("An account of Tencent Cloud.");

const alibaba = section({
  ...common("alibaba", CREDENTIALS.alibaba),
  signature: oneOf(["v3", "v1"])
    .describe("v3 is ACS3-HMAC-SHA256, v1 is HMAC-SHA1.")
    .prefault("v3"),
  regions: listedRegions,
  lookback: optional(
    duration("PT1H", "P36500D").describe(
      "How far back lists go. By default, to the creation of the instance.",
    ),
  ),
  endpoint: endpoint(),
}).describe("An account of Alibaba Cloud.");

const aws = section({
  ...common("aws", CREDENTIALS.aws),
  products: listOf(
    oneOf(["elasticache", "elasticache-serverless", "memorydb"]),
    "a list of elasticache, elasticache-serverless and memorydb",
  )
    .describe("The products to read.")
    .prefault(["elasticache", "elasticache-serverless", "memorydb"]),
  regions: regions.describe("The regions to read. Required, because the APIs list none."),
  endpoint: endpoint(),
  endpoints: section({
    elasticache: endpoint().describe("Base URL of ElastiCache, for both of its products."),
    memorydb: endpoint().describe("Base URL of MemoryDB."),
  })
    .describe("Base URLs of single services, such as VPC endpoints, instead of `endpoint`.")
    .prefault({}),
}).describe("An account of AWS.");

const bucket = section({
  name: textLike(
    /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/,
    "a bucket's name of 2 to 63 letters, digits, dots, hyphens and underscores",
  ).describe("Name of the bucket."),
  key: textLike(/^[^]{1,1024}$/, "a template of 1 to 1024 characters").describe(
    "How the keys of RDB files are built, such as prod/{instance}/{startedAt:yyyyMMdd'T'HHmmss'Z'}-{shard}.rdb. {instance} is required. Without {startedAt}, a backup starts when its object was last changed. * matches the rest of a segment.",
  ),
  shards: optional(
    whole(1, 10_000).describe(
      "How many objects a backup has. With fewer it is RUNNING for an hour, and FAILED afterwards. By default, nothing is missing.",
    ),
  ),
  timeZone: timeZone().describe("The time zone of the starts in the keys.").prefault("UTC"),
  addressing: oneOf(["path", "virtual"])
    .describe("Whether the bucket is in the path of URLs, or in their host.")
    .prefault("path"),
}).describe("One bucket.");

const s3 = section({
  ...common("s3", CREDENTIALS.s3),
  region: region("eu-west-1").describe("The region of the buckets, which requests are signed for."),
  buckets: arrayOf(bucket, "a list of at least one bucket").describe(
    "The buckets. Equal values of {instance} in all of them are one instance.",
  ),
  ttl: optional(
    duration("PT1S", "P7D").describe(
      "How long lists of this account are fresh, if that is longer than cache.ttl. Lists cost money, so the default is PT10M.",
    ),
  ),
  endpoint: endpoint(),
}).describe("RDB files in buckets of S3, or of a compatible store.");

/** The accounts. `vendor` decides which keys an account has. */
export const accountsSchema = arrayOf(
  z.discriminatedUnion("vendor", [ucloud, tencent, alibaba, aws, s3], {
    error: ({ code }) =>
      code === "invalid_union"
        ? `must be one of ${Object.keys(CREDENTIALS).join(", ")}`
        : "must be a map",
  }),
  "a list of at least one account",
).describe("The vendor accounts whose backups are listed.");
