import { once } from "node:events";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { Gateway } from "../app.js";
import { codeOf } from "../config/fault.js";
import type { GatewayConfig } from "../config/resolve.js";
import type { Environment } from "../domain/account.js";
import { LearningScrub } from "../domain/scrub.js";
import { buildSubgraph } from "../graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../graphql/schema.js";
import type { KeySetPorts } from "../server/auth/keySet.js";
import { makeGate } from "../server/gate.js";
import { CallerLimits } from "../server/limits/callerLimits.js";
import { makeLogger } from "../server/logger.js";
import { type MetricsServer, startMetricsServer } from "../server/observe/metricsRoute.js";
import { makeObservation, type Observation } from "../server/observe/observe.js";
import { reportCalls } from "../server/apollo.js";
import { startTelemetry, type Telemetry, telemetrySecrets } from "../server/observe/telemetry.js";
import type { RunningServer, ServerOptions } from "../server/options.js";
import { startServer } from "../server/startServer.js";
import { type CommandContext, UsageError } from "./context.js";
import { makeReload } from "./reload.js";
import {
  DEFAULT_FILE,
  gatewayOf,
  loadSetup,
  reloadedPartsOf,
  secretsIn,
  type Setup,
  type SetupFlags,
} from "./setup.js";

const PROGRAM = "redis-backup-gateway";

/** Where npx links the programs of packages that it installs for one call. */
const NPX_FOLDER = /[\\/]_npx[\\/]\w+[\\/]node_modules[\\/]\.bin$/;

/** What npx writes beside these packages. */
interface NpxManifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly _npx: { readonly packages: readonly string[] };
}

/** How long running operations may take after the process was asked to stop. */
const DRAIN_MS = 10_000;

/** Serves until the process is asked to stop. Returns the exit code. */
export async function serve(flags: SetupFlags, context: CommandContext): Promise<number> {
  const setup = await loadSetup(flags, context);
  const { config } = setup;
  const hidden = new LearningScrub();
  hidden.hide(telemetrySecrets(context.env));
  let telemetry: Telemetry | null = null;
  const logger = loggerOf(config, hidden, (line) => telemetry?.log(line));
  const observation = observationOf(config, logger);
  telemetry = startTelemetry({ env: context.env, registry: observation.registry, logger });
  const hide = (secrets: readonly string[], owner?: string): void => {
    hidden.hide(secrets, owner);
    context.hide?.(secrets, owner);
  };
  const gateway = gatewayOf(config, { ...context, hide }, observation.hooks);
  showGateway(observation, gateway, config);
  const schema = buildGatewaySchema();
  const { requestsPerMinute } = config.limits;
  const callers = new CallerLimits(requestsPerMinute, { shared: gateway.points, now: Date.now });
  const isDemo = setup.clouds !== null;
  const parts = { gateway, callers, observation, logger, schema, isDemo, kept: new Map() };
  const closing = [() => setup.clouds?.close(), gateway.close];
  try {
    const metrics = await startMetrics(observation, config, logger);
    if (metrics !== null) closing.push(metrics.close);
    // Before the server measures how late the process is: on a slow machine this takes a while.
    setup.clouds?.fill();
    const server = await startServer(optionsOf(config, parts)).catch(explainListen(config.server));
    closing.push(server.close);
    logger.info({ url: server.url, metrics: metrics?.url }, "The gateway is ready.");
    context.stdout.write(banner(setup, flags, server, context));
    gateway.refresher.start();
    const load = async (): Promise<GatewayConfig> => {
      const again = (await loadSetup(flags, context, setup.clouds)).config;
      hide(secretsIn(again));
      return again;
    };
    const takeOver = async (next: GatewayConfig): Promise<void> => {
      let release = (): void => undefined;
      const { earlier } = await server.replace(optionsOf(next, parts), () => {
        release = gateway.reload(reloadedPartsOf(next));
        callers.perMinute = next.limits.requestsPerMinute;
        gateway.engine.refreshCredentials();
        showGateway(observation, gateway, next);
      });
      void earlier.then(release);
    };
    const reload = makeReload(config, { logger, load, takeOver, ...observation.hooks });
    // The demo has no file.
    if (flags.demo !== true) context.onReload?.(reload);
    const { interrupted } = context;
    if (!interrupted.aborted) await once(interrupted, "abort");
    // Running operations get the whole quota.
    await gateway.refresher.stop();
    logger.info("The gateway is stopping and waits for running operations.");
    // A second signal would end the process before the log is written.
    logger.flush();
  } finally {
    observation.close();
    for (const close of closing.reverse()) await close();
  }
  logger.info("The gateway has stopped.");
  await telemetry?.close();
  return 0;
}

/** What a server is made from, besides its config. */
interface ServerParts {
  readonly gateway: Gateway;
  readonly callers: CallerLimits;
  readonly observation: Observation;
  readonly logger: Logger;
  readonly schema: GraphQLSchema;
  readonly isDemo: boolean;
  /** The keys of token issuers, which a reload keeps. */
  readonly kept: NonNullable<KeySetPorts["kept"]>;
}

function optionsOf(config: GatewayConfig, parts: ServerParts): ServerOptions {
  const { gateway, callers, observation, logger, schema, isDemo, kept } = parts;
  const { server, auth, limits, upstream, federation } = config;
  const { deadlineMs, network } = upstream;
  const issuer = { network, kept };
  const placesOf = gateway.places;
  const now = Date.now;
  const gate = makeGate({ auth, limits, placesOf, callers, logger, now, issuer });
  const watched = observation.serverOptions(
    { makeReads: gateway.open, plugins: [gate.plugin, reportCalls] },
    server.metrics === null ? { authenticate: gate.identify } : null,
  );
  return {
    ...server,
    demo: isDemo,
    limits,
    deadlineMs,
    drainMs: DRAIN_MS,
    logger,
    now,
    authenticate: gate.authenticate,
    callers,
    progress: gateway.progress,
    schema,
    federation: federation.enabled
      ? { schema: buildSubgraph(schema), secretSha256: federation.secretSha256 }
      : null,
    ...watched,
    extend: (app) => {
      gate.extend(app);
      watched.extend(app);
    },
  };
}

/**
 * What is printed when the gateway listens: one line, and before it for people what to try next. Commands are
 * named as this gateway was started: by `npm start`, by npx, or by the installed program.
 */
function banner(
  { clouds, config: { server } }: Setup,
  { config, demo }: SetupFlags,
  { url }: RunningServer,
  { env, stdout }: CommandContext,
): string {
  const ready = `Gateway ready at ${url}\n`;
  if (clouds === null && stdout.isTTY !== true) return ready;
  const isNpmStart = env["npm_lifecycle_event"] === "start";
  const viaNpm = isNpmStart || env["npm_command"] === "exec";
  const program = viaNpm ? `npx ${npxPackage(env) ?? PROGRAM}` : PROGRAM;
  // Without the flag, every command finds the file in the same way.
  const file = demo === true ? DEFAULT_FILE : config;
  const own = file === undefined ? "" : ` --config ${file}`;
  const start = isNpmStart ? `npm start${own && ` --${own}`}` : `${program} serve${own}`;
  // The short flag, so that the longest line fits into 80 columns.
  const [what, look] =
    clouds === null
      ? ["", `check${own}`]
      : demo === true
        ? ["Demo: embedded clouds, not real accounts. ", "coverage --demo"]
        : [
            "Demo: embedded clouds under your config. ",
            `coverage --clouds${own.replace("--config", "-c")}`,
          ];
  const hints: readonly (readonly [string, string | null])[] = [
    ["Coverage page", server.page ? new URL("/", url).href : null],
    ["GraphiQL", server.graphiql ? url : null],
    ["In a terminal", `${program} ${look}`],
    ["Your own accounts", clouds === null ? null : start],
    ["Break a cloud", clouds === null ? null : `${clouds.control.url} with the header`],
    ["", clouds === null ? null : `x-clouds-token: ${clouds.control.token}`],
  ];
  const lines = hints.flatMap(([name, how]) => (how ? [`  ${name.padEnd(19)}${how}\n`] : []));
  return `${what}Stop it with Ctrl-C. Try next:\n${lines.join("")}${ready}`;
}

/**
 * What npx was asked to run, if it installed this program for that: a tarball, a folder, a version. Null if npx
 * found it installed, or in the checkout in which it was started.
 */
function npxPackage({ PATH = "", npm_config_local_prefix: checkout }: Environment): string | null {
  const bin = PATH.split(delimiter).find((folder) => NPX_FOLDER.test(folder));
  if (bin === undefined) return null;
  try {
    const text = readFileSync(join(bin, "../../package.json"), "utf8");
    const { dependencies, _npx } = JSON.parse(text) as NpxManifest;
    const [asked, ...more] = _npx.packages;
    if (asked === undefined || asked === checkout || more.length > 0) return null;
    if (!(PROGRAM in dependencies)) return null;
    return /^[\w@%+=:,./^-]+$/.test(asked) ? asked : JSON.stringify(asked);
  } catch {
    // Another version of npm keeps this elsewhere.
    return null;
  }
}

/** Makes the log of the process. The secrets of the config, and those that are hidden later, never appear. */
export function loggerOf(
  config: GatewayConfig,
  hidden = new LearningScrub(),
  onLine?: (line: string) => void,
): Logger {
  hidden.hide(secretsIn(config));
  const to = onLine === undefined ? {} : { onLine };
  return makeLogger({ level: config.server.logLevel, scrub: hidden.scrub, ...to });
}

/** Makes the metrics and spans of a gateway and its process. */
export const observationOf = ({ accounts, server }: GatewayConfig, logger: Logger): Observation =>
  makeObservation({
    logger,
    accounts,
    tags: server.metricsTags,
    now: Date.now,
    elapsed: () => performance.now(),
    process: true,
  });

/** Adds the state of the gateway's accounts and their coverage to the metrics. */
function showGateway(
  { show }: Observation,
  { http, engine, open }: Gateway,
  { accounts, server, upstream, limits }: GatewayConfig,
): void {
  show(
    {
      health: (account) => http.health(account),
      rowsHeld: () => engine.rowsHeld,
      deadlineMs: upstream.deadlineMs,
      vendorCalls: limits.vendorCalls,
      open,
    },
    { accounts, tags: server.metricsTags },
  );
}

/** Starts the metrics listener, or returns null if the config has none. */
export async function startMetrics(
  { registry }: Observation,
  { server: { metrics } }: GatewayConfig,
  logger: Logger,
): Promise<MetricsServer | null> {
  if (metrics === null) return null;
  const keys = { host: "server.metrics.host", port: "server.metrics.port" };
  return startMetricsServer({ ...metrics, logger, registry }).catch(explainListen(metrics, keys));
}

/** The settings of the main listener. */
const MAIN_KEYS = { host: "server.host or GATEWAY_HOST", port: "server.port or PORT" };

/**
 * Explains why a listener cannot listen.
 * @throws {UsageError} if a setting can fix it, the original error otherwise.
 */
export const explainListen =
  ({ host, port }: { readonly host: string; readonly port: number }, keys = MAIN_KEYS) =>
  (error: unknown): never => {
    const noAddress = `${host} is not an address of this machine. Set ${keys.host} to one that is.`;
    const advice: Readonly<Record<string, string>> = {
      EADDRINUSE: `Port ${port} of ${host} is in use. Set ${keys.port} to another port, or to 0 for any free port.`,
      EACCES: `This user may not listen on port ${port}. Set ${keys.port} to a port from 1024 up.`,
      EADDRNOTAVAIL: noAddress,
      ENOTFOUND: noAddress,
    };
    const message = advice[codeOf(error)];
    throw message === undefined ? error : new UsageError(message);
  };
