import { Gauge, type Registry } from "prom-client";
import { COVERAGE_STATES } from "../../domain/coverage.js";
import type { CoverageSnapshot } from "./coverageWatch.js";
import { metricName } from "./meters.js";
import { BREAKER_STATES, type AccountHealth } from "../../domain/observation.js";
import type { VendorOf } from "./notes.js";

/** Adds a gauge for the number of cached backups. */
export function addCacheGauge(registry: Registry, rowsHeld: () => number): void {
  new Gauge({
    name: metricName("cache_rows"),
    help: "Backups held in memory, over all sources; each source counts for a few itself.",
    registers: [registry],
    collect() {
      this.set(rowsHeld());
    },
  });
}

/** The accounts to show. */
export interface ShownAccounts {
  readonly accounts: readonly string[];
  readonly vendorOf: VendorOf;
  health(account: string): Pick<AccountHealth, "breaker" | "lastSuccessAt" | "callsLeft">;
}

/** Adds gauges for the state of every account. A scrape makes no vendor call. */
export function addAccountGauges(registry: Registry, shown: ShownAccounts): void {
  const { accounts, vendorOf, health } = shown;
  const gauge = <L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    show: (gauge: Gauge<"vendor" | "account" | L>, account: string) => void,
  ): void => {
    new Gauge({
      name: metricName(name),
      help,
      labelNames: ["vendor", "account", ...labels],
      registers: [registry],
      collect() {
        for (const account of accounts) show(this, account);
      },
    });
  };
  const labelsOf = (account: string) => ({ vendor: vendorOf(account), account });

  gauge(
    "breaker_state",
    "1 for the state that the breaker is in.",
    ["state"],
    (states, account) => {
      const { breaker } = health(account);
      for (const state of BREAKER_STATES)
        states.set({ ...labelsOf(account), state }, state === breaker ? 1 : 0);
    },
  );
  gauge("quota_calls_left", "Calls that could start at this moment.", [], (calls, account) => {
    const { callsLeft } = health(account);
    if (callsLeft !== null) calls.set(labelsOf(account), callsLeft);
  });
  const success = "When a vendor call of the account last succeeded, in Unix time.";
  gauge("vendor_last_success_timestamp_seconds", success, [], (times, account) => {
    const { lastSuccessAt } = health(account);
    if (lastSuccessAt !== null) times.set(labelsOf(account), lastSuccessAt / 1_000);
  });
}

/** Where the coverage gauges get their values from. */
export interface CoverageSource {
  /** Null until coverage has been read. */
  latest(): Promise<CoverageSnapshot | null>;
  /** Epoch milliseconds. */
  now(): number;
}

/** Adds gauges for the coverage of all accounts. */
export function addCoverageGauges(registry: Registry, { latest, now }: CoverageSource): void {
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    show: (gauge: Gauge<L>, snapshot: CoverageSnapshot) => void,
  ): void => {
    new Gauge({
      name: metricName(name),
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const snapshot = await latest();
        // Instances that are gone must not keep their series.
        this.reset();
        if (snapshot !== null) show(this, snapshot);
        else if (labelNames.length === 0) this.remove();
      },
    });
  };
  const states = "Instances by coverage state, for an RPO of a day.";
  gauge("coverage_instances", states, ["provider", "state"], (counts, { providers }) => {
    for (const { provider, counts: byState } of providers)
      for (const state of COVERAGE_STATES) counts.set({ provider, state }, byState[state]);
  });
  const complete = "1 if nothing was missing when the coverage was read.";
  gauge("coverage_complete", complete, ["provider"], (flags, { providers }) => {
    for (const one of providers) flags.set({ provider: one.provider }, one.complete ? 1 : 0);
  });
  const checked = "When the coverage was read, in Unix time.";
  gauge("coverage_checked_timestamp_seconds", checked, [], (time, { checkedAt }) =>
    time.set(checkedAt / 1_000),
  );
  const age = "Time since the newest good backup started; +Inf if there is none.";
  gauge("backup_age_seconds", age, ["provider", "region", "instance"], (ages, { newest }) => {
    const at = now();
    for (const { instance, startedAt } of newest) {
      const { provider, region, nativeId } = instance;
      const seconds = startedAt === null ? Infinity : Math.max(0, at - startedAt) / 1_000;
      ages.set({ provider, region, instance: nativeId }, seconds);
    }
  });
  const omitted =
    "Instances without a backup_age_seconds because there are too many; the worst have one.";
  gauge("backup_ages_omitted", omitted, [], (count, snapshot) => count.set(snapshot.omitted));
}
