import { Counter, Histogram, type Registry } from "prom-client";
import { metricName } from "./names.js";
import type { AttemptNote, BreakerNote, SharedState, VendorOf } from "./notes.js";

/** What the metrics are told of vendor calls. */
export interface VendorMeters {
  attempt(note: AttemptNote): void;
  waited(ms: number, account: string): void;
  breaker(note: BreakerNote): void;
  claimDropped(provider: string, listing: string): void;
  shared(state: SharedState): void;
}

/** Seconds. */
const ATTEMPT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WAIT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** Makes the metrics of vendor calls. */
export function makeVendorMeters(registry: Registry, vendorOf: VendorOf): VendorMeters {
  const { attempts, duration, waits, breakers, claims, shared } = metersIn(registry);
  return {
    attempt({ account, action, outcome, ms }) {
      const vendor = vendorOf(account);
      attempts.inc({ vendor, account, action, outcome });
      duration.observe({ vendor, account, action }, ms / 1_000);
    },
    waited: (ms, account) => waits.observe({ vendor: vendorOf(account), account }, ms / 1_000),
    breaker: ({ account, state }) => breakers.inc({ vendor: vendorOf(account), account, state }),
    claimDropped: (provider, listing) => claims.inc({ provider, listing }),
    shared: (state) => shared.inc({ state }),
  };
}

function metersIn(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: metricName(name), help, labelNames, registers });
  return {
    attempts: counter("vendor_attempts_total", HELP.attempts, [
      "vendor",
      "account",
      "action",
      "outcome",
    ]),
    duration: new Histogram({
      name: metricName("vendor_attempt_duration_seconds"),
      help: HELP.duration,
      labelNames: ["vendor", "account", "action"],
      buckets: ATTEMPT_BUCKETS,
      registers,
    }),
    waits: new Histogram({
      name: metricName("quota_wait_seconds"),
      help: HELP.waits,
      labelNames: ["vendor", "account"],
      buckets: WAIT_BUCKETS,
      registers,
    }),
    breakers: counter("breaker_changes_total", HELP.breakers, ["vendor", "account", "state"]),
    claims: counter("claims_dropped_total", HELP.claims, ["provider", "listing"]),
    shared: counter("shared_cache_changes_total", HELP.shared, ["state"]),
  };
}

const HELP = {
  attempts: "Attempts of vendor calls by outcome: OK, or the code of the issue that they make.",
  duration: "From sending an attempt to its opened answer.",
  waits: "How long attempts that had to wait stood in line for a token or a free slot.",
  breakers: "Changes of breakers, by the state they went to.",
  claims: "Claims of a vendor's declaration that were dropped: an answer contradicted them.",
  shared: "Changes of the server by which replicas share: up, or lost.",
} as const;
