import { z } from "zod";
import { decimal, duration, listOf, oneOf, optionalSecret, secret, section } from "./fields.js";
import { textLike, textThat, whole } from "./fields.js";
import { isOrigin } from "./hosts.js";

/** The limits of vendor calls, one by one; the file's `upstream` and each account take them. */
const UPSTREAM = {
  timeout: duration("PT0.1S", "PT10M").describe("How long one vendor call may take."),
  deadline: duration("PT0.1S", "PT1H").describe(
    "How long one GraphQL operation may take; what it lacks then is named as CUT.",
  ),
  concurrency: whole(1, 1000).describe("Calls under way at a time, per account."),
  rate: decimal({ above: 0, max: 10_000 }).describe(
    "Calls a second per account and action; left out, the vendor's documented figure, else 20. Halved while the vendor throttles, then slowly raised again.",
  ),
  retries: whole(0, 10).describe("How often a call that may yet succeed is made again."),
  maxResponseBytes: whole(1024, 1_073_741_824).describe(
    "The largest answer that is read, in bytes after decompression.",
  ),
};

/** The common limits, each with its default. */
export const upstreamSchema = section({
  timeout: UPSTREAM.timeout.prefault("PT10S"),
  deadline: UPSTREAM.deadline.prefault("PT25S"),
  concurrency: UPSTREAM.concurrency.prefault(16),
  rate: UPSTREAM.rate.optional(),
  retries: UPSTREAM.retries.prefault(2),
  maxResponseBytes: UPSTREAM.maxResponseBytes.prefault(8_388_608),
}).describe("Limits of the calls to vendors. Every one may also stand under an account.");

const overrides = {
  timeout: UPSTREAM.timeout.optional(),
  deadline: UPSTREAM.deadline.optional(),
  concurrency: UPSTREAM.concurrency.optional(),
  rate: UPSTREAM.rate.optional(),
  retries: UPSTREAM.retries.optional(),
  maxResponseBytes: UPSTREAM.maxResponseBytes.optional(),
};

/** Keys that may stand directly under an account or under its `upstream`, but not under both. */
export const UPSTREAM_KEYS = Object.keys(UPSTREAM);

const regions = listOf(
  textLike(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "a region's id, such as cn-hangzhou"),
  "a list of at least one region id",
);

const endpoint = (plainHosts: readonly string[] = []) =>
  textThat(
    (text) => text === "" || isOrigin(text, plainHosts),
    `an https URL without path, query or credentials (http for this machine${plainHosts.map((host) => ` and ${host}`).join("")} only)`,
  )
    .transform((text) => (text === "" ? null : new URL(text).origin))
    .describe("Base URL of the API: a white-label host or a simulator.")
    .meta({ format: "uri" })
    .optional();

const common = <V extends string>(vendor: V) => ({
  id: textLike(/^[a-z0-9-]{1,32}$/, "1 to 32 characters of a-z, 0-9 and -").describe(
    "Name of the account, unique; becomes a part of provider keys.",
  ),
  vendor: z.literal(vendor).describe("The company that the account is with."),
  upstream: section(overrides)
    .describe(
      "This account's own limits, in place of the common ones; each key of upstream may also stand directly under the account.",
    )
    .optional(),
  ...overrides,
});

const optionalText = (right: string) =>
  textLike(/^[\x21-\x7e]*$/, right).transform((text) => (text === "" ? null : text));

const ucloud = section({
  ...common("ucloud"),
  credentials: section({
    publicKey: secret().describe("The account's public key."),
    privateKey: secret().describe("The account's private key."),
  }).describe("Keys of the account."),
  projectId: optionalText("a project's id, such as org-xxxx")
    .describe("The project to read; a main account may leave it out.")
    .optional(),
  products: listOf(oneOf(["uredis", "umem"]), "a list of uredis, umem or both")
    .describe("Which products to read.")
    .prefault(["uredis", "umem"]),
  regions: regions.describe("Regions to read; left out, all that the vendor lists.").optional(),
  endpoint: endpoint(["api.service.ucloud.cn"]),
}).describe("An account with UCloud.");

const tencent = section({
  ...common("tencent"),
  // Unquoted, YAML reads a number: 3.
  api: z
    .enum(["3.0", "2.0"], { error: 'must be "3.0" or "2.0", with the quotes' })
    .describe("Version of the vendor's API, as quoted text.")
    .prefault("3.0"),
  signatureMethod: oneOf(["HmacSHA256", "HmacSHA1"])
    .describe('How requests to API "2.0" are signed; API "3.0" has its own way.')
    .optional(),
  credentials: section({
    secretId: secret().describe("The key's SecretId."),
    secretKey: secret().describe("The key's SecretKey."),
    token: optionalSecret().describe("Token of temporary credentials.").optional(),
  }).describe("Keys of the account."),
  regions: regions.describe("Regions to read; needed, as the vendor's API lists none."),
  timeZone: textThat(isTimeZone, "an IANA time zone, such as Asia/Shanghai")
    .describe("The zone that the vendor's zone-less times are in.")
    .prefault("Asia/Shanghai"),
  endpoint: endpoint(),
}).describe("An account with Tencent Cloud.");

const alibaba = section({
  ...common("alibaba"),
  signature: oneOf(["v3", "v1"])
    .describe("v3 is ACS3-HMAC-SHA256, v1 is HMAC-SHA1.")
    .prefault("v3"),
  credentials: section({
    accessKeyId: secret().describe("The AccessKey's id."),
    accessKeySecret: secret().describe("The AccessKey's secret."),
    securityToken: optionalSecret().describe("Token of temporary credentials.").optional(),
  }).describe("Keys of the account."),
  regions: regions.describe("Regions to read; left out, all that the vendor lists.").optional(),
  lookback: duration("PT1H", "P36500D")
    .describe("How far back lists go; left out, to the instance's creation.")
    .optional(),
  endpoint: endpoint(),
}).describe("An account with Alibaba Cloud.");

/** Vendor accounts, told apart by `vendor`. */
export const accountsSchema = z
  .array(
    z.discriminatedUnion("vendor", [ucloud, tencent, alibaba], {
      error: ({ code }) =>
        code === "invalid_union" ? "must be one of ucloud, tencent, alibaba" : "must be a map",
    }),
    { error: "must be a list of at least one account" },
  )
  .min(1, { error: "must be a list of at least one account" })
  .describe("The vendor accounts whose backups are listed.");

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
