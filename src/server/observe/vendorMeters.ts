import { Counter, Histogram, type Registry } from "prom-client";
import { metricName } from "./names.js";
import type { AttemptNote, BreakerNote, VendorOf } from "./notes.js";

/** What the metrics are told of vendor calls. */
export interface VendorMeters {
  attempt(note: AttemptNote): void;
  waited(ms: number, account: string): void;
  breaker(note: BreakerNote): void;
  claimDropped(provider: string, listing: string): void;
}

/** Seconds. */
const ATTEMPT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WAIT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** Makes the metrics of vendor calls. */
export function makeVendorMeters(registry: Registry, vendorOf: VendorOf): VendorMeters {
  const { attempts, duration, waits, breakers, claims } = metersIn(registry);
  return {
    attempt({ account, action, outcome, ms }) {
      const vendor = vendorOf(account);
      attempts.inc({ vendor, account, action, outcome });
      duration.observe({ vendor, account, action }, ms / 1_000);
    },
    waited: (ms, account) => waits.observe({ vendor: vendorOf(account), account }, ms / 1_000),
    breaker: ({ account, state }) => breakers.inc({ vendor: vendorOf(account), account, state }),
    claimDropped: (provider, listing) => claims.inc({ provider, listing }),
  };
}

function metersIn(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: metricName(name), help, labelNames, registers });
  return {
    attempts: counter(
      "vendor_attempts_total",
      "Attempts of vendor calls by outcome: OK, or the code of the issue that they make.",
      ["vendor", "account", "action", "outcome"],
    ),
    duration: new Histogram({
      name: metricName("vendor_attempt_duration_seconds"),
      help: "From sending an attempt to its opened answer.",
      labelNames: ["vendor", "account", "action"],
      buckets: ATTEMPT_BUCKETS,
      registers,
    }),
    waits: new Histogram({
      name: metricName("quota_wait_seconds"),
      help: "How long attempts that had to wait stood in line for a token or a free slot.",
      labelNames: ["vendor", "account"],
      buckets: WAIT_BUCKETS,
      registers,
    }),
    breakers: counter("breaker_changes_total", "Changes of breakers, by the state they went to.", [
      "vendor",
      "account",
      "state",
    ]),
    claims: counter(
      "claims_dropped_total",
      "Claims of a vendor's declaration that were dropped because an answer contradicted them.",
      ["provider", "listing"],
    ),
  };
}
