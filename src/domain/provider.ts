import type { PagingStyle, ProviderProduct, Vendor } from "./words.js";

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
