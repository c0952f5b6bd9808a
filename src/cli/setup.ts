import { existsSync, readFileSync } from "node:fs";
import { makeGateway, type Gateway, type GatewayParts, type ReloadedParts } from "../app.js";
import type { Clouds } from "../clouds/clouds.js";
import type { GatewayConfig } from "../config/resolve.js";
import { openText } from "../config/document.js";
import type { Account } from "../domain/account.js";
import { literalSecretsIn, loadConfig } from "../config/load.js";
import type { CredentialsNote } from "../domain/observation.js";
import { isRow } from "../domain/row.js";
import { secretsOf } from "../domain/secrets.js";
import { UsageError, type CommandContext } from "./context.js";
import { foldedLines } from "./rows.js";

/** The flags that choose a command's accounts. */
export interface SetupFlags {
  readonly config?: string;
  readonly demo?: boolean;
  /** The accounts of the config file, over the embedded clouds. */
  readonly clouds?: boolean;
}

/** A checked config, and the embedded clouds if its accounts are theirs. */
export interface Setup {
  readonly config: GatewayConfig;
  readonly clouds: Clouds | null;
}

/** The file that is read if neither a flag nor the environment names one. */
export const DEFAULT_FILE = "gateway.yaml";

/**
 * Loads the config that the flags or the environment name, or starts the embedded clouds. With `--clouds`, a config
 * that is read again is over those that run.
 * @throws {ConfigError} with all faults of the file, {UsageError} if there is no file.
 */
export async function loadSetup(
  { config: flag, demo, clouds }: SetupFlags,
  context: CommandContext,
  running: Clouds | null = null,
): Promise<Setup> {
  const { env } = context;
  if (demo === true) {
    if (flag !== undefined) throw new UsageError("Use either --config or --demo, not both.");
    if (clouds === true) throw new UsageError("Use either --demo or --clouds, not both.");
    return demoSetup(context);
  }
  const named = flag ?? (env["GATEWAY_CONFIG"] || undefined);
  const file = named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  if (file === undefined)
    throw new UsageError(
      "There is no config file. Use --config <file>, set GATEWAY_CONFIG, create ./gateway.yaml, " +
        "or try the embedded demo clouds with --demo.",
    );
  if (clouds === true) return cloudsSetup(file, context, running);
  const config = loadConfig({ file, env });
  context.hide?.(secretsIn(config));
  warnOfSecrets(file, context.stderr);
  return { config, clouds: null };
}

/** All secrets of a config, in every form that must not be printed. */
export const secretsIn = ({ accounts, cache, server }: GatewayConfig): readonly string[] =>
  secretsOf({
    accounts,
    cacheUrl: cache.url,
    cursorKeys: server.cursorKeys,
    proxies: accounts.flatMap(({ upstream: { network } }) =>
      network === undefined ? [] : [network.httpProxy, network.httpsProxy],
    ),
  });

/** Warns of secrets that other users of this machine can read. */
function warnOfSecrets(file: string, stderr: CommandContext["stderr"]): void {
  const [first, ...more] = literalSecretsIn(file);
  if (first === undefined) return;
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  const text =
    `Warning: ${file} contains secrets (${first}${others}) and every user of this machine can ` +
    `read it. Set its mode to 600, or use references such as "\${NAME}".\n`;
  stderr.write(foldedLines(text, stderr));
}

/**
 * Starts the embedded clouds, and lets the accounts of a config file read them.
 *
 * Credentials of the file are neither used nor needed. An account keeps its id, its products, its variant of
 * the API, its limits, and those of its regions that the clouds have; without any, it gets those of the clouds.
 */
async function cloudsSetup(
  file: string,
  { env, stderr, now, hide }: CommandContext,
  running: Clouds | null,
): Promise<Setup> {
  const config = loadConfig({ file, env, ...withoutCredentials(file) });
  hide?.(secretsIn(config));
  const { startClouds } = await import("../clouds/clouds.js");
  const { overClouds } = await import("../clouds/accounts.js");
  const clouds = running ?? (await startClouds({ now }));
  const accounts = config.accounts.map((account) => overClouds(account, clouds.accounts));
  for (const [at, { id, regions }] of accounts.entries())
    if (config.accounts[at]?.regions?.some((region) => regions?.includes(region) === false))
      stderr.write(`The embedded clouds have other regions: ${id} reads ${regions?.join(", ")}.\n`);
  return { config: { ...config, accounts }, clouds };
}

/** The text of a file with placeholders for credentials, if it is a file with accounts. */
function withoutCredentials(file: string): { readonly text?: string } {
  if (!existsSync(file)) return {};
  const { tree, faults } = openText(readFileSync(file, "utf8"), file);
  if (!isRow(tree) || faults.length > 0 || !Array.isArray(tree["accounts"])) return {};
  const accounts = tree["accounts"].map((account: unknown) => {
    if (!isRow(account) || !isRow(account["credentials"])) return account;
    const keys = Object.keys(account["credentials"]).map((key) => [key, "unused"]);
    return { ...account, credentials: Object.fromEntries(keys) as unknown };
  });
  return { text: JSON.stringify({ ...tree, accounts }) };
}

async function demoSetup({ env, now, stderr }: CommandContext): Promise<Setup> {
  // All defaults of a config file. The accounts come from the clouds, because their ports vary.
  const base = loadConfig({ text: DEMO_FILE, file: "the demo's config", env });
  // Loaded only here, because a gateway with real accounts does not need the simulators.
  const { startClouds } = await import("../clouds/clouds.js");
  const clouds = await startClouds({ now });
  // On a terminal, a line for each request would soon hide what the demo prints.
  const logLevel = stderr.isTTY === true ? "error" : base.server.logLevel;
  const server = { ...base.server, logLevel };
  return { config: { ...base, server, accounts: clouds.accounts.map(atDemoRate) }, clouds };
}

/** What the demo has in place of a config file; its accounts have no ports, because nothing is started. */
export async function demoConfig(): Promise<Pick<GatewayConfig, "accounts" | "policies">> {
  const { demoAccounts } = await import("../clouds/clouds.js");
  const { policies } = loadConfig({ text: DEMO_FILE, file: "the demo's config", env: {} });
  return { accounts: demoAccounts(), policies };
}

/** Calls a second to the embedded clouds, which have no quota: nobody should wait for one in the demo. */
const DEMO_RATE = 1_000;

const atDemoRate = (account: Account): Account => ({
  ...account,
  upstream: { ...account.upstream, rate: DEMO_RATE },
});

const DEMO_FILE = `server:
  metrics: { tags: [env, team] }
limits: { requestsPerMinute: 0 }
accounts:
  - id: demo
    vendor: ucloud
    credentials: { publicKey: demo, privateKey: demo }
policies:
  - name: production
    match: { tags: { env: prod } }
    rpo: PT24H
    retention: P7D
    encrypted: true
    maxSizeDrop: 0.5
  - { name: default, rpo: PT48H }
`;

/** Backups kept in memory, over all sources. */
const CACHE_ROWS = 200_000;

/** What a gateway takes over from a config that is read again. */
export const reloadedPartsOf = ({
  accounts,
  cache,
  limits,
  policies,
}: GatewayConfig): ReloadedParts => ({
  accounts,
  settings: {
    ttlMs: cache.ttlMs,
    staleIfErrorMs: cache.staleIfErrorMs,
    scanRows: limits.scanRows,
    cacheRows: CACHE_ROWS,
  },
  bodyBytes: limits.bodyBytes,
  policies,
  refreshShare: cache.refresh.share,
});

/** The gateway of a config, without its server. Credentials that it reads are hidden. */
export const gatewayOf = (
  config: GatewayConfig,
  { env, now, elapsed, hide }: Pick<CommandContext, "env" | "now" | "elapsed" | "hide">,
  hooks: Pick<GatewayParts, "observer" | "onClaimDropped" | "onShared"> & {
    readonly onCredentials?: (note: CredentialsNote) => void;
  } = {},
): Gateway =>
  makeGateway({
    ...reloadedPartsOf(config),
    cursorKeys: config.server.cursorKeys,
    now,
    elapsed,
    cacheUrl: config.cache.url,
    env,
    ...hooks,
    onCredentials(note, credentials) {
      if (credentials !== null) hide?.(secretsOf({ accounts: [{ credentials }] }), note.account);
      hooks.onCredentials?.(note);
    },
  });
