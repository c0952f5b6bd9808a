import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { CallCount } from "../../domain/reads.js";
import { metricName } from "./names.js";
import type { OperationNote } from "./notes.js";
import { resultOf } from "./outcome.js";
import { PairCounter } from "./pairCounter.js";

/** What the metrics are told of operations. */
export interface OperationMeters {
  began(): void;
  /** Null for a request that turned out to hold no operation. */
  ended(note: OperationNote | null): void;
  refused(status: number): void;
  /** Why an operation was not executed in compiled form. */
  interpreted(reason: string): void;
  /** Questions of an operation, or of another job of the gateway. */
  asked(calls: readonly CallCount[]): void;
}

/** From answers out of memory to the longest deadlines, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** Makes the metrics of operations. */
export function makeOperationMeters(
  registry: Registry,
  labelOf: (name: string | null) => string,
): OperationMeters {
  const meters = metersIn(registry);
  const asked = (calls: readonly CallCount[]): void => {
    for (const { vendor, action, count, cached } of calls) {
      if (cached > 0) meters.hits.add(vendor, action, cached);
      if (count > 0) meters.misses.add(vendor, action, count);
    }
  };
  return {
    began: () => meters.inFlight.inc(),
    ended(note) {
      meters.inFlight.dec();
      if (note === null) return;
      const { name, outcome, ms, late, calls } = note;
      const operation = labelOf(name);
      meters.total.add(operation, outcome);
      meters.duration.observe({ operation, result: resultOf(outcome) }, ms / 1_000);
      for (const [provider, rows] of late) meters.late.inc({ provider }, rows);
      asked(calls);
    },
    refused: (status) => meters.refused.inc({ status }),
    interpreted: (reason) => meters.interpreted.inc({ reason }),
    asked,
  };
}

function metersIn(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: metricName(name), help, labelNames, registers });
  const pairs = <A extends string, B extends string>(name: string, help: string, labels: [A, B]) =>
    new PairCounter({ registry, name: metricName(name), help, labels });
  return {
    total: pairs("operations_total", HELP.total, ["operation", "outcome"]),
    duration: new Histogram({
      name: metricName("operation_duration_seconds"),
      help: HELP.duration,
      labelNames: ["operation", "result"],
      buckets: BUCKETS,
      registers,
    }),
    inFlight: new Gauge({
      name: metricName("operations_in_flight"),
      help: HELP.inFlight,
      registers,
    }),
    refused: counter("requests_refused_total", HELP.refused, ["status"]),
    interpreted: counter("operations_interpreted_total", HELP.interpreted, ["reason"]),
    late: counter("late_rows_total", HELP.late, ["provider"]),
    hits: pairs("cache_hits_total", HELP.hits, ["vendor", "action"]),
    misses: pairs("cache_misses_total", HELP.misses, ["vendor", "action"]),
  };
}

const HELP = {
  total: "Operations by name (other: not one that comes with the gateway) and outcome.",
  duration: "From the end of the request to the end of the answer.",
  inFlight: "Operations that are being answered.",
  refused: "Requests for /graphql that were refused before an operation began, by HTTP status.",
  interpreted: "Operations that were not executed in compiled form.",
  late: "Backups delivered after their place in the list had passed: their source had failed.",
  hits: "Questions answered without a vendor call, from what was read before.",
  misses: "Questions for which a vendor was called; attempts of one call count once.",
} as const;
