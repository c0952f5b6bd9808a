import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type {
  Account,
  CredentialSource,
  Environment,
  NetworkSettings,
  UpstreamSettings,
} from "../domain/account.js";
import type { AuthOptions } from "../domain/principal.js";
import { eitherCase } from "./environment.js";
import { METRICS_PORT } from "./rules.js";
import type { ParsedConfig } from "./schema.js";

type ParsedAccount = ParsedConfig["accounts"][number];
type ParsedUpstream = ParsedConfig["upstream"];

/** The checked config file with all defaults. Durations are in milliseconds. */
export type GatewayConfig = ReturnType<typeof resolveConfig>;

/** What a config depends on besides its text. */
interface Surroundings {
  readonly env: Environment;
  /** The folder to which paths in the config are relative. */
  readonly folder: string;
}

/** Makes the config of the program from a parsed file, with the defaults that depend on other keys. */
export function resolveConfig(parsed: ParsedConfig, surroundings: Surroundings) {
  const { maxEventLoopDelay: maxEventLoopDelayMs, ...limits } = parsed.limits;
  const { ttl: ttlMs, staleIfError, refresh, url } = parsed.cache;
  const { enabled, secretSha256 } = parsed.federation;
  const auth = resolveAuth(parsed.auth);
  const isOpen = auth.mode === "none" || surroundings.env["NODE_ENV"] !== "production";
  const accounts: readonly Account[] = parsed.accounts.map((account) =>
    resolveAccount(account, parsed.upstream, surroundings),
  );
  return {
    server: resolveServer(parsed.server, isOpen),
    // Without auth, anybody may read everything; with auth, the two fields need the secret.
    federation: {
      enabled: enabled && (auth.mode === "none" || secretSha256 !== null),
      secretSha256,
    },
    auth,
    accounts,
    policies: parsed.policies,
    /** The common settings. `deadlineMs` limits an operation. */
    upstream: resolveUpstream(parsed.upstream, surroundings),
    cache: { ttlMs, staleIfErrorMs: ttlMs === 0 ? 0 : staleIfError, refresh, url },
    limits: { ...limits, maxEventLoopDelayMs },
  };
}

function resolveServer(server: ParsedConfig["server"], isOpen: boolean) {
  const { cursorKey = [], graphiql, page, introspection, metrics, ...rest } = server;
  const { host, port, tags } = metrics;
  const isListener = host !== undefined || port !== undefined;
  return {
    ...rest,
    graphiql: graphiql ?? isOpen,
    page: page ?? isOpen,
    introspection: introspection ?? isOpen,
    /** 32 bytes each. The first makes cursors and all are accepted. If empty, a key is made at start. */
    cursorKeys: cursorKey.map((key) => new Uint8Array(Buffer.from(key, "base64"))),
    /** The listener of `/metrics`. Null uses the main listener. */
    metrics: isListener ? { host: host ?? "127.0.0.1", port: port ?? METRICS_PORT } : null,
    /** Keys of tags that become labels of the metrics about instances. */
    metricsTags: tags,
  };
}

function resolveAuth({ mode, apiKeys = [], jwt }: ParsedConfig["auth"]): AuthOptions {
  if (mode === "apiKey") return { mode, apiKeys };
  if (mode === "none") return { mode };
  if (jwt === undefined) throw new TypeError("Mode jwt has no section auth.jwt.");
  return { mode, jwt };
}

function resolveUpstream(upstream: ParsedUpstream, surroundings: Surroundings): UpstreamSettings {
  const { timeout, deadline, concurrency, rate = null } = upstream;
  const { retries, maxResponseBytes, trustTotals } = upstream;
  const network = networkOf(upstream, surroundings);
  return {
    timeoutMs: timeout,
    deadlineMs: deadline,
    concurrency,
    rate,
    retries,
    maxResponseBytes,
    trustTotals,
    ...(network === null ? {} : { network }),
  };
}

/** The network settings; null if all of them are the system's. */
function networkOf(
  { proxy, caFile }: ParsedUpstream,
  { env, folder }: Surroundings,
): NetworkSettings | null {
  const httpProxy = proxy || eitherCase(env, "HTTP_PROXY");
  const httpsProxy = proxy || eitherCase(env, "HTTPS_PROXY");
  if (httpProxy + httpsProxy + caFile === "") return null;
  const ca = caFile === "" ? null : readFileSync(resolve(folder, caFile), "utf8");
  return { httpProxy, httpsProxy, noProxy: eitherCase(env, "NO_PROXY"), ca };
}

function resolveAccount(
  account: ParsedAccount,
  common: ParsedUpstream,
  surroundings: Surroundings,
): Account {
  const source = credentialSourceOf(account, surroundings.folder);
  // A key that is left out is absent, so it overrides nothing.
  const upstream = { ...common, ...account.upstream, ...account } as ParsedUpstream;
  const base = {
    id: account.id,
    regions: account.vendor === "s3" ? [account.region] : account.regions,
    endpoint: account.endpoint,
    ...(source === null ? {} : { credentialSource: source }),
    upstream: resolveUpstream(upstream, surroundings),
  };
  switch (account.vendor) {
    case "ucloud": {
      const { vendor, credentials, projectId, products } = account;
      return { ...base, vendor, credentials, projectId, products };
    }
    case "tencent": {
      const { vendor, credentials, api, timeZone } = account;
      const { signatureMethod = "HmacSHA256" } = account;
      return { ...base, vendor, credentials, api, signatureMethod, timeZone };
    }
    case "alibaba": {
      const { vendor, credentials, signature, lookback: lookbackMs } = account;
      return { ...base, vendor, credentials, signature, lookbackMs };
    }
    case "aws": {
      const { vendor, credentials, products, endpoints } = account;
      return { ...base, vendor, credentials, products, endpoints };
    }
    case "s3": {
      const { vendor, credentials, region, buckets, ttl: ttlMs } = account;
      return { ...base, vendor, credentials, region, buckets, ttlMs };
    }
  }
}

function credentialSourceOf(
  { credentialsFile, credentialsCommand: command, credentialsEnvironment }: ParsedAccount,
  folder: string,
): CredentialSource | null {
  if (command !== null) return { command, environment: credentialsEnvironment, folder };
  return credentialsFile === null ? null : { file: resolve(folder, credentialsFile) };
}
