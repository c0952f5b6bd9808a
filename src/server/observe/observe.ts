import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { ServerOptions } from "../options.js";
import { addAccountGauges, type ShownAccounts } from "./accountGauges.js";
import { addCacheGauge } from "./cacheGauge.js";
import { addCoverageGauges } from "./coverageGauges.js";
import { CoverageWatch, type CoverageWatchParts } from "./coverageWatch.js";
import { makeLines, type Lines } from "./lines.js";
import { addMetricsRoute } from "./metricsRoute.js";
import type { AttemptNote, BreakerNote, SharedState, VendorOf } from "./notes.js";
import { makeLabelOf, readOperationNames } from "./operationNames.js";
import { makeOperationMeters, type OperationMeters } from "./operationMeters.js";
import { OperationWatch } from "./operations.js";
import { makeSpans, type Spans } from "./spans.js";
import { makeVendorMeters, type VendorMeters } from "./vendorMeters.js";

/** What a gateway is observed with. */
export interface ObservationParts {
  readonly logger: Logger;
  readonly accounts: readonly { readonly id: string; readonly vendor: string }[];
  /** The clock: epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
  /** Whether memory, event loop and the like are shown too: once a process. */
  readonly process: boolean;
}

/** What tells of vendor calls; the gateway's hooks. */
export interface GatewayHooks {
  readonly observer: {
    onAttempt(note: AttemptNote): void;
    onWait(ms: number, account: string): void;
    onBreaker(note: BreakerNote): void;
  };
  readonly onClaimDropped: (provider: string, listing: string, message: string) => void;
  readonly onShared: (state: SharedState) => void;
}

/** What is shown of a gateway whenever somebody scrapes. */
export interface ShownGateway
  extends Pick<ShownAccounts, "health">, Pick<CoverageWatchParts, "open" | "deadlineMs"> {
  /** Backups held in memory. */
  rowsHeld(): number;
}

/** Options of a server that is observed. */
export interface ObservedOptions extends Required<
  Pick<ServerOptions, "makeReads" | "plugins" | "extend">
> {
  /** Told why an operation was not executed in compiled form. */
  onInterpreted(reason: string): void;
}

/** Logs, metrics and traces of one gateway. */
export interface Observation {
  readonly registry: Registry;
  readonly hooks: GatewayHooks;
  /** Shows, from now on, how accounts and coverage are. */
  show(gateway: ShownGateway): void;
  /** Options of the server that is to be observed, made of those that it would have. */
  serverOptions(
    options: Pick<ServerOptions, "makeReads" | "plugins">,
    metrics: { readonly authenticate: ServerOptions["authenticate"] } | null,
  ): ObservedOptions;
  /** Ends what scrapes have begun. */
  close(): void;
}

/** Makes what observes a gateway. */
export function makeObservation(parts: ObservationParts): Observation {
  const { accounts, now, process, logger } = parts;
  const registry = new Registry();
  if (process) collectDefaultMetrics({ register: registry });
  const vendors = new Map(accounts.map(({ id, vendor }) => [id, vendor]));
  const vendorOf = (account: string): string => vendors.get(account) ?? "unknown";
  const observers = observersOf(parts, registry, vendorOf);
  const operations = watchOperations(parts, observers);
  const closing = new AbortController();
  return {
    registry,
    hooks: hooksOf(observers),
    show({ health, rowsHeld, open, deadlineMs }) {
      addAccountGauges(registry, { accounts: [...vendors.keys()], vendorOf, health });
      addCacheGauge(registry, rowsHeld);
      const watch = new CoverageWatch({
        open,
        deadlineMs,
        now,
        closing: closing.signal,
        onLook: ({ calls }) => observers.operations.asked(calls),
        onFailure: (err) => logger.error({ err }, "The coverage for metrics could not be read."),
      });
      addCoverageGauges(registry, { latest: () => watch.latest(), now });
    },
    serverOptions: ({ makeReads, plugins }, metrics) => ({
      makeReads: operations.makeReads(makeReads),
      // Last, so that it sees the answer as the others leave it.
      plugins: [...plugins, operations.plugin],
      extend(app: FastifyInstance) {
        operations.addTo(app);
        if (metrics !== null) addMetricsRoute(app, { registry, ...metrics });
      },
      onInterpreted: (reason) => observers.operations.interpreted(reason),
    }),
    close: () => closing.abort(),
  };
}

/** All who are told. */
interface Observers {
  readonly lines: Lines;
  readonly operations: OperationMeters;
  readonly vendors: VendorMeters;
  readonly spans: Spans;
}

function observersOf(
  { logger, now }: ObservationParts,
  registry: Registry,
  vendorOf: VendorOf,
): Observers {
  const labelOf = makeLabelOf(readOperationNames());
  return {
    lines: makeLines(logger, vendorOf),
    operations: makeOperationMeters(registry, labelOf),
    vendors: makeVendorMeters(registry, vendorOf),
    spans: makeSpans({ vendorOf, labelOf, now }),
  };
}

const watchOperations = (
  { elapsed }: ObservationParts,
  { operations, lines, spans }: Observers,
): OperationWatch =>
  new OperationWatch({
    spans,
    elapsed,
    listener: {
      began: () => operations.began(),
      ended(note) {
        operations.ended(note);
        if (note !== null) lines.operation(note);
      },
      refused(requestId, status) {
        operations.refused(status);
        lines.refusal(requestId, status);
      },
    },
  });

const hooksOf = ({ vendors, lines, spans }: Observers): GatewayHooks => ({
  observer: {
    onAttempt(note) {
      vendors.attempt(note);
      lines.attempt(note);
      spans.attempt(note);
    },
    onWait: (ms, account) => vendors.waited(ms, account),
    onBreaker(note) {
      vendors.breaker(note);
      lines.breaker(note);
    },
  },
  onClaimDropped(provider, listing, message) {
    vendors.claimDropped(provider, listing);
    lines.claimDropped(provider, listing, message);
  },
  onShared(state) {
    vendors.shared(state);
    lines.shared(state);
  },
});
