import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/config/fault.js";
import { loadConfig } from "../../src/config/load.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";

const ACCOUNT =
  "accounts: [{ id: a, vendor: ucloud, credentials: { publicKey: p, privateKey: k } }]\n";
const DAY = 86_400_000;

const load = (policies: string) => loadConfig({ text: ACCOUNT + policies, env: {} }).policies;

/** The faults of a file, each with its path. */
function faultsOf(policies: string): readonly string[] {
  try {
    load(policies);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe("policies", () => {
  test("are read with every value, the default last", () => {
    expect(
      load(`policies:
  - { name: default, rpo: PT48H }
  - name: production
    match: { tags: { env: prod }, names: ["prod-*"], providers: [ops-alibaba/*], regions: [cn-hangzhou], vendors: [alibaba] }
    rpo: PT24H
    retention: P7D
    encrypted: true
    maxSizeDrop: 0.5
  - { name: test, match: { tags: { env: "" } }, rpo: P7D, encrypted: false }`),
    ).toEqual([
      {
        name: "production",
        rpoMs: DAY,
        retentionMs: 7 * DAY,
        encrypted: true,
        maxSizeDrop: 0.5,
        match: {
          tags: new Map([["env", "prod"]]),
          names: ["prod-*"],
          providers: ["ops-alibaba/*"],
          regions: ["cn-hangzhou"],
          vendors: ["ALIBABA"],
        },
      },
      {
        name: "test",
        rpoMs: 7 * DAY,
        retentionMs: null,
        encrypted: null,
        maxSizeDrop: null,
        match: {
          tags: new Map([["env", ""]]),
          names: null,
          providers: null,
          regions: null,
          vendors: null,
        },
      },
      { ...DEFAULT_POLICY, rpoMs: 2 * DAY },
    ]);
  });

  test("without any are the default: 24 hours and nothing else", () => {
    expect(load("")).toEqual([DEFAULT_POLICY]);
    expect(load("policies: [{ name: p, match: { names: [x] }, rpo: PT1H }]").at(-1)).toEqual(
      DEFAULT_POLICY,
    );
  });

  test("with faults are refused, every fault with its path and what would be right", () => {
    expect(
      faultsOf(`policies:
  - { name: p, match: { tags: {}, names: [], vendors: [acme] }, rpo: 24h }
  - { name: P, match: {}, rpo: PT24H, maxSizeDrop: 50, retention: P0D }
  - { name: "no good", rpo: PT24H, match: { tags: { env: 1 }, tag: { env: a } } }
  - { name: default, match: { names: [x] } }
  - { name: q, rpo: PT24H, encrypted: "yes" }`),
    ).toEqual([
      "policies[0].match.names: must be a list of at least one name, but got a list of 0",
      "policies[0].match.tags: must be a map of at least one tag, but got a map",
      expect.stringMatching(
        /^policies\[0\]\.match\.vendors\[0\]: must be one of alibaba, .*"acme"$/,
      ),
      expect.stringMatching(/^policies\[0\]\.rpo: must be an ISO 8601 duration from PT1M .*"24h"$/),
      "policies[1].match: missing; say which instances the policy is for; only the policy default is for all",
      "policies[1].maxSizeDrop: must be a number from 0 to 1, but got 50",
      "policies[1].name: must be unique; policies[0] has the same name",
      expect.stringMatching(/^policies\[1\]\.retention: must be an ISO 8601 duration/),
      expect.stringMatching(/^policies\[2\]\.match\.tag: unknown key; did you mean tags\?$/),
      expect.stringMatching(/^policies\[2\]\.match\.tags\.env: must be text; quote numbers/),
      expect.stringMatching(/^policies\[2\]\.name: must be 1 to 64 characters/),
      "policies[3].match: must be left out of the policy default, which is for all other instances",
      expect.stringMatching(/^policies\[3\]\.rpo: missing; must be an ISO 8601 duration/),
      expect.stringMatching(/^policies\[4\]\.encrypted: must be true or false/),
      "policies[4].match: missing; say which instances the policy is for; only the policy default is for all",
    ]);
  });

  test("that are no list, or an empty one, are refused", () => {
    expect(faultsOf("policies: []")).toEqual([
      "policies: must be a list of at least one policy, but got a list of 0",
    ]);
    expect(faultsOf("policies: {}")).toEqual([
      "policies: must be a list of policies, but got a map",
    ]);
  });
});
