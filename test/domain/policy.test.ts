import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Instance } from "../../src/domain/instance.js";
import {
  type BackupPolicy,
  canApply,
  DEFAULT_POLICY,
  matchesPattern,
  policyOf,
  type PolicyMatch,
} from "../../src/domain/policy.js";
import { INSTANCES, PROVIDERS } from "../graphql/fakeEstate.js";
import { runs } from "../runs.js";

const ANY: PolicyMatch = {
  tags: null,
  names: null,
  providers: null,
  regions: null,
  vendors: null,
};
const policy = (name: string, match: Partial<PolicyMatch>): BackupPolicy => ({
  ...DEFAULT_POLICY,
  name,
  match: { ...ANY, ...match },
});
const tagged = (tags: Record<string, string>) => ({ tags: new Map(Object.entries(tags)) });

const instance: Instance = {
  ...(INSTANCES[0] as Instance),
  name: "prod-cart",
  region: "cn-hangzhou",
  tags: [
    { key: "env", value: "prod" },
    { key: "team", value: "" },
  ],
};

/** The name of the policy that an instance has. */
const named = (policies: readonly BackupPolicy[], one: Instance = instance): string | null =>
  policyOf(policies, one, "ALIBABA", one.tags)?.name ?? null;

describe("the policy of an instance", () => {
  test.each<[string, Partial<PolicyMatch>, boolean]>([
    ["a tag", tagged({ env: "prod" }), true],
    ["the beginning of a tag's value", tagged({ env: "p*" }), true],
    ["an empty value", tagged({ team: "" }), true],
    ["a key alone", tagged({ team: "*" }), true],
    ["another value", tagged({ env: "test" }), false],
    ["a key that it lacks", tagged({ env: "prod", owner: "*" }), false],
    ["one of several names", { names: ["test-*", "*-cart"] }, true],
    ["other names", { names: ["test-*"] }, false],
    ["its account", { providers: ["ali/*"] }, true],
    ["another account", { providers: ["al/*"] }, false],
    ["its region", { regions: ["cn-*"] }, true],
    ["its vendor", { vendors: ["AWS", "ALIBABA"] }, true],
    ["another vendor", { vendors: ["AWS"] }, false],
    ["all of several conditions", { regions: ["cn-hangzhou"], names: ["prod-*"] }, true],
    ["one of several conditions", { regions: ["cn-hangzhou"], names: ["test-*"] }, false],
  ])("matches %s", (_, match, isMatch) => {
    expect(named([policy("p", match)])).toBe(isMatch ? "p" : "default");
  });

  test("is the first that matches", () => {
    const both = [policy("a", { names: ["prod-*"] }), policy("b", { regions: ["*"] })];
    expect(named(both)).toBe("a");
    expect(named(both.toReversed())).toBe("b");
  });

  test("is unknown only if it depends on tags that are unknown", () => {
    const blind = { ...instance, tags: null };
    const byTag = policy("t", tagged({ env: "prod" }));
    const byName = policy("n", { names: ["prod-*"] });
    expect(named([byName, byTag], blind)).toBe("n");
    expect(named([byTag, byName], blind)).toBeNull();
    expect(named([{ ...byTag, match: { ...ANY, ...byTag.match, names: ["x"] } }], blind)).toBe(
      "default",
    );
  });

  test("without a name matches only patterns of any text", () => {
    const nameless = { ...instance, name: null };
    expect(named([policy("p", { names: ["*"] })], nameless)).toBe("p");
    expect(named([policy("p", { names: ["p*"] })], nameless)).toBe("default");
  });
});

test("a policy can apply to a provider by its key, vendor and regions", () => {
  const [alibaba] = PROVIDERS;
  if (alibaba === undefined) throw new Error("There is no provider.");
  expect(canApply(policy("p", { providers: ["*/kvstore"] }), alibaba, null)).toBe(true);
  expect(canApply(policy("p", { providers: ["uc/*"] }), alibaba, null)).toBe(false);
  expect(canApply(policy("p", { vendors: ["UCLOUD"] }), alibaba, null)).toBe(false);
  expect(canApply(DEFAULT_POLICY, alibaba, null)).toBe(true);
  const beijing = policy("p", { regions: ["cn-beijing", "cn-north-*"] });
  expect(canApply(beijing, alibaba, ["cn-hangzhou", "cn-north-1"])).toBe(true);
  expect(canApply(beijing, alibaba, ["cn-hangzhou"])).toBe(false);
  expect(canApply(beijing, alibaba, null)).toBe(true);
});

/** The plain meaning of a pattern. */
const matchesPlainly = (pattern: string, text: string): boolean =>
  pattern === ""
    ? text === ""
    : pattern[0] === "*"
      ? Array.from({ length: text.length + 1 }, (_, i) => text.slice(i)).some((rest) =>
          matchesPlainly(pattern.slice(1), rest),
        )
      : pattern[0] === text[0] && matchesPlainly(pattern.slice(1), text.slice(1));

describe("a pattern", () => {
  test("matches what its plain meaning says", () => {
    const texts = (letters: string, maxLength: number) =>
      fc.array(fc.constantFrom(...letters), { maxLength }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(texts("ab*.", 7), texts("ab*.", 9), (pattern, text) => {
        expect(matchesPattern(pattern, text)).toBe(matchesPlainly(pattern, text));
      }),
      runs(2_000),
    );
  });

  test("of many stars ends for a long text that nearly matches", () => {
    const pattern = `${"*a".repeat(500)}b`;
    expect(matchesPattern(pattern, "a".repeat(20_000))).toBe(false);
  });
});
