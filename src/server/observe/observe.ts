import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { ServerOptions } from "../options.js";
import { CoverageWatch, type CoverageWatchParts } from "./coverageWatch.js";
import {
  addAccountGauges,
  addCacheGauge,
  addCoverageGauges,
  type ShownAccounts,
} from "./gauges.js";
import { type GatewayEvents, makeLines, passTo } from "./notes.js";
import {
  makeLabelOf,
  makeOperationMeters,
  makeReadingMeters,
  makeVendorMeters,
  readOperationNames,
} from "./meters.js";
import { addMetricsRoute } from "./metricsRoute.js";
import { OperationWatch } from "./operations.js";
import { makeSpans } from "./spans.js";

/** What a gateway is observed with. */
interface ObservationParts {
  readonly logger: Logger;
  readonly accounts: readonly { readonly id: string; readonly vendor: string }[];
  /** Keys of tags that become labels of the metrics about instances. By default, none. */
  readonly tags?: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number;
  /** Whether to add the metrics of the process, which may be done once a process. */
  readonly process: boolean;
}

/** The callbacks through which a gateway reports vendor calls. */
type GatewayHooks = ReturnType<typeof hooksOf>;

const hooksOf = (events: GatewayEvents) => ({
  observer: { onAttempt: events.attempt, onWait: events.waited, onBreaker: events.breaker },
  onClaimDropped: events.claimDropped,
  onShared: events.shared,
  onCredentials: events.credentials,
  onReload: events.reloaded,
});

/** What gauges read from a gateway when they are scraped. */
interface ShownGateway
  extends
    Pick<ShownAccounts, "health">,
    Pick<CoverageWatchParts, "open" | "deadlineMs" | "vendorCalls"> {
  /** Backups held in memory. */
  rowsHeld(): number;
}

/** The options of a server that is observed. */
type ObservedOptions = Required<
  Pick<ServerOptions, "makeReads" | "plugins" | "extend" | "onInterpreted">
>;

/** Logs, metrics and traces of one gateway. */
export interface Observation {
  readonly registry: Registry;
  readonly hooks: GatewayHooks;
  /** Adds gauges of a gateway's accounts and coverage. They replace those of an earlier call. */
  show(gateway: ShownGateway, shown?: Pick<ObservationParts, "accounts" | "tags">): void;
  /** Adds observation to a server's options. With null, the server has no route for metrics. */
  serverOptions(
    options: Pick<ServerOptions, "makeReads" | "plugins">,
    metrics: { readonly authenticate: ServerOptions["authenticate"] } | null,
  ): ObservedOptions;
  /** Ends reads that scrapes have started. */
  close(): void;
}

/** Makes the observation of a gateway. */
export function makeObservation(parts: ObservationParts): Observation {
  const { now, elapsed, process, logger } = parts;
  const registry = new Registry();
  if (process) addProcessMetrics(registry);
  // Calls of accounts that a reload removed may still end.
  const vendors = new Map(parts.accounts.map(({ id, vendor }) => [id, vendor]));
  const vendorOf = (account: string): string => vendors.get(account) ?? "unknown";
  const labelOf = makeLabelOf(readOperationNames());
  const spans = makeSpans({ vendorOf, labelOf, now });
  const events = passTo([
    makeOperationMeters(registry, labelOf),
    makeVendorMeters(registry, vendorOf, spans.exemplarOf),
    makeReadingMeters(registry, vendorOf),
    makeLines(logger, vendorOf),
    { attempt: spans.attempt },
  ]);
  const operations = new OperationWatch({ events, spans, elapsed });
  const closing = new AbortController();
  const permanent = namesIn(registry);
  return {
    registry,
    hooks: hooksOf(events),
    show({ health, rowsHeld, open, deadlineMs, vendorCalls }, { accounts, tags = [] } = parts) {
      for (const { id, vendor } of accounts) vendors.set(id, vendor);
      for (const name of namesIn(registry))
        if (!permanent.has(name)) registry.removeSingleMetric(name);
      addAccountGauges(registry, { accounts: accounts.map(({ id }) => id), vendorOf, health });
      addCacheGauge(registry, rowsHeld);
      const watch = new CoverageWatch({
        open,
        deadlineMs,
        vendorCalls,
        showsTags: tags.length > 0,
        now,
        closing: closing.signal,
        onRead: ({ calls }) => events.asked(calls),
        onFailure: (err) => logger.error({ err }, "The coverage for metrics could not be read."),
      });
      addCoverageGauges(registry, { latest: () => watch.latest(), now, tags });
    },
    serverOptions: ({ makeReads, plugins }, metrics) => ({
      makeReads: operations.makeReads(makeReads),
      // Last, so that it sees the response as the others leave it.
      plugins: [...plugins, operations.plugin],
      extend(app: FastifyInstance) {
        operations.addTo(app);
        if (metrics !== null) addMetricsRoute(app, { registry, ...metrics });
      },
      onInterpreted: events.interpreted,
    }),
    close: () => closing.abort(),
  };
}

const namesIn = (registry: Registry): ReadonlySet<string> =>
  new Set(registry.getMetricsAsArray().map(({ name }) => name));

/** Adds the usual metrics of Node and the process, without gauges whose names end as only counters may. */
function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const kind of ["handles", "requests", "resources"])
    registry.removeSingleMetric(`nodejs_active_${kind}_total`);
}
