/** What a caller may be allowed to do. */
export const SCOPES = ["backups:read", "backups:download", "raw:read", "metrics:read"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who asks, and what that one may see. */
export interface Principal {
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
  /** Ids of the visible accounts; null for all. */
  readonly accounts: readonly string[] | null;
}

/** The caller of a gateway without authentication: everything is granted. */
export const ANYONE: Principal = Object.freeze({
  name: "anyone",
  scopes: new Set<string>(SCOPES),
  accounts: null,
});
