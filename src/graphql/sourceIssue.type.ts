import { Ctx, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";
import type { SourceIssue } from "../domain/connection.js";
import { durationOf } from "../domain/duration.js";
import type { SourceIssueCode } from "../domain/words.js";
import type { Context } from "./context.js";
import { SourceIssueCodeEnum } from "./enums.js";
import { Leaf, NullableField, NullableLeaf } from "./fields.js";
import { providerByKey, ProviderType } from "./provider.type.js";
import { DateTime, Duration } from "./scalars.js";
import { orNull } from "./views.js";

/** Lists that are missing from an answer. */
@ObjectType("SourceIssue", {
  description:
    "Lists whose rows are missing from an answer, cut off or out of date, and why. Lists of one region with the same code share an issue.",
})
export class SourceIssueType implements Omit<SourceIssue, "provider" | "retryAfterMs"> {
  @NullableLeaf(() => String, "The region. Null if the issue affects the whole provider.")
  readonly region!: string | null;
  @NullableLeaf(
    () => String,
    "The vendor's id of the instance. Null if the issue affects several lists, or a list of instances.",
  )
  readonly instanceNativeId!: string | null;
  @Leaf(() => Int, "The number of lists.") readonly count!: number;
  @Leaf(() => [String], "The vendor's ids of the first 20 instances whose lists these are.")
  readonly instanceNativeIds!: readonly string[];
  @Leaf(() => SourceIssueCodeEnum, "What went wrong.") readonly code!: SourceIssueCode;
  @Leaf(() => String, "What went wrong, as a sentence for people.") readonly message!: string;
  @NullableLeaf(() => String, "The vendor's own error code.")
  readonly vendorCode!: string | null;
  @Leaf(() => Boolean, "Whether the same request may succeed later.") readonly retryable!: boolean;
  @NullableLeaf(() => DateTime, "When the older data that is shown instead was read.")
  readonly asOf!: number | null;
}

/** The fields of an issue that have another form than in the list. */
@Resolver(() => SourceIssueType)
export class SourceIssueResolver {
  @NullableField(() => Duration, "How long to wait before the next attempt.")
  retryAfter(@Root() { retryAfterMs }: SourceIssue): string | null {
    return orNull(retryAfterMs, durationOf);
  }

  @FieldResolver(() => ProviderType, { description: "The provider that could not be read." })
  provider(@Root() { provider }: SourceIssue, @Ctx() context: Context): ProviderType | null {
    return providerByKey(provider, context);
  }
}
