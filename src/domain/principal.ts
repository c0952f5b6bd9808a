/** The permissions that a caller may have. */
export const SCOPES = ["backups:read", "backups:download", "raw:read", "metrics:read"] as const;
export type AuthScope = (typeof SCOPES)[number];

/** The caller, and what it may see. */
export interface Principal {
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
  /** Ids of the visible accounts. Null means all. */
  readonly accounts: readonly string[] | null;
}

/** The caller of a gateway without authentication, who may do everything. */
export const ANYONE: Principal = Object.freeze({
  name: "anyone",
  scopes: new Set<string>(SCOPES),
  accounts: null,
});

/** An API key from the configuration. Only its digest is known. */
export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the key, in lower-case hex. */
  readonly sha256: string;
  readonly scopes: readonly string[];
  /** Ids of the accounts that the key may see; null for all. */
  readonly accounts: readonly string[] | null;
}

/** How bearer tokens are verified, and which claims grant scopes and accounts. */
export interface JwtOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  readonly algorithms: readonly string[];
  readonly scopesClaim: string;
  readonly accountsClaim: string;
}

/** How callers are identified. */
export type AuthOptions =
  | { readonly mode: "none" }
  | { readonly mode: "apiKey"; readonly apiKeys: readonly ApiKey[] }
  | { readonly mode: "jwt"; readonly jwt: JwtOptions };
