import type { Account, UpstreamSettings } from "../domain/account.js";
import type { BackupPolicy } from "../domain/policy.js";
import type { AuthScope } from "../domain/principal.js";

/** Signature algorithms of tokens. Only those with a public key. */
export const JWT_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How the gateway listens and what it serves. */
export interface ServerConfig {
  readonly host: string;
  /** 0 uses any free port. */
  readonly port: number;
  /** Other names that clients use for the gateway, without port. */
  readonly hosts: readonly string[];
  readonly graphiql: boolean;
  /** Whether `GET /` serves the coverage page. */
  readonly page: boolean;
  readonly introspection: boolean;
  /** 32 bytes each. The first makes cursors and all are accepted. If empty, a key is made at start. */
  readonly cursorKeys: readonly Uint8Array[];
  readonly corsOrigins: readonly string[];
  readonly trustProxy: boolean;
  /** The listener of `/metrics`. Null uses the main listener. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Keys of tags that become labels of the metrics about instances. */
  readonly metricsTags: readonly string[];
  readonly execution: "compiled" | "interpreted";
  readonly compression: boolean;
  readonly logLevel: LogLevel;
}

/** Whether `_service` and `_entities` exist, and the SHA-256 of their secret in lower-case hex. */
export interface FederationConfig {
  readonly enabled: boolean;
  readonly secretSha256: string | null;
}

/** One API key. Only its SHA-256 is known, in lower-case hex. */
export interface ApiKeyConfig {
  readonly name: string;
  readonly sha256: string;
  readonly scopes: readonly AuthScope[];
  /** Ids of the accounts that the key sees. Null means all. */
  readonly accounts: readonly string[] | null;
}

/** How bearer tokens are verified, and which claims hold scopes and accounts. */
export interface JwtConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  readonly algorithms: readonly JwtAlgorithm[];
  readonly scopesClaim: string;
  readonly accountsClaim: string;
}

export type AuthConfig =
  | { readonly mode: "none" }
  | { readonly mode: "apiKey"; readonly apiKeys: readonly ApiKeyConfig[] }
  | { readonly mode: "jwt"; readonly jwt: JwtConfig };

/** How vendor data is cached. */
export interface CacheConfig {
  /** 0 turns off caching. */
  readonly ttlMs: number;
  /** 0 if `ttlMs` is 0. */
  readonly staleIfErrorMs: number;
  /** The share of each account's quota that background refreshes may use, from 0 to 1. */
  readonly refresh: { readonly share: number };
  /** Redis or Valkey server that replicas share, possibly with a password. Null keeps data in memory. */
  readonly url: string | null;
}

/** Limits of one request. */
export interface LimitsConfig {
  readonly first: number;
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  readonly tokens: number;
  readonly cost: number;
  readonly vendorCalls: number;
  readonly entities: number;
  readonly bodyBytes: number;
  readonly scanRows: number;
  /** Points of each caller. 0 means no limit. */
  readonly requestsPerMinute: number;
  readonly maxEventLoopDelayMs: number;
}

/** The checked config file with all defaults. Durations are in milliseconds. */
export interface GatewayConfig {
  readonly server: ServerConfig;
  readonly federation: FederationConfig;
  readonly auth: AuthConfig;
  /** Each account has complete upstream settings: the common ones, overridden by its own. */
  readonly accounts: readonly Account[];
  /** In the order in which they match, the default last. */
  readonly policies: readonly BackupPolicy[];
  /** The common settings. `deadlineMs` limits an operation. */
  readonly upstream: UpstreamSettings;
  readonly cache: CacheConfig;
  readonly limits: LimitsConfig;
}
