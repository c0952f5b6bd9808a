import type { Fact } from "./instance.js";
import type { PagingStyle, ProviderProduct, SourceIssueCode, Vendor } from "./words.js";

/** What a provider's backup list can and cannot do. */
export interface ProviderCapabilities {
  readonly paging: PagingStyle;
  /** Whether the vendor can list the backups of a time range. */
  readonly window: boolean;
  readonly maxPageSize: number;
  /** How far back the lists go, as a sentence. */
  readonly reach: string;
  /** What this account cannot show, as sentences. */
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

export const HEALTH_STATE = {
  HEALTHY: "Recent calls succeeded.",
  DEGRADED: "Some recent calls failed.",
  DOWN: "No call succeeds at the moment.",
  UNKNOWN: "No call has been made yet.",
} as const;
export type HealthState = keyof typeof HEALTH_STATE;

/** The result of recent calls to a provider's account. */
export interface ProviderHealth {
  readonly state: HealthState;
  /** Epoch milliseconds. */
  readonly lastSuccessAt: number | null;
  readonly lastIssue: SourceIssueCode | null;
  /** The number of calls that the account's quota allows now. */
  readonly callsLeft: number | null;
}

/** How many lists of backups have been read, of those that are needed. */
export interface Progress {
  readonly lists: number;
  readonly read: number;
  /** When the rest can be read within the quota of each provider. Units: milliseconds. */
  readonly retryAfterMs: number;
}

/** A region of a provider, as far as it is known without a vendor call. */
export interface KnownPlace {
  /** Provider key. */
  readonly provider: string;
  readonly vendor: Vendor;
  /** Null while the provider's regions are unknown; the place then stands for the whole provider. */
  readonly region: string | null;
  /** The number of instances when they were last listed; null if they never were. */
  readonly instances: number | null;
  /** Whether one vendor list covers the backups of all instances. */
  readonly wide: boolean;
  /** The facts of instances that take calls of their own. */
  readonly facts: readonly Fact[];
  /** The calls that the download links of one backup take at most. */
  readonly linkCalls: number;
}
