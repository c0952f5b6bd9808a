/** One API key, known by its SHA-256 in lower-case hex. */
export interface ApiKey {
  readonly name: string;
  readonly sha256: string;
  readonly scopes: readonly string[];
  /** Ids of the accounts that the key sees; null for all. */
  readonly accounts: readonly string[] | null;
}

/** How bearer tokens are verified, and which claims say what they allow. */
export interface JwtOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  readonly algorithms: readonly string[];
  readonly scopesClaim: string;
  readonly accountsClaim: string;
}

/** Who may ask; the config's `auth` is one. */
export type AuthOptions =
  | { readonly mode: "none" }
  | { readonly mode: "apiKey"; readonly apiKeys: readonly ApiKey[] }
  | { readonly mode: "jwt"; readonly jwt: JwtOptions };
