import type { Account, UpstreamSettings } from "../domain/account.js";
import type { Scope } from "../domain/principal.js";

/** Signatures that tokens may bear: only those whose verifying key is public. */
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

/** How the gateway listens, and what it shows. */
export interface ServerConfig {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Further names under which clients reach the gateway, without port. */
  readonly hosts: readonly string[];
  readonly graphiql: boolean;
  /** Whether `GET /` serves the coverage page. */
  readonly page: boolean;
  readonly introspection: boolean;
  /** 32 bytes each: the first seals cursors, all open them; empty where one is to be made at start. */
  readonly cursorKeys: readonly Uint8Array[];
  readonly corsOrigins: readonly string[];
  readonly trustProxy: boolean;
  /** Where `/metrics` has a listener of its own; null puts it on the main one. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  readonly execution: "compiled" | "interpreted";
  readonly compression: boolean;
  readonly logLevel: LogLevel;
}

/** Whether `_service` and `_entities` exist, and the SHA-256 (lower-case hex) of their secret. */
export interface FederationConfig {
  readonly enabled: boolean;
  readonly secretSha256: string | null;
}

/** One API key, known by its SHA-256 in lower-case hex. */
export interface ApiKeyConfig {
  readonly name: string;
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  /** Ids of the accounts that the key sees; null for all. */
  readonly accounts: readonly string[] | null;
}

/** How bearer tokens are verified, and which claims say what they allow. */
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

/** How long what was read is kept, and where. */
export interface CacheConfig {
  /** 0 keeps nothing. */
  readonly ttlMs: number;
  /** 0 whenever `ttlMs` is. */
  readonly staleIfErrorMs: number;
  /** Share of each account's quota that the refresher may use, 0 to 1. */
  readonly refresh: { readonly share: number };
  /** Redis or Valkey that replicas share; may hold a password; null keeps all in memory. */
  readonly url: string | null;
}

/** What one request may cost. */
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
  /** Per principal; 0 is no limit. */
  readonly requestsPerMinute: number;
  readonly maxEventLoopDelayMs: number;
}

/** The config file, checked, with every default filled in and every duration in milliseconds. */
export interface GatewayConfig {
  readonly server: ServerConfig;
  readonly federation: FederationConfig;
  readonly auth: AuthConfig;
  /** Each holds its own upstream settings: the file's common ones, overridden by its own. */
  readonly accounts: readonly Account[];
  /** The common settings; `deadlineMs` bounds an operation. */
  readonly upstream: UpstreamSettings;
  readonly cache: CacheConfig;
  readonly limits: LimitsConfig;
}
