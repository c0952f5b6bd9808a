import type { Account, UpstreamSettings } from "../domain/account.js";
import type { AuthConfig, GatewayConfig, ServerConfig } from "./config.js";
import type { Environment } from "./environment.js";
import type { ParsedConfig } from "./schema.js";

type ParsedAccount = ParsedConfig["accounts"][number];

/** Makes the config of the program from a parsed file, with the defaults that depend on other keys. */
export function resolveConfig(parsed: ParsedConfig, env: Environment): GatewayConfig {
  const { maxEventLoopDelay, ...limits } = parsed.limits;
  const { ttl, staleIfError, refresh, url } = parsed.cache;
  const upstream = resolveUpstream(parsed.upstream, []);
  const auth = resolveAuth(parsed.auth);
  const secretSha256 = parsed.federation.secretSha256 || null;
  return {
    server: resolveServer(parsed.server, auth.mode === "none" || env["NODE_ENV"] !== "production"),
    federation: {
      enabled: parsed.federation.enabled && (auth.mode === "none" || secretSha256 !== null),
      secretSha256,
    },
    auth,
    accounts: parsed.accounts.map((account) => resolveAccount(account, parsed.upstream)),
    upstream,
    cache: { ttlMs: ttl, staleIfErrorMs: ttl === 0 ? 0 : staleIfError, refresh, url: url ?? null },
    limits: { ...limits, maxEventLoopDelayMs: maxEventLoopDelay },
  };
}

function resolveServer(server: ParsedConfig["server"], isOpen: boolean): ServerConfig {
  const { cursorKey = [], graphiql, page, introspection, metrics = null, ...rest } = server;
  return {
    ...rest,
    graphiql: graphiql ?? isOpen,
    page: page ?? isOpen,
    introspection: introspection ?? isOpen,
    cursorKeys: cursorKey.map((key) => new Uint8Array(Buffer.from(key, "base64"))),
    metrics,
  };
}

function resolveAuth({ mode, apiKeys = [], jwt }: ParsedConfig["auth"]): AuthConfig {
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
  };
}

function resolveAccount(account: ParsedAccount, common: ParsedConfig["upstream"]): Account {
  const base = {
    id: account.id,
    regions: account.regions ?? null,
    endpoint: account.endpoint ?? null,
    upstream: resolveUpstream(common, [account, account.upstream ?? {}]),
  };
  switch (account.vendor) {
    case "ucloud": {
      const { vendor, credentials, projectId = null, products } = account;
      return { ...base, vendor, credentials, projectId, products };
    }
    case "tencent": {
      const { vendor, api, timeZone, signatureMethod = "HmacSHA256" } = account;
      const credentials = { ...account.credentials, token: account.credentials.token ?? null };
      return { ...base, vendor, api, signatureMethod, credentials, timeZone };
    }
    case "alibaba": {
      const { vendor, signature, lookback: lookbackMs = null } = account;
      const { securityToken = null, ...keys } = account.credentials;
      return { ...base, vendor, signature, credentials: { ...keys, securityToken }, lookbackMs };
    }
    case "aws": {
      const { vendor, products } = account;
      const { sessionToken = null, ...keys } = account.credentials;
      const { elasticache = null, memorydb = null } = account.endpoints ?? {};
      const endpoints = { elasticache, memorydb };
      return { ...base, vendor, credentials: { ...keys, sessionToken }, products, endpoints };
    }
  }
}
