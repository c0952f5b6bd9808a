import type { Account, UpstreamSettings } from "../domain/account.js";
import type { BackupPolicy } from "../domain/policy.js";
import type { AuthOptions } from "../domain/principal.js";
import type { ParsedConfig } from "./schema.js";

/** How the gateway listens and what it serves. `schema.ts` describes the keys of every section. */
export interface ServerConfig extends Omit<ParsedConfig["server"], "cursorKey" | "metrics"> {
  readonly graphiql: boolean;
  readonly page: boolean;
  readonly introspection: boolean;
  /** 32 bytes each. The first makes cursors and all are accepted. If empty, a key is made at start. */
  readonly cursorKeys: readonly Uint8Array[];
  /** The listener of `/metrics`. Null uses the main listener. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Keys of tags that become labels of the metrics about instances. */
  readonly metricsTags: readonly string[];
}

/** The checked config file with all defaults. Durations are in milliseconds. */
export interface GatewayConfig {
  readonly server: ServerConfig;
  /** Whether `_service` and `_entities` exist, and the SHA-256 of their secret in lower-case hex. */
  readonly federation: { readonly enabled: boolean; readonly secretSha256: string | null };
  /** Who may call the API, and what they may see. */
  readonly auth: AuthOptions;
  /** Each account has complete upstream settings: the common ones, overridden by its own. */
  readonly accounts: readonly Account[];
  /** In the order in which they match, the default last. */
  readonly policies: readonly BackupPolicy[];
  /** The common settings. `deadlineMs` limits an operation. */
  readonly upstream: UpstreamSettings;
  readonly cache: {
    /** 0 turns off caching. */
    readonly ttlMs: number;
    /** 0 if `ttlMs` is 0. */
    readonly staleIfErrorMs: number;
    readonly refresh: ParsedConfig["cache"]["refresh"];
    /** Redis or Valkey server that replicas share, possibly with a password. Null keeps data in memory. */
    readonly url: string | null;
  };
  readonly limits: Omit<ParsedConfig["limits"], "maxEventLoopDelay"> & {
    readonly maxEventLoopDelayMs: number;
  };
}
