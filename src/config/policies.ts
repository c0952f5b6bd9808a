import { z } from "zod";
import type { BackupPolicy } from "../domain/policy.js";
import { DEFAULT_POLICY } from "../domain/policy.js";
import { VENDORS, type Vendor } from "../domain/words.js";
import { decimal, duration, flag, listOf, oneOf, section, textLike } from "./fields.js";

const pattern = textLike(/^\S(?:.*\S)?$/, "text that is not empty, in which * stands for any text");

const patterns = (what: string) => listOf(pattern, `a list of at least one ${what}`).optional();

const words = VENDORS.map((vendor) => vendor.toLowerCase()) as Lowercase<Vendor>[];

const match = section({
  tags: z
    .record(z.string(), z.string({ error: "must be text; quote numbers, true and false" }), {
      error: "must be a map from the keys of tags to values",
    })
    .refine((tags) => Object.keys(tags).length > 0, {
      error: "must be a map of at least one tag",
    })
    .describe("Values by key. The instance must have all of these tags.")
    .optional(),
  names: patterns("name").describe("Names of instances."),
  providers: patterns("provider").describe("Keys of providers, such as ops-ucloud/*."),
  regions: patterns("region").describe("Regions."),
  vendors: listOf(oneOf(words), `a list of ${words.join(", ")}`)
    .describe("Vendors.")
    .optional(),
}).describe(
  "Which instances the policy is for: all conditions must hold. * stands for any text, also none. Required, except for the policy default.",
);

const policy = section({
  name: textLike(
    /^[A-Za-z0-9][\w.-]{0,63}$/,
    "1 to 64 characters of A-Z, a-z, 0-9, _, . and -",
  ).describe("Unique name of the policy. default is for all instances that match no other policy."),
  match: match.optional(),
  rpo: duration("PT1M", "P36500D").describe(
    "The recovery point objective: how old the newest successful backup may be.",
  ),
  retention: duration("PT1M", "P36500D")
    .describe(
      "How far back successful backups must reach. It also holds if automatic backups are on and the vendor keeps them so long, or if the instance is younger.",
    )
    .optional(),
  encrypted: flag()
    .describe("Whether every successful backup within the RPO must be encrypted.")
    .optional(),
  maxSizeDrop: decimal({ from: 0, max: 1 })
    .describe(
      "How much smaller than the median of up to seven backups of its kind before it the newest successful backup may be. 0.5 allows half of the size.",
    )
    .optional(),
}).describe("What the backups of some instances must satisfy.");

/** What backups must satisfy. */
export const policiesSchema = z
  .array(policy, { error: "must be a list of policies" })
  .min(1, { error: "must be a list of at least one policy" })
  .max(200, { error: "must be a list of at most 200 policies" })
  .describe(
    "What backups must satisfy. The first policy that matches an instance holds. Without the policy default, instances that match no policy must have a successful backup within 24 hours.",
  );

type ParsedPolicy = z.output<typeof policiesSchema>[number];

/** The policies in the order in which they match, the default last. */
export function resolvePolicies(parsed: readonly ParsedPolicy[]): readonly BackupPolicy[] {
  const policies = parsed.map(resolvePolicy);
  const [given = DEFAULT_POLICY] = policies.filter(({ name }) => name === DEFAULT_POLICY.name);
  return [...policies.filter((one) => one !== given), given];
}

const resolvePolicy = (parsed: ParsedPolicy): BackupPolicy => ({
  name: parsed.name,
  rpoMs: parsed.rpo,
  retentionMs: parsed.retention ?? null,
  encrypted: parsed.encrypted === true ? true : null,
  maxSizeDrop: parsed.maxSizeDrop ?? null,
  match: parsed.match === undefined ? null : resolveMatch(parsed.match),
});

const resolveMatch = ({
  tags,
  names,
  providers,
  regions,
  vendors,
}: NonNullable<ParsedPolicy["match"]>): BackupPolicy["match"] => ({
  tags: tags === undefined ? null : new Map(Object.entries(tags)),
  names: names ?? null,
  providers: providers ?? null,
  regions: regions ?? null,
  vendors: vendors?.map((word) => word.toUpperCase() as Vendor) ?? null,
});
