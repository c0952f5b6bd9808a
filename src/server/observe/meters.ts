import { readdirSync, readFileSync } from "node:fs";
import { Kind, parse } from "graphql";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { CallCount } from "../../domain/reads.js";
import { PACKAGE } from "../../ownPackage.js";
import { type Exemplar, type GatewayEvents, resultOf, type VendorOf } from "./notes.js";
import type { Spans } from "./spans.js";

/** The full name of a metric of the gateway; those of the process keep their usual names. */
export const metricName = (name: string): string => `backup_gateway_${name}`;

/** The operations that ship with the gateway. */
const OPERATIONS = new URL("schema/operations/", PACKAGE);

/** The label of all other operations. */
export const OTHER = "other";

/** Reads the names of the operations that ship with the gateway. */
export function readOperationNames(folder: URL = OPERATIONS): ReadonlySet<string> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".graphql"));
  const documents = files.map((file) => parse(readFileSync(new URL(file, folder), "utf8")));
  return new Set(
    documents
      .flatMap(({ definitions }) => definitions)
      .flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION && one.name ? [one.name] : []))
      .map(({ value }) => value),
  );
}

/** Makes labels of operation names. Clients can send any name, so only known names become labels. */
export const makeLabelOf =
  (names: ReadonlySet<string>) =>
  (name: string | null): string =>
    name !== null && names.has(name) ? name : OTHER;

/** Makes metrics of one registry. */
const metersOf = (registry: Registry) => ({
  gauge: <L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> =>
    new Gauge({ name: metricName(name), help, labelNames, registers: [registry] }),
  counter: <L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> =>
    new Counter({ name: metricName(name), help, labelNames, registers: [registry] }),
  histogram: <L extends string>(
    name: string,
    help: string,
    { labels, seconds }: { readonly labels: L[]; readonly seconds: number[] },
  ): Histogram<L | keyof Exemplar> => {
    const made = new Histogram<L | keyof Exemplar>({
      name: metricName(name),
      help,
      labelNames: labels,
      buckets: seconds,
      enableExemplars: true,
      // It would refuse a registry of the other format; a scrape chooses its format.
      registers: [],
    });
    registry.registerMetric(made);
    return made;
  },
});

/** From cached answers to the longest deadlines. */
const OPERATION_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25,
];

/** Makes the metrics of operations. */
export function makeOperationMeters(registry: Registry, labelOf: (name: string | null) => string) {
  const { counter, gauge, histogram } = metersOf(registry);
  const total = counter(
    "operations_total",
    "Operations by name (other: not one that ships with the gateway) and outcome.",
    ["operation", "outcome"],
  );
  const duration = histogram(
    "operation_duration_seconds",
    "Time from the end of the request to the end of the response.",
    { labels: ["operation", "result"], seconds: OPERATION_SECONDS },
  );
  const inFlight = gauge("operations_in_flight", "Operations in progress.");
  const refused = counter(
    "requests_refused_total",
    "Requests to /graphql that were refused before an operation started, by HTTP status.",
    ["status"],
  );
  const interpreted = counter(
    "operations_interpreted_total",
    "Operations that were not executed in compiled form.",
    ["reason"],
  );
  const late = counter(
    "late_rows_total",
    "Backups delivered after their place in the list had passed, because their source had failed.",
    ["provider"],
  );
  const hits = counter("cache_hits_total", "Reads answered from the cache.", ["vendor", "action"]);
  const misses = counter(
    "cache_misses_total",
    "Reads that called a vendor; the attempts of one call count once.",
    ["vendor", "action"],
  );
  const asked = (calls: readonly CallCount[]): void => {
    for (const { vendor, action, count, cached } of calls) {
      if (cached > 0) hits.inc({ vendor, action }, cached);
      if (count > 0) misses.inc({ vendor, action }, count);
    }
  };
  return {
    began: () => inFlight.inc(),
    ended(note) {
      inFlight.dec();
      if (note === null) return;
      const operation = labelOf(note.name);
      total.inc({ operation, outcome: note.outcome });
      duration.observe({
        labels: { operation, result: resultOf(note.outcome) },
        value: note.ms / 1_000,
        exemplarLabels: note.exemplar ?? {},
      });
      for (const [provider, rows] of note.late) late.inc({ provider }, rows);
      asked(note.calls);
    },
    refused: (_, status) => refused.inc({ status }),
    interpreted: (reason) => interpreted.inc({ reason }),
    asked,
  } satisfies Partial<GatewayEvents>;
}

const ATTEMPT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WAIT_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** Makes the metrics of vendor calls. Their exemplars are those of the operations that caused them. */
export function makeVendorMeters(
  registry: Registry,
  vendorOf: VendorOf,
  exemplarOf: Spans["exemplarOf"],
) {
  const { counter, histogram } = metersOf(registry);
  const attempts = counter(
    "vendor_attempts_total",
    "Attempts of vendor calls by outcome: OK, or the code of the issue that they cause.",
    ["vendor", "account", "action", "outcome"],
  );
  const duration = histogram(
    "vendor_attempt_duration_seconds",
    "Time from sending an attempt to its decoded response.",
    { labels: ["vendor", "account", "action"], seconds: ATTEMPT_SECONDS },
  );
  const waits = histogram(
    "quota_wait_seconds",
    "Time that attempts waited for a rate token or a free slot, if they had to wait.",
    { labels: ["vendor", "account"], seconds: WAIT_SECONDS },
  );
  const breakers = counter("breaker_changes_total", "Changes of circuit breakers, by new state.", [
    "vendor",
    "account",
    "state",
  ]);
  const claims = counter(
    "claims_dropped_total",
    "Claims of a vendor's declaration that were dropped because a response contradicted them.",
    ["provider", "listing"],
  );
  const shared = counter(
    "shared_cache_changes_total",
    "Changes of the server that replicas share: up or lost.",
    ["state"],
  );
  return {
    attempt({ account, action, outcome, requestId, ms }) {
      const vendor = vendorOf(account);
      attempts.inc({ vendor, account, action, outcome });
      duration.observe({
        labels: { vendor, account, action },
        value: ms / 1_000,
        exemplarLabels: exemplarOf(requestId) ?? {},
      });
    },
    waited: (ms, account) =>
      waits.observe({ labels: { vendor: vendorOf(account), account }, value: ms / 1_000 }),
    breaker: ({ account, state }) => breakers.inc({ vendor: vendorOf(account), account, state }),
    claimDropped: (provider, listing) => claims.inc({ provider, listing }),
    shared: (state) => shared.inc({ state }),
  } satisfies Partial<GatewayEvents>;
}

/** Makes the metrics of what the gateway reads again while it runs: credentials and the config. */
export function makeReadingMeters(registry: Registry, vendorOf: VendorOf) {
  const { counter, gauge } = metersOf(registry);
  const readings = counter(
    "credentials_changes_total",
    "Readings of a file's or command's credentials by outcome: new, or failed.",
    ["vendor", "account", "outcome"],
  );
  const expiry = gauge(
    "credentials_expiry_timestamp_seconds",
    "When the credentials in use expire, in Unix time; absent if they do not.",
    ["vendor", "account"],
  );
  const reloads = counter(
    "config_reloads_total",
    "Times that the config was read again, by outcome: taken, refused because it is wrong, or failed.",
    ["outcome"],
  );
  return {
    credentials({ account, expiresAt, error }) {
      const labels = { vendor: vendorOf(account), account };
      readings.inc({ ...labels, outcome: error === null ? "new" : "failed" });
      if (expiresAt === null) expiry.remove(labels);
      else expiry.set(labels, expiresAt / 1_000);
    },
    reloaded: (outcome) => reloads.inc({ outcome }),
  } satisfies Partial<GatewayEvents>;
}
