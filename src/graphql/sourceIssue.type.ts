import { ObjectType } from "type-graphql";
import { durationOf } from "../domain/duration.js";
import type { SourceIssue } from "../domain/issue.js";
import type { SourceIssueCode } from "../domain/words.js";
import { Leaf } from "./leaf.js";
import { DateTime, Duration } from "./scalars.js";
import { instantOf, orNull, viewsOf } from "./views.js";
import { SourceIssueCodeEnum } from "./words.js";

/** What the schema shows of a source that is missing from an answer. */
@ObjectType("SourceIssue", {
  description: "A source whose rows are missing from an answer, cut or old, and why.",
})
export class SourceIssueType {
  @Leaf(() => String, "The region; null where the whole provider is meant.", { nullable: true })
  readonly region: string | null;
  @Leaf(() => String, "The vendor's id of the instance; null where all of them are meant.", {
    nullable: true,
  })
  readonly instanceNativeId: string | null;
  @Leaf(() => SourceIssueCodeEnum, "What went wrong.")
  readonly code: SourceIssueCode;
  @Leaf(() => String, "The same in words.")
  readonly message: string;
  @Leaf(() => Boolean, "Whether the same question may succeed a moment later.")
  readonly retryable: boolean;
  @Leaf(() => Duration, "How long to wait before asking again.", { nullable: true })
  readonly retryAfter: string | null;
  @Leaf(() => DateTime, "When the older data was read that is shown instead.", { nullable: true })
  readonly asOf: string | null;

  private constructor(readonly row: SourceIssue) {
    this.region = row.region;
    this.instanceNativeId = row.instanceNativeId;
    this.code = row.code;
    this.message = row.message;
    this.retryable = row.retryable;
    this.retryAfter = orNull(row.retryAfterMs, durationOf);
    this.asOf = orNull(row.asOf, instantOf);
  }

  static readonly of = viewsOf((row: SourceIssue) => new SourceIssueType(row));
}
