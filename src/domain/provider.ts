import type { PagingStyle, ProviderProduct, SourceIssueCode, Vendor } from "./words.js";

/** What a provider's backup list can and cannot do, as the schema shows it. */
export interface ProviderCapabilities {
  readonly paging: PagingStyle;
  /** Whether the vendor can list a span of time. */
  readonly window: boolean;
  readonly maxPageSize: number;
  /** How far back the lists go, in words. */
  readonly reach: string;
  /** What this account cannot show, in words. */
  readonly notes: readonly string[];
}

/** One product of one configured account. */
export interface Provider {
  /** `<account id>/<product in the config's words>`, for example `ops-ucloud/uredis`. */
  readonly key: string;
  readonly vendor: Vendor;
  readonly product: ProviderProduct;
  readonly account: string;
}

export const HEALTH_STATES = ["HEALTHY", "DEGRADED", "DOWN", "UNKNOWN"] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** What the last calls of a provider's account say of it. */
export interface ProviderHealth {
  readonly state: HealthState;
  /** Epoch milliseconds. */
  readonly lastSuccessAt: number | null;
  readonly lastIssue: SourceIssueCode | null;
  /** Calls that the account's quota allows at this moment. */
  readonly callsLeft: number | null;
}
