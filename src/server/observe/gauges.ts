import { Gauge, type Registry } from "prom-client";
import { COVERAGE_STATES } from "../../domain/coverage.js";
import {
  BREAKER_STATES,
  INSTANCE_LABELS,
  labelOfTag,
  type AccountHealth,
} from "../../domain/observation.js";
import type { CoverageSnapshot, InstanceSnapshot } from "./coverageWatch.js";
import { metricName } from "./meters.js";
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
interface CoverageSource {
  /** Null until coverage has been read. */
  latest(): Promise<CoverageSnapshot | null>;
  /** Epoch milliseconds. */
  now(): number;
  /** Keys of tags that become labels. */
  readonly tags: readonly string[];
}

/** Sets the value of a series by its labels. */
type SetSeries = (labels: Readonly<Record<string, string>>, value: number) => void;

type AddGauge = (
  name: string,
  help: string,
  labelNames: readonly string[],
  show: (set: SetSeries, snapshot: CoverageSnapshot) => void,
) => void;

/** Adds gauges for the coverage of all accounts. */
export function addCoverageGauges(registry: Registry, source: CoverageSource): void {
  const gauge: AddGauge = (name, help, labelNames, show) => {
    new Gauge({
      name: metricName(name),
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const snapshot = await source.latest();
        // Instances that are gone must not keep their series.
        this.reset();
        if (snapshot !== null) show((labels, value) => this.set(labels, value), snapshot);
        else if (labelNames.length === 0) this.remove();
      },
    });
  };
  addProviderGauges(gauge);
  addInstanceGauges(gauge, source);
}

function addProviderGauges(gauge: AddGauge): void {
  const states = "Instances by coverage state, each by its policy.";
  gauge("coverage_instances", states, ["provider", "state"], (set, { providers }) => {
    for (const { provider, counts } of providers)
      for (const state of COVERAGE_STATES) set({ provider, state }, counts[state]);
  });
  const complete = "1 if nothing was missing when the coverage was read.";
  gauge("coverage_complete", complete, ["provider"], (set, { providers }) => {
    for (const one of providers) set({ provider: one.provider }, one.complete ? 1 : 0);
  });
  const checked = "When the coverage was read, in Unix time.";
  gauge("coverage_checked_timestamp_seconds", checked, [], (set, { checkedAt }) =>
    set({}, checkedAt / 1_000),
  );
  const omitted =
    "Instances without metrics of their own because there are too many; the worst have them.";
  gauge("backup_ages_omitted", omitted, [], (set, snapshot) => set({}, snapshot.omitted));
}

/** Adds gauges with a series for each instance. What is not known has no series. */
function addInstanceGauges(gauge: AddGauge, { now, tags }: CoverageSource): void {
  const labelNames = [...INSTANCE_LABELS, ...tags.map(labelOfTag)];
  const ofEach = (
    name: string,
    help: string,
    valueOf: (one: InstanceSnapshot) => number | null | undefined,
  ): void =>
    gauge(name, help, labelNames, (set, { instances }) => {
      for (const one of instances) {
        const value = valueOf(one);
        if (value !== null && value !== undefined) set(labelsOf(one, tags), value);
      }
    });

  const state = "1 for the coverage state that the instance is in.";
  gauge("instance_state", state, [...labelNames, "state"], (set, { instances }) => {
    for (const one of instances)
      for (const each of COVERAGE_STATES)
        set({ ...labelsOf(one, tags), state: each }, one.state === each ? 1 : 0);
  });
  const violation = "1 for each demand of its policy that the instance violates.";
  gauge("instance_violation", violation, [...labelNames, "violation"], (set, { instances }) => {
    for (const one of instances)
      for (const each of one.violations) set({ ...labelsOf(one, tags), violation: each }, 1);
  });
  const age = "Time since the newest good backup started; +Inf if there certainly is none.";
  ofEach("backup_age_seconds", age, ({ newest }) => {
    if (newest === undefined) return null;
    return newest === null ? Infinity : Math.max(0, now() - newest.startedAt) / 1_000;
  });
  const size = "Size of the newest good backup.";
  ofEach("backup_size_bytes", size, ({ newest }) => newest?.sizeBytes);
  const good = "Good backups that the vendor keeps.";
  ofEach("good_backups", good, ({ goodBackups }) => goodBackups);
  const automatic = "1 if the vendor makes backups by a schedule, 0 if that is switched off.";
  ofEach("automatic_backups", automatic, ({ instance: { automaticBackups } }) =>
    automaticBackups === null ? null : Number(automaticBackups),
  );
  const failure = "When the newest failed backup started, in Unix time.";
  ofEach("last_failure_timestamp_seconds", failure, ({ lastFailureAt }) =>
    lastFailureAt === null ? null : lastFailureAt / 1_000,
  );
}

/** Characters that control a terminal or change the direction of text: names reach mails and dashboards. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const LONGEST_VALUE = 128;

const labelText = (text: string | null | undefined): string => {
  const safe = (text ?? "").replaceAll(UNSAFE, "\u{fffd}");
  return safe.length <= LONGEST_VALUE ? safe : [...safe].slice(0, LONGEST_VALUE).join("");
};

const labelsOf = (
  { instance, policy }: InstanceSnapshot,
  tags: readonly string[],
): Readonly<Record<string, string>> => ({
  provider: instance.provider,
  region: labelText(instance.region),
  redis_instance: labelText(instance.nativeId),
  redis_instance_name: labelText(instance.name),
  policy: labelText(policy),
  ...Object.fromEntries(
    tags.map((key) => {
      const tag = instance.tags?.find((one) => one.key === key);
      return [labelOfTag(key), labelText(tag?.value)];
    }),
  ),
});
