import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import type { AccountHealth } from "../../../src/domain/observation.js";
import type { Instance } from "../../../src/domain/instance.js";
import type { CoverageSnapshot } from "../../../src/server/observe/coverageWatch.js";
import { addAccountGauges, addCoverageGauges } from "../../../src/server/observe/gauges.js";
import { INSTANCES, NOW } from "../../graphql/fakeEstate.js";
import { samplesNamed, samplesOf } from "./harness.js";

describe("the gauges of accounts", () => {
  const sights: Record<string, AccountHealth> = {
    a: {
      breaker: "open",
      lastSuccessAt: 5_000,
      lastFailure: "TIMEOUT",
      isFailing: true,
      callsLeft: 7,
    },
    b: {
      breaker: "closed",
      lastSuccessAt: null,
      lastFailure: null,
      isFailing: false,
      callsLeft: null,
    },
  };
  const registry = new Registry();
  addAccountGauges(registry, {
    accounts: ["a", "b"],
    vendorOf: (account) => `vendor of ${account}`,
    health: (account) => sights[account]!,
  });
  const scrape = async () => samplesOf(await registry.metrics());

  test("show which of its states a breaker is in, at the moment of the scrape", async () => {
    const stateOf = async (account: string) =>
      Object.entries(samplesNamed(await scrape(), "backup_gateway_breaker_state"))
        .filter(([labels]) => labels.includes(`account="${account}"`))
        .map(([labels, value]) => [/state="(\w+)"/.exec(labels)?.[1], value]);
    expect(await stateOf("a")).toEqual([
      ["closed", 0],
      ["halfOpen", 0],
      ["open", 1],
    ]);
    sights["a"] = { ...sights["a"]!, breaker: "halfOpen" };
    expect(await stateOf("a")).toEqual([
      ["closed", 0],
      ["halfOpen", 1],
      ["open", 0],
    ]);
    expect(await stateOf("b")).toEqual([
      ["closed", 1],
      ["halfOpen", 0],
      ["open", 0],
    ]);
  });

  test("show quota and success only where they are known", async () => {
    const samples = await scrape();
    expect(samplesNamed(samples, "backup_gateway_quota_calls_left")).toEqual({
      '{vendor="vendor of a",account="a"}': 7,
    });
    expect(samplesNamed(samples, "backup_gateway_vendor_last_success_timestamp_seconds")).toEqual({
      '{vendor="vendor of a",account="a"}': 5,
    });
  });
});

const [R1, R2] = INSTANCES as [Instance, Instance];

const SIGHT: CoverageSnapshot = {
  checkedAt: NOW - 60_000,
  providers: [
    {
      provider: "ali/kvstore",
      counts: { PROTECTED: 3, VIOLATING: 1, UNKNOWN: 2 },
      complete: false,
    },
    { provider: "uc/uredis", counts: { PROTECTED: 0, VIOLATING: 0, UNKNOWN: 0 }, complete: true },
  ],
  newest: [
    { instance: R2, startedAt: null },
    { instance: R1, startedAt: NOW - 3_600_000 },
  ],
  omitted: 4,
  calls: [],
};

/** Gauges over a sight that may be changed, and their samples. */
function gauges(sight: CoverageSnapshot | null) {
  const shown = { sight, now: NOW };
  const registry = new Registry();
  addCoverageGauges(registry, {
    latest: () => Promise.resolve(shown.sight),
    now: () => shown.now,
  });
  return { shown, scrape: async () => samplesOf(await registry.metrics()) };
}

const AGE = "backup_gateway_backup_age_seconds";

describe("the gauges of coverage", () => {
  test("show every state of every provider", async () => {
    const samples = await gauges(SIGHT).scrape();
    expect(samplesNamed(samples, "backup_gateway_coverage_instances")).toEqual({
      '{provider="ali/kvstore",state="PROTECTED"}': 3,
      '{provider="ali/kvstore",state="VIOLATING"}': 1,
      '{provider="ali/kvstore",state="UNKNOWN"}': 2,
      '{provider="uc/uredis",state="PROTECTED"}': 0,
      '{provider="uc/uredis",state="VIOLATING"}': 0,
      '{provider="uc/uredis",state="UNKNOWN"}': 0,
    });
    expect(samplesNamed(samples, "backup_gateway_coverage_complete")).toEqual({
      '{provider="ali/kvstore"}': 0,
      '{provider="uc/uredis"}': 1,
    });
    expect(samples.get("backup_gateway_coverage_checked_timestamp_seconds")).toBe(
      (NOW - 60_000) / 1_000,
    );
    expect(samples.get("backup_gateway_backup_ages_omitted")).toBe(4);
  });

  test("show ages as they are at the scrape, and infinite where there is no backup", async () => {
    const { shown, scrape } = gauges(SIGHT);
    shown.now += 10_000;
    expect(samplesNamed(await scrape(), AGE)).toEqual({
      '{provider="ali/kvstore",region="cn-hangzhou",instance="r-2"}': Infinity,
      '{provider="ali/kvstore",region="cn-hangzhou",instance="r-1"}': 3_610,
    });
  });

  test("forget instances that are gone", async () => {
    const { shown, scrape } = gauges(SIGHT);
    await scrape();
    shown.sight = { ...SIGHT, newest: SIGHT.newest.slice(1) };
    expect(Object.keys(samplesNamed(await scrape(), AGE))).toEqual([
      '{provider="ali/kvstore",region="cn-hangzhou",instance="r-1"}',
    ]);
  });

  test("show nothing while nothing is known: not even a zero", async () => {
    expect([...(await gauges(null).scrape())]).toEqual([]);
  });
});
