import { Field, Int, ObjectType } from "type-graphql";
import type { CoverageReport, CoverageState, InstanceCoverage } from "../domain/coverage.js";
import { durationOf } from "../domain/duration.js";
import type { Instance } from "../domain/instance.js";
import { Leaf } from "./leaf.js";
import { DateTime, Duration } from "./scalars.js";
import { SourceIssueType } from "./sourceIssue.type.js";
import { instantOf } from "./views.js";
import { CoverageStateEnum } from "./words.js";

/** Whether one instance is protected, as the schema shows it. */
@ObjectType("InstanceCoverage", {
  description: "Whether one instance has a recent enough backup, and how that is known.",
})
export class InstanceCoverageType {
  @Leaf(() => CoverageStateEnum, "Protected, violating, or not to be told.")
  readonly state: CoverageState;
  @Leaf(() => String, "Why, in words.")
  readonly reason: string;

  constructor(
    readonly coverage: InstanceCoverage,
    readonly instance: Instance,
  ) {
    this.state = coverage.state;
    this.reason = coverage.reason;
  }
}

/** The coverage of many instances, as the schema shows it. */
@ObjectType("CoverageReport", {
  description: "Which instances have a recent enough backup, at one moment.",
})
export class CoverageReportType {
  @Leaf(() => Duration, "The recovery point objective that was asked.")
  readonly rpo: string;
  @Leaf(() => DateTime, "The moment that the report speaks of.")
  readonly checkedAt: string;
  @Leaf(() => Int, "Instances with a whole backup within the objective.")
  readonly protectedCount: number;
  @Leaf(() => Int, "Instances that certainly have none.")
  readonly violatingCount: number;
  @Leaf(
    () => Int,
    "Instances that cannot be told, and one for each region whose instance list cannot be read.",
  )
  readonly unknownCount: number;
  @Leaf(() => Boolean, "Whether nothing is missing from the report.")
  readonly complete: boolean;

  constructor(readonly report: CoverageReport) {
    const count = (state: CoverageState): number =>
      report.entries.filter(({ coverage }) => coverage.state === state).length;
    this.rpo = durationOf(report.rpoMs);
    this.checkedAt = instantOf(report.checkedAt);
    this.protectedCount = count("PROTECTED");
    this.violatingCount = count("VIOLATING");
    this.unknownCount = count("UNKNOWN") + report.unknownRegions;
    this.complete = report.complete;
  }

  @Field(() => [SourceIssueType], { description: "What could not be read, and why." })
  issues(): readonly SourceIssueType[] {
    return this.report.issues.map(SourceIssueType.of);
  }
}
