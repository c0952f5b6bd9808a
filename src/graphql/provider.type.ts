import { ID, Int, ObjectType } from "type-graphql";
import { providerId } from "../domain/id.js";
import type {
  HealthState,
  Provider,
  ProviderCapabilities,
  ProviderHealth,
} from "../domain/provider.js";
import type { PagingStyle, ProviderProduct, SourceIssueCode, Vendor } from "../domain/words.js";
import { Leaf } from "./leaf.js";
import { NodeType } from "./node.type.js";
import { DateTime } from "./scalars.js";
import { viewsOf } from "./views.js";
import {
  HealthStateEnum,
  PagingStyleEnum,
  ProviderProductEnum,
  SourceIssueCodeEnum,
  VendorEnum,
} from "./words.js";

/** What the schema shows of a provider. */
@ObjectType("Provider", {
  implements: NodeType,
  description: "One Redis product of one configured cloud account.",
})
export class ProviderType {
  @Leaf(() => ID, "Opaque; stable across restarts and replicas.")
  readonly id: string;
  @Leaf(() => String, "The account's id and the product, such as ops-ucloud/uredis.")
  readonly key: string;
  @Leaf(() => VendorEnum, "The company whose API is read.")
  readonly vendor: Vendor;
  @Leaf(() => ProviderProductEnum, "The product of that vendor.")
  readonly product: ProviderProduct;
  @Leaf(() => String, "The id of the account in the gateway's configuration.")
  readonly account: string;

  private constructor(readonly row: Provider) {
    this.id = providerId(row.key);
    this.key = row.key;
    this.vendor = row.vendor;
    this.product = row.product;
    this.account = row.account;
  }

  static readonly of = viewsOf((row: Provider) => new ProviderType(row));
}

/** What a provider's backup list can and cannot do. */
@ObjectType("ProviderCapabilities", {
  description: "What a provider's backup list can and cannot do.",
})
export class ProviderCapabilitiesType implements ProviderCapabilities {
  @Leaf(() => PagingStyleEnum, "How the vendor divides its list into pages.")
  readonly paging!: PagingStyle;
  @Leaf(() => Boolean, "Whether the vendor can list a span of time.")
  readonly window!: boolean;
  @Leaf(() => Int, "The most rows of one vendor page.")
  readonly maxPageSize!: number;
  @Leaf(() => String, "How far back the list goes, in words.")
  readonly reach!: string;
  @Leaf(() => [String], "What this account cannot show, in words.")
  readonly notes!: readonly string[];
}

/** What the last calls say of a provider. */
@ObjectType("ProviderHealth", { description: "What the last vendor calls say of a provider." })
export class ProviderHealthType implements ProviderHealth {
  @Leaf(() => HealthStateEnum, "Whether the provider can be read.")
  readonly state!: HealthState;
  @Leaf(() => DateTime, "When a call last succeeded.", { nullable: true })
  readonly lastSuccessAt!: number | null;
  @Leaf(() => SourceIssueCodeEnum, "What went wrong last; null while nothing did.", {
    nullable: true,
  })
  readonly lastIssue!: SourceIssueCode | null;
  @Leaf(() => Int, "Calls that the account's quota allows at this moment.", { nullable: true })
  readonly callsLeft!: number | null;
}
