import { Ctx, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";
import type { SourceIssue } from "../domain/connection.js";
import { durationOf } from "../domain/duration.js";
import type { SourceIssueCode } from "../domain/words.js";
import type { Context } from "./context.js";
import { SourceIssueCodeEnum } from "./enums.js";
import { Leaf, NullableLeaf } from "./fields.js";
import { providerByKey, ProviderType } from "./provider.type.js";
import { DateTime, Duration, instantOf } from "./scalars.js";
import { orNull, viewsOf } from "./views.js";

/** Lists that are missing from an answer. */
@ObjectType("SourceIssue", {
  description:
    "Lists whose rows are missing from an answer, cut off or out of date, and why. Lists of one region with the same code share an issue.",
})
export class SourceIssueType {
  @NullableLeaf(() => String, "The region. Null if the issue affects the whole provider.")
  readonly region: string | null;
  @NullableLeaf(
    () => String,
    "The vendor's id of the instance. Null if the issue affects several lists, or a list of instances.",
  )
  readonly instanceNativeId: string | null;
  @Leaf(() => Int, "The number of lists.") readonly count: number;
  @Leaf(() => [String], "The vendor's ids of the first 20 instances whose lists these are.")
  readonly instanceNativeIds: readonly string[];
  @Leaf(() => SourceIssueCodeEnum, "What went wrong.") readonly code: SourceIssueCode;
  @Leaf(() => String, "What went wrong, as a sentence for people.") readonly message: string;
  @NullableLeaf(() => String, "The vendor's own error code.")
  readonly vendorCode: string | null;
  @Leaf(() => Boolean, "Whether the same request may succeed later.") readonly retryable: boolean;
  @NullableLeaf(() => Duration, "How long to wait before the next attempt.")
  readonly retryAfter: string | null;
  @NullableLeaf(() => DateTime, "When the older data that is shown instead was read.")
  readonly asOf: string | null;

  private constructor(readonly row: SourceIssue) {
    this.region = row.region;
    this.instanceNativeId = row.instanceNativeId;
    this.count = row.count;
    this.instanceNativeIds = row.instanceNativeIds;
    this.vendorCode = row.vendorCode;
    this.code = row.code;
    this.message = row.message;
    this.retryable = row.retryable;
    this.retryAfter = orNull(row.retryAfterMs, durationOf);
    this.asOf = orNull(row.asOf, instantOf);
  }

  static readonly of = viewsOf((row: SourceIssue) => new SourceIssueType(row));
}

/** The field of an issue that leads to another object. */
@Resolver(() => SourceIssueType)
export class SourceIssueResolver {
  @FieldResolver(() => ProviderType, { description: "The provider that could not be read." })
  provider(@Root() { row }: SourceIssueType, @Ctx() context: Context): ProviderType | null {
    return providerByKey(row.provider, context);
  }
}
