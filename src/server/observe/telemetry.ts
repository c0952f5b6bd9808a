import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { diag, DiagLogLevel, ProxyTracerProvider, trace } from "@opentelemetry/api";
import type { Logger } from "pino";
import type { MetricObjectWithValues, MetricValue, Registry } from "prom-client";
import type { Environment } from "../../domain/account.js";
import { getOrMake } from "../../domain/maps.js";

/** The package that exports by OTLP; it is installed only by those who want it. */
const SDK_PACKAGE = "@opentelemetry/sdk-node";
/** A version that works with the gateway's OpenTelemetry API. */
const SDK_VERSION = "0.218.0";

const NAME = "redis-backup-gateway";

/** Sends traces, metrics and log lines to where the OTEL_* variables say. */
export interface Telemetry {
  /** Sends a line of the log. Secrets must be removed from it before. */
  log(line: string): void;
  /** Sends what is left, for at most a few seconds. */
  close(): Promise<void>;
}

/** What telemetry is started with. */
interface TelemetryParts {
  readonly env: Environment;
  readonly registry: Registry;
  readonly logger: Pick<Logger, "warn">;
}

const SIGNALS = ["TRACES", "METRICS", "LOGS"] as const;
type Signal = (typeof SIGNALS)[number];

/** Whether the variables ask for a signal: by its exporter, or by an endpoint for it or for all signals. */
function isWanted(env: Environment, signal: Signal): boolean {
  if (env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true") return false;
  const exporter = env[`OTEL_${signal}_EXPORTER`]?.trim() ?? "";
  if (exporter !== "") return exporter !== "none";
  const names = ["OTEL_EXPORTER_OTLP_ENDPOINT", `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
  return names.some((name) => (env[name] ?? "") !== "");
}

/** The values of the variables that hold keys for collectors. */
export const telemetrySecrets = (env: Environment): readonly string[] =>
  Object.entries(env).flatMap(([name, value = ""]) =>
    /^OTEL_EXPORTER_OTLP_(?:\w+_)?HEADERS$/.test(name)
      ? value.split(",").flatMap((pair) => pair.slice(pair.indexOf("=") + 1).trim() || [])
      : [],
  );

/**
 * Starts OpenTelemetry's SDK if the OTEL_* variables ask for it and the process has none yet. Null if they
 * do not, or if the package is not installed; then the log says what to install.
 */
export function startTelemetry({ env, registry, logger }: TelemetryParts): Telemetry | null {
  const wanted = new Set(SIGNALS.filter((signal) => isWanted(env, signal)));
  if (wanted.size === 0 || hasSdk()) return null;
  const load = loaderOfSdk();
  if (load === null) {
    logger.warn(
      `The environment asks for OpenTelemetry (OTEL_*), but ${SDK_PACKAGE} is not installed, so nothing ` +
        `is exported. Install it beside the gateway: npm install ${SDK_PACKAGE}@${SDK_VERSION}`,
    );
    return null;
  }
  const { NodeSDK, metrics } = load<SdkModule>(SDK_PACKAGE);
  setDefaults(process.env, wanted);
  reportFailures(env, logger);
  const metricReaders = wanted.has("METRICS") ? readersOf(env, registry, { load, metrics }) : [];
  const sdk = new NodeSDK({ metricReaders });
  sdk.start();
  const lines = wanted.has("LOGS") ? load<LogsModule>("@opentelemetry/api-logs").logs : null;
  const target = lines?.getLogger(NAME) ?? null;
  return {
    log: (line) => target?.emit(recordOf(line)),
    close: () =>
      Promise.race([
        sdk.shutdown().catch(() => undefined),
        delay(CLOSE_MS, undefined, { ref: false }),
      ]),
  };
}

/** The parts of the SDK that are used here; its package may be missing when this is compiled. */
interface SdkModule {
  readonly NodeSDK: new (options: { readonly metricReaders: readonly unknown[] }) => {
    start(): void;
    shutdown(): Promise<void>;
  };
  readonly metrics: MetricsModule;
}

interface MetricsModule {
  readonly PeriodicExportingMetricReader: new (options: {
    readonly exporter: unknown;
    readonly exportIntervalMillis: number;
    readonly exportTimeoutMillis: number;
    readonly metricProducers: readonly { collect(): Promise<unknown> }[];
  }) => unknown;
  readonly ConsoleMetricExporter: new () => unknown;
}

interface LogsModule {
  readonly logs: { getLogger(name: string): { emit(record: object): void } };
}

/** Loads a package that the SDK depends on, wherever its installer has put it. */
type LoadPackage = <Module>(name: string) => Module;

function loaderOfSdk(): LoadPackage | null {
  const own = createRequire(import.meta.url);
  try {
    const ofSdk = createRequire(own.resolve(SDK_PACKAGE));
    return <Module>(name: string) => (name === SDK_PACKAGE ? own(name) : ofSdk(name)) as Module;
  } catch {
    return null;
  }
}

/** Whether an SDK was loaded before the gateway, for example by `--import`. */
function hasSdk(): boolean {
  const provider = trace.getTracerProvider();
  const none = new ProxyTracerProvider().getDelegate();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== none;
}

/** The SDK reads the variables of the process itself, with defaults that would export more than was asked for. */
function setDefaults(env: Record<string, string | undefined>, wanted: ReadonlySet<Signal>): void {
  for (const signal of SIGNALS) if (!wanted.has(signal)) env[`OTEL_${signal}_EXPORTER`] = "none";
  if (!/(?:^|,)\s*service\.name=/.test(env["OTEL_RESOURCE_ATTRIBUTES"] ?? ""))
    env["OTEL_SERVICE_NAME"] ||= NAME;
  // The others describe the command line and the user.
  env["OTEL_NODE_RESOURCE_DETECTORS"] ||= "env,host,serviceinstance";
}

/** How long the last export may take. */
const CLOSE_MS = 5_000;
/** Every failed export fails again soon, and its line would be exported too. */
const REPORT_MS = 60_000;
const LONGEST_REPORT = 300;

function reportFailures({ OTEL_LOG_LEVEL }: Environment, logger: TelemetryParts["logger"]): void {
  if (OTEL_LOG_LEVEL !== undefined) return;
  const ignore = (): void => undefined;
  let next = -Infinity;
  const error = (message: string): void => {
    const now = performance.now();
    if (now < next) return;
    next = now + REPORT_MS;
    logger.warn({ reason: message.slice(0, LONGEST_REPORT) }, "Telemetry could not be exported.");
  };
  diag.setLogger(
    { error, warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    DiagLogLevel.ERROR,
  );
}

const PROTOCOLS: Readonly<Record<string, string>> = { grpc: "grpc", "http/json": "http" };

/** The readers that OTEL_METRICS_EXPORTER names. The SDK's own would not show the gateway's metrics. */
function readersOf(
  env: Environment,
  registry: Registry,
  { load, metrics }: { readonly load: LoadPackage; readonly metrics: MetricsModule },
): readonly unknown[] {
  const producer = { collect: () => collect(registry) };
  const named = (env["OTEL_METRICS_EXPORTER"] || "otlp").split(",").map((name) => name.trim());
  const protocol =
    env["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] || env["OTEL_EXPORTER_OTLP_PROTOCOL"] || "";
  const exporters = named.flatMap((name): unknown[] => {
    if (name === "console") return [new metrics.ConsoleMetricExporter()];
    if (name !== "otlp") return [];
    const kind = PROTOCOLS[protocol.trim()] ?? "proto";
    const module = load<{ OTLPMetricExporter: new () => unknown }>(
      `@opentelemetry/exporter-metrics-otlp-${kind}`,
    );
    return [new module.OTLPMetricExporter()];
  });
  return exporters.map(
    (exporter) =>
      new metrics.PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: Number(env["OTEL_METRIC_EXPORT_INTERVAL"]) || 60_000,
        exportTimeoutMillis: Number(env["OTEL_METRIC_EXPORT_TIMEOUT"]) || 30_000,
        metricProducers: [producer],
      }),
  );
}

/** Values of the SDK's enumerations: DataPointType, AggregationTemporality and ValueType. */
const HISTOGRAM = 0;
const GAUGE = 2;
const SUM = 3;
const CUMULATIVE = 1;
const DOUBLE = 1;

const STARTED_AT = Date.now();
const timeOf = (ms: number): readonly [number, number] => [
  Math.floor(ms / 1_000),
  (ms % 1_000) * 1_000_000,
];

/** All metrics of the registry, with their names, as a producer of the SDK's metrics gives them. */
async function collect(registry: Registry): Promise<unknown> {
  const found = await registry.getMetricsAsJSON();
  const metrics = found.map((metric) => metricOf(metric as MetricObjectWithValues<Sample>));
  return {
    // The reader takes the resource of the SDK.
    resourceMetrics: { resource: null, scopeMetrics: [{ scope: { name: NAME }, metrics }] },
    errors: [],
  };
}

type Sample = MetricValue<string> & { readonly metricName?: string };

function metricOf({ name, help, type, values }: MetricObjectWithValues<Sample>): object {
  const descriptor = { name, description: help, unit: "", valueType: DOUBLE, advice: {} };
  const common = { descriptor, aggregationTemporality: CUMULATIVE };
  const times = { startTime: timeOf(STARTED_AT), endTime: timeOf(Date.now()) };
  // Prom-client's types say `histogram`, and its values are words or numbers of an enumeration.
  if (String(type) === "histogram") {
    const points = histogramsOf(name, values).map((point) => ({ ...times, ...point }));
    return { ...common, dataPointType: HISTOGRAM, dataPoints: points };
  }
  // JSON has no infinity.
  const dataPoints = values
    .filter(({ value }) => Number.isFinite(value))
    .map(({ labels, value }) => ({ ...times, attributes: labels, value }));
  return String(type) === "counter"
    ? { ...common, dataPointType: SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: GAUGE, dataPoints };
}

interface Histogram {
  readonly attributes: object;
  readonly value: {
    readonly buckets: { readonly boundaries: number[]; readonly counts: number[] };
    sum: number;
    count: number;
  };
}

/** The histograms of one metric. Prometheus' buckets contain those below, and OpenTelemetry's do not. */
function histogramsOf(name: string, values: readonly Sample[]): readonly Histogram[] {
  const found = new Map<string, Histogram>();
  for (const { metricName, labels, value } of values) {
    const { le, ...attributes } = labels as Record<string, string | number>;
    const histogram = getOrMake(found, JSON.stringify(attributes), () => ({
      attributes,
      value: { buckets: { boundaries: [], counts: [] }, sum: 0, count: 0 },
    }));
    const { buckets } = histogram.value;
    if (metricName === `${name}_sum`) histogram.value.sum = value;
    else if (metricName === `${name}_count`) histogram.value.count = value;
    else {
      const before = buckets.counts.reduce((sum, count) => sum + count, 0);
      if (le !== "+Inf") buckets.boundaries.push(Number(le));
      buckets.counts.push(value - before);
    }
  }
  return [...found.values()];
}

/** Pino's levels as numbers and texts of OpenTelemetry. */
const SEVERITIES: Readonly<Record<number, readonly [number, string]>> = {
  10: [1, "TRACE"],
  20: [5, "DEBUG"],
  30: [9, "INFO"],
  40: [13, "WARN"],
  50: [17, "ERROR"],
  60: [21, "FATAL"],
};

/** A line of the log as a record. The SDK adds the ids of the span that is active. */
function recordOf(line: string): object {
  const { level, time, msg, ...attributes } = JSON.parse(line) as {
    readonly level: number;
    readonly time: number;
    readonly msg?: string;
  };
  const [severityNumber, severityText] = SEVERITIES[level] ?? [0, String(level)];
  return { timestamp: time, severityNumber, severityText, body: msg ?? "", attributes };
}
