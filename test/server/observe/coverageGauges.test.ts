import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import type { Instance } from "../../../src/domain/instance.js";
import { addCoverageGauges } from "../../../src/server/observe/coverageGauges.js";
import type { CoverageSight } from "../../../src/server/observe/coverageSight.js";
import { INSTANCES, NOW } from "../../graphql/fakeEstate.js";
import { samplesNamed, samplesOf } from "./harness.js";

const [R1, R2] = INSTANCES as [Instance, Instance];

const SIGHT: CoverageSight = {
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
function gauges(sight: CoverageSight | null) {
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
