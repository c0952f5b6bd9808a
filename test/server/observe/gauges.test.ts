import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import type { AccountHealth } from "../../../src/domain/observation.js";
import type { Instance } from "../../../src/domain/instance.js";
import type { CoverageSnapshot } from "../../../src/server/observe/coverageWatch.js";
import { addAccountGauges, addCoverageGauges } from "../../../src/server/observe/gauges.js";
import { onlyOfAccounts } from "../../../src/server/observe/metricsRoute.js";
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

const SNAPSHOT: CoverageSnapshot = {
  checkedAt: NOW - 60_000,
  providers: [
    {
      provider: "ali/kvstore",
      counts: { PROTECTED: 3, VIOLATING: 1, UNKNOWN: 2 },
      complete: false,
    },
    { provider: "uc/uredis", counts: { PROTECTED: 0, VIOLATING: 0, UNKNOWN: 0 }, complete: true },
  ],
  instances: [
    {
      instance: R2,
      state: "VIOLATING",
      policy: "default",
      violations: ["RPO", "BACKUPS_OFF"],
      newest: null,
      goodBackups: 0,
      lastFailureAt: NOW - 5_000,
    },
    {
      instance: R1,
      state: "PROTECTED",
      policy: "default",
      violations: [],
      newest: { startedAt: NOW - 3_600_000, sizeBytes: 7 },
      goodBackups: 3,
      lastFailureAt: null,
    },
  ],
  omitted: 4,
  calls: [],
};

/** Gauges over a snapshot that may be changed, and their samples. */
function gauges(snapshot: CoverageSnapshot | null, tags: readonly string[] = []) {
  const shown = { snapshot, now: NOW };
  const registry = new Registry();
  addCoverageGauges(registry, {
    latest: () => Promise.resolve(shown.snapshot),
    now: () => shown.now,
    tags,
  });
  return {
    shown,
    text: () => registry.metrics(),
    scrape: async () => samplesOf(await registry.metrics()),
  };
}

const AGE = "backup_gateway_backup_age_seconds";
const labels = (one: Instance, more = ""): string =>
  `{provider="ali/kvstore",region="cn-hangzhou",redis_instance="${one.nativeId}",` +
  `redis_instance_name="${one.name ?? ""}",policy="default"${more}}`;

describe("the gauges of coverage", () => {
  test("show every state of every provider", async () => {
    const samples = await gauges(SNAPSHOT).scrape();
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
    const { shown, scrape } = gauges(SNAPSHOT);
    shown.now += 10_000;
    expect(samplesNamed(await scrape(), AGE)).toEqual({
      [labels(R2)]: Infinity,
      [labels(R1)]: 3_610,
    });
  });

  test("show state, size, number and last failure of each instance, as far as they are known", async () => {
    const samples = await gauges(SNAPSHOT).scrape();
    const valuesOf = (name: string) => samplesNamed(samples, `backup_gateway_${name}`);
    expect(valuesOf("backup_size_bytes")).toEqual({ [labels(R1)]: 7 });
    expect(valuesOf("good_backups")).toEqual({ [labels(R2)]: 0, [labels(R1)]: 3 });
    expect(valuesOf("last_failure_timestamp_seconds")).toEqual({
      [labels(R2)]: (NOW - 5_000) / 1_000,
    });
    expect(valuesOf("instance_violation")).toEqual({
      [labels(R2, ',violation="RPO"')]: 1,
      [labels(R2, ',violation="BACKUPS_OFF"')]: 1,
    });
    expect(valuesOf("instance_state")).toEqual({
      [labels(R2, ',state="PROTECTED"')]: 0,
      [labels(R2, ',state="VIOLATING"')]: 1,
      [labels(R2, ',state="UNKNOWN"')]: 0,
      [labels(R1, ',state="PROTECTED"')]: 1,
      [labels(R1, ',state="VIOLATING"')]: 0,
      [labels(R1, ',state="UNKNOWN"')]: 0,
    });
  });

  test("show whether automatic backups are on, where the vendor says so", async () => {
    const [one] = SNAPSHOT.instances as [CoverageSnapshot["instances"][number]];
    const instances = [
      { ...one, instance: { ...R2, automaticBackups: true } },
      { ...one, instance: { ...R1, automaticBackups: false } },
      { ...one, instance: { ...R1, nativeId: "r-3", automaticBackups: null } },
    ];
    const samples = await gauges({ ...SNAPSHOT, instances }).scrape();
    expect(samplesNamed(samples, "backup_gateway_automatic_backups")).toEqual({
      [labels(R2)]: 1,
      [labels(R1)]: 0,
    });
  });

  test("show of an unknown instance its state only", async () => {
    const unknown = {
      policy: null,
      violations: [],
      newest: undefined,
      goodBackups: null,
      lastFailureAt: null,
    };
    const instances = [
      { instance: { ...R1, automaticBackups: null }, state: "UNKNOWN" as const, ...unknown },
    ];
    const samples = await gauges({ ...SNAPSHOT, instances }).scrape();
    const names = [...samples].flatMap(([name]) => (name.includes("redis_instance") ? name : []));
    expect(names.filter((name) => !name.startsWith("backup_gateway_instance_state"))).toEqual([]);
    expect(names).toHaveLength(3);
  });

  test("label instances with the chosen tags, and no others", async () => {
    const tagged = (tags: Instance["tags"]): CoverageSnapshot => ({
      ...SNAPSHOT,
      instances: SNAPSHOT.instances.slice(1).map((one) => ({ ...one, instance: { ...R1, tags } })),
    });
    const chosen = ["env", "cost-centre/id"];
    const own = [
      { key: "env", value: "prod" },
      { key: "cost-centre/id", value: "7" },
      { key: "other", value: "hidden" },
    ];
    const labelled = async (tags: Instance["tags"]) =>
      Object.keys(samplesNamed(await gauges(tagged(tags), chosen).scrape(), AGE));
    expect(await labelled(own)).toEqual([labels(R1, ',env="prod",cost_centre_id="7"')]);
    expect(await labelled(null)).toEqual([labels(R1, ',env="",cost_centre_id=""')]);
  });

  test("escape names that anybody may choose, replace control characters, and cut long ones", async () => {
    const name = 'a"b\\c\nd\u202e,provider="other/x"} 1';
    const instance = {
      ...R1,
      name,
      nativeId: "i".repeat(300),
      tags: [{ key: "env", value: "ü".repeat(200) }],
    };
    const instances = [{ ...SNAPSHOT.instances[1]!, instance }];
    const text = await gauges({ ...SNAPSHOT, instances }, ["env"]).text();
    const line = text.split("\n").find((one) => one.startsWith(`${AGE}{`));
    expect(line).toBe(
      `${AGE}{provider="ali/kvstore",region="cn-hangzhou",redis_instance="${"i".repeat(128)}",` +
        `redis_instance_name="a\\"b\\\\c\ufffdd\ufffd,provider=\\"other/x\\"} 1",policy="default",env="${"ü".repeat(128)}"} 3600`,
    );
    // The name does not move the line to another account.
    expect(onlyOfAccounts(text, ["ali"])).toContain(line);
    expect(onlyOfAccounts(text, ["other"])).not.toContain(AGE + "{");
  });

  test("forget instances that are gone", async () => {
    const { shown, scrape } = gauges(SNAPSHOT);
    await scrape();
    shown.snapshot = { ...SNAPSHOT, instances: SNAPSHOT.instances.slice(1) };
    expect(Object.keys(samplesNamed(await scrape(), AGE))).toEqual([labels(R1)]);
  });

  test("show nothing while nothing is known: not even a zero", async () => {
    expect([...(await gauges(null).scrape())]).toEqual([]);
  });
});
