import { ID, Int, ObjectType } from "type-graphql";
import { providerId } from "../domain/id.js";
import type {
  HealthState,
  Provider,
  ProviderCapabilities,
  ProviderHealth,
} from "../domain/provider.js";
import type { PagingStyle, ProviderProduct, SourceIssueCode, Vendor } from "../domain/words.js";
import type { Context } from "./context.js";
import {
  HealthStateEnum,
  PagingStyleEnum,
  ProviderProductEnum,
  SourceIssueCodeEnum,
  VendorEnum,
} from "./enums.js";
import { GLOBAL_ID, Leaf, NodeType, NullableLeaf } from "./fields.js";
import { DateTime } from "./scalars.js";
import { orNull, viewsOf } from "./views.js";

/** One Redis product of one account. */
@ObjectType("Provider", {
  implements: NodeType,
  description: "One Redis product of one configured cloud account.",
})
export class ProviderType {
  @Leaf(() => ID, GLOBAL_ID) readonly id: string;
  @Leaf(() => String, "The account's id and the product, such as ops-ucloud/uredis.")
  readonly key: string;
  @Leaf(() => VendorEnum, "The company whose API is read.") readonly vendor: Vendor;
  @Leaf(() => ProviderProductEnum, "The vendor's product.") readonly product: ProviderProduct;
  @Leaf(() => String, "The account's id in the gateway's configuration.") readonly account: string;

  private constructor(readonly row: Provider) {
    this.id = providerId(row.key);
    this.key = row.key;
    this.vendor = row.vendor;
    this.product = row.product;
    this.account = row.account;
  }

  static readonly of = viewsOf((row: Provider) => new ProviderType(row));
}

/** The provider with a key, or null if the caller cannot see one. */
export const providerByKey = (key: string, { reads }: Context): ProviderType | null =>
  orNull(reads.provider(key), ProviderType.of);

/** What a provider's backup list can and cannot do. */
@ObjectType("ProviderCapabilities", {
  description: "What a provider's backup list can and cannot do.",
})
export class ProviderCapabilitiesType implements ProviderCapabilities {
  @Leaf(() => PagingStyleEnum, "How the vendor splits its list into pages.")
  readonly paging!: PagingStyle;
  @Leaf(() => Boolean, "Whether the vendor can list the backups of a time range.")
  readonly window!: boolean;
  @Leaf(() => Int, "The largest number of rows in one page of the vendor.")
  readonly maxPageSize!: number;
  @Leaf(() => String, "How far back the list goes, as a sentence.") readonly reach!: string;
  @Leaf(() => [String], "What this account cannot show, as sentences.")
  readonly notes!: readonly string[];
}

/** The result of a provider's recent calls. */
@ObjectType("ProviderHealth", { description: "The result of recent calls to a provider." })
export class ProviderHealthType implements ProviderHealth {
  @Leaf(() => HealthStateEnum, "Whether the provider can be read.") readonly state!: HealthState;
  @NullableLeaf(() => DateTime, "When a call last succeeded.")
  readonly lastSuccessAt!: number | null;
  @NullableLeaf(() => SourceIssueCodeEnum, "The most recent failure. Null if there was none.")
  readonly lastIssue!: SourceIssueCode | null;
  @NullableLeaf(() => Int, "The number of calls that the account's quota allows now.")
  readonly callsLeft!: number | null;
}
