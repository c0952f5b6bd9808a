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
