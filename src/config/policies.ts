import { z } from "zod";
import type { BackupPolicy } from "../domain/policy.js";
import { DEFAULT_POLICY } from "../domain/policy.js";
import { VENDORS, type Vendor } from "../domain/words.js";
import { duration, flag, listOf, oneOf, optional, section, share, textLike } from "./fields.js";

const pattern = textLike(/^\S(?:.*\S)?$/, "text that is not empty, in which * stands for any text");

const patterns = (what: string, text: string) =>
  optional(listOf(pattern, `a list of at least one ${what}`).describe(text));

const words = VENDORS.map((vendor) => vendor.toLowerCase()) as Lowercase<Vendor>[];

const match = section({
  tags: optional(
    z
      .record(z.string(), z.string({ error: "must be text; quote numbers, true and false" }), {
        error: "must be a map from the keys of tags to values",
      })
      .refine((tags) => Object.keys(tags).length > 0, {
        error: "must be a map of at least one tag",
      })
      .transform((tags) => new Map(Object.entries(tags)))
      .describe("Values by key. The instance must have all of these tags."),
  ),
  names: patterns("name", "Names of instances."),
  providers: patterns("provider", "Keys of providers, such as ops-ucloud/*."),
  regions: patterns("region", "Regions."),
  vendors: optional(
    listOf(oneOf(words), `a list of ${words.join(", ")}`)
      .transform((chosen) => chosen.map((word) => word.toUpperCase() as Vendor))
      .describe("Vendors."),
  ),
}).describe(
  "Which instances the policy is for: all conditions must hold. * stands for any text, also none. Required, except for the policy default.",
);

const policy = section({
  name: textLike(
    /^[A-Za-z0-9][\w.-]{0,63}$/,
    "1 to 64 characters of A-Z, a-z, 0-9, _, . and -",
  ).describe("Unique name of the policy. default is for all instances that match no other policy."),
  match: optional(match),
  rpo: duration("PT1M", "P36500D").describe(
    "The recovery point objective: how old the newest successful backup may be.",
  ),
  retention: optional(
    duration("PT1M", "P36500D").describe(
      "How far back successful backups must reach. It also holds if automatic backups are on and the vendor keeps them so long, or if the instance is younger.",
    ),
  ),
  encrypted: optional(
    flag()
      .transform((isDemanded) => isDemanded || null)
      .describe("Whether every successful backup within the RPO must be encrypted."),
  ),
  maxSizeDrop: optional(
    share().describe(
      "How much smaller than the median of up to seven backups of its kind before it the newest successful backup may be. 0.5 allows half of the size.",
    ),
  ),
})
  .transform(({ rpo: rpoMs, retention: retentionMs, ...rest }): BackupPolicy => ({
    ...rest,
    rpoMs,
    retentionMs,
  }))
  .describe("What the backups of some instances must satisfy.");

/** What backups must satisfy: the policies in the order in which they match, the default last. */
export const policiesSchema = z
  .array(policy, { error: "must be a list of policies" })
  .min(1, { error: "must be a list of at least one policy" })
  .max(200, { error: "must be a list of at most 200 policies" })
  .describe(
    "What backups must satisfy. The first policy that matches an instance holds. Without the policy default, instances that match no policy must have a successful backup within 24 hours.",
  )
  .optional()
  .transform((policies = []): readonly BackupPolicy[] => {
    const [given = DEFAULT_POLICY] = policies.filter(({ name }) => name === DEFAULT_POLICY.name);
    return [...policies.filter((one) => one !== given), given];
  });
