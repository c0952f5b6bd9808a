import { Gauge, type Registry } from "prom-client";
import { COVERAGE_STATES } from "../../domain/coverage.js";
import type { CoverageSight } from "./coverageSight.js";
import { metricName } from "./names.js";

/** Where the gauges get their figures from. */
export interface CoverageSource {
  /** Null while nothing is known. */
  latest(): Promise<CoverageSight | null>;
  /** Epoch milliseconds. */
  now(): number;
}

type Shown<L extends string> = (gauge: Gauge<L>, sight: CoverageSight) => void;

/** Shows at each scrape what is known of the estate's coverage. */
export function addCoverageGauges(registry: Registry, { latest, now }: CoverageSource): void {
  const gauge = <L extends string>(name: string, labelNames: L[], show: Shown<L>, help: string) =>
    new Gauge({
      name: metricName(name),
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const sight = await latest();
        // Instances come and go, and with them their series.
        this.reset();
        if (sight !== null) show(this, sight);
        else if (labelNames.length === 0) this.remove();
      },
    });
  const byState = "Instances by state, for an objective of a day, as the field coverage counts.";
  gauge("coverage_instances", ["provider", "state"], showStates, byState);
  const complete = "1 where nothing was missing when the coverage was read.";
  gauge("coverage_complete", ["provider"], showComplete, complete);
  const checked = "When the coverage was read, in Unix time.";
  gauge("coverage_checked_timestamp_seconds", [], showChecked, checked);
  const age = "Since the newest good backup started; +Inf: none in time, and no older one known.";
  gauge("backup_age_seconds", ["provider", "region", "instance"], ageShower(now), age);
  const omitted = "Instances without an age because there are too many; the worst have one.";
  gauge("backup_ages_omitted", [], (shown, sight) => shown.set(sight.omitted), omitted);
}

const showStates: Shown<"provider" | "state"> = (gauge, { providers }) => {
  for (const { provider, counts } of providers)
    for (const state of COVERAGE_STATES) gauge.set({ provider, state }, counts[state]);
};

const showComplete: Shown<"provider"> = (gauge, { providers }) => {
  for (const { provider, complete } of providers) gauge.set({ provider }, complete ? 1 : 0);
};

const showChecked: Shown<never> = (gauge, { checkedAt }) => gauge.set(checkedAt / 1_000);

/** The age at the moment of the scrape, however long ago the backup's start was read. */
const ageShower =
  (now: () => number): Shown<"provider" | "region" | "instance"> =>
  (gauge, { newest }) => {
    const at = now();
    for (const { instance, startedAt } of newest) {
      const { provider, region, nativeId } = instance;
      const seconds = startedAt === null ? Infinity : Math.max(0, at - startedAt) / 1_000;
      gauge.set({ provider, region, instance: nativeId }, seconds);
    }
  };
