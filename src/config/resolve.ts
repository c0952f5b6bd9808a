import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { z } from "zod";
import type {
  Account,
  CredentialSource,
  Environment,
  UpstreamSettings,
} from "../domain/account.js";
import type { AuthOptions } from "../domain/principal.js";
import { CREDENTIALS } from "./accounts.js";
import type { GatewayConfig, ServerConfig } from "./config.js";
import { eitherCase } from "./environment.js";
import { resolvePolicies } from "./policies.js";
import { METRICS_PORT } from "./rules.js";
import type { ParsedConfig } from "./schema.js";

type ParsedAccount = ParsedConfig["accounts"][number];

/**
 * Makes the config of the program from a parsed file, with the defaults that depend on other keys.
 * Paths in the file are relative to `folder`.
 */
export function resolveConfig(
  parsed: ParsedConfig,
  env: Environment,
  folder: string,
): GatewayConfig {
  const { maxEventLoopDelay, ...limits } = parsed.limits;
  const { ttl, staleIfError, refresh, url } = parsed.cache;
  const surroundings = { env, folder };
  const upstream = resolveUpstream(parsed.upstream, [], surroundings);
  const auth = resolveAuth(parsed.auth);
  const secretSha256 = parsed.federation.secretSha256 || null;
  return {
    server: resolveServer(parsed.server, auth.mode === "none" || env["NODE_ENV"] !== "production"),
    federation: {
      enabled: parsed.federation.enabled && (auth.mode === "none" || secretSha256 !== null),
      secretSha256,
    },
    auth,
    accounts: parsed.accounts.map((account) =>
      resolveAccount(account, parsed.upstream, surroundings),
    ),
    policies: resolvePolicies(parsed.policies ?? []),
    upstream,
    cache: { ttlMs: ttl, staleIfErrorMs: ttl === 0 ? 0 : staleIfError, refresh, url: url ?? null },
    limits: { ...limits, maxEventLoopDelayMs: maxEventLoopDelay },
  };
}

function resolveServer(server: ParsedConfig["server"], isOpen: boolean): ServerConfig {
  const { cursorKey = [], graphiql, page, introspection, metrics, ...rest } = server;
  const { host, port, tags } = metrics;
  const isListener = host !== undefined || port !== undefined;
  return {
    ...rest,
    graphiql: graphiql ?? isOpen,
    page: page ?? isOpen,
    introspection: introspection ?? isOpen,
    cursorKeys: cursorKey.map((key) => new Uint8Array(Buffer.from(key, "base64"))),
    metrics: isListener ? { host: host ?? "127.0.0.1", port: port ?? METRICS_PORT } : null,
    metricsTags: tags,
  };
}

function resolveAuth({ mode, apiKeys = [], jwt }: ParsedConfig["auth"]): AuthOptions {
  if (mode === "apiKey") {
    return { mode, apiKeys: apiKeys.map((key) => ({ ...key, accounts: key.accounts ?? null })) };
  }
  if (mode === "none") return { mode };
  if (jwt === undefined) throw new TypeError("Mode jwt has no section auth.jwt.");
  return { mode, jwt };
}

type UpstreamLayer = {
  readonly [K in keyof ParsedConfig["upstream"]]?: ParsedConfig["upstream"][K] | undefined;
};

/** The common settings, overridden by the first layer that has a key. */
function resolveUpstream(
  common: ParsedConfig["upstream"],
  layers: readonly UpstreamLayer[],
  surroundings: ReadFrom,
): UpstreamSettings {
  const pick = <K extends keyof UpstreamLayer>(key: K) =>
    layers.map((layer) => layer[key]).find((value) => value !== undefined) ?? common[key];
  return {
    timeoutMs: pick("timeout"),
    deadlineMs: pick("deadline"),
    concurrency: pick("concurrency"),
    rate: pick("rate") ?? null,
    retries: pick("retries"),
    maxResponseBytes: pick("maxResponseBytes"),
    trustTotals: pick("trustTotals"),
    ...networkOf(pick("proxy"), pick("caFile"), surroundings),
  };
}

/** What a config depends on besides its text. */
interface ReadFrom {
  readonly env: Environment;
  /** The folder to which paths in the config are relative. */
  readonly folder: string;
}

/** The network settings, unless all of them are the system's. */
function networkOf(
  proxy: string,
  caFile: string,
  { env, folder }: ReadFrom,
): Pick<UpstreamSettings, "network"> {
  const httpProxy = proxy || eitherCase(env, "HTTP_PROXY");
  const httpsProxy = proxy || eitherCase(env, "HTTPS_PROXY");
  if (httpProxy + httpsProxy + caFile === "") return {};
  const ca = caFile === "" ? null : readFileSync(resolve(folder, caFile), "utf8");
  return { network: { httpProxy, httpsProxy, noProxy: eitherCase(env, "NO_PROXY"), ca } };
}

function resolveAccount(
  account: ParsedAccount,
  common: ParsedConfig["upstream"],
  surroundings: ReadFrom,
): Account {
  const source = credentialSourceOf(account, surroundings.folder);
  const base = {
    id: account.id,
    regions: account.vendor === "s3" ? [account.region] : (account.regions ?? null),
    endpoint: account.endpoint ?? null,
    ...(source === null ? {} : { credentialSource: source }),
    upstream: resolveUpstream(common, [account, account.upstream ?? {}], surroundings),
  };
  switch (account.vendor) {
    case "ucloud": {
      const { vendor, credentials = unread(vendor), projectId = null, products } = account;
      return { ...base, vendor, credentials, projectId, products };
    }
    case "tencent": {
      const { vendor, credentials = unread(vendor), api, timeZone } = account;
      const { signatureMethod = "HmacSHA256" } = account;
      return { ...base, vendor, api, signatureMethod, credentials, timeZone };
    }
    case "alibaba": {
      const { vendor, credentials = unread(vendor), signature } = account;
      const { lookback: lookbackMs = null } = account;
      return { ...base, vendor, signature, credentials, lookbackMs };
    }
    case "aws": {
      const { vendor, credentials = unread(vendor), products } = account;
      const { elasticache = null, memorydb = null } = account.endpoints ?? {};
      const endpoints = { elasticache, memorydb };
      return { ...base, vendor, credentials, products, endpoints };
    }
    case "s3": {
      const { vendor, credentials = unread(vendor), region, ttl: ttlMs = null } = account;
      const buckets = account.buckets.map(({ shards = null, ...bucket }) => ({
        ...bucket,
        shards,
      }));
      return { ...base, vendor, credentials, region, buckets, ttlMs };
    }
  }
}

function credentialSourceOf(
  { credentialsFile = "", credentialsCommand: command, credentialsEnvironment = [] }: ParsedAccount,
  folder: string,
): CredentialSource | null {
  if (command !== undefined) return { command, environment: credentialsEnvironment, folder };
  return credentialsFile === "" ? null : { file: resolve(folder, credentialsFile) };
}

type CredentialsOf<V extends keyof typeof CREDENTIALS> = z.output<(typeof CREDENTIALS)[V]>;

/** Empty texts in place of credentials that are read while the gateway runs. */
const unread = <V extends keyof typeof CREDENTIALS>(vendor: V) =>
  Object.fromEntries(
    Object.keys(CREDENTIALS[vendor].shape).map((key) => [key, ""]),
  ) as unknown as CredentialsOf<V>;
