import { Args, ArgsType, Float, Int, ObjectType } from "type-graphql";
import type { Backup } from "../domain/backup.js";
import type { SourceIssue } from "../domain/connection.js";
import {
  countsOf,
  type CoverageOrder,
  type CoverageReport,
  type CoverageState,
  type CoverageViolation,
  type InstanceCoverage,
} from "../domain/coverage.js";
import { durationOf, durationToMs, LONGEST_DURATION } from "../domain/duration.js";
import type { Instance } from "../domain/instance.js";
import type { BackupPolicy } from "../domain/policy.js";
import { ClientError, SourceError } from "../errors.js";
import { BackupType } from "./backup.type.js";
import type { Context } from "./context.js";
import { CoverageOrderEnum, CoverageStateEnum, CoverageViolationEnum } from "./enums.js";
import { Leaf, NullableLeaf, Optional } from "./fields.js";
import { checkFilter, InstanceFilterInput, instanceFilterOf } from "./filter.input.js";
import { InstanceConnectionType } from "./instance.type.js";
import { ConnectionArgs, pageOf } from "./list.args.js";
import { DateTime, Duration, instantOf } from "./scalars.js";
import { SourceIssueType } from "./sourceIssue.type.js";
import { orNull, viewsOf } from "./views.js";

/** What the backups of an instance must satisfy. */
@ObjectType("BackupPolicy", {
  description: "What the backups of an instance must satisfy. Policies are part of the config.",
})
export class BackupPolicyType {
  @Leaf(() => String, "The policy's name. It is unique.") readonly name: string;
  @Leaf(
    () => Duration,
    "The recovery point objective (RPO): how old the newest successful backup may be.",
  )
  readonly rpo: string;
  @NullableLeaf(() => Duration, "How far back successful backups must reach.")
  readonly retention: string | null;
  @NullableLeaf(() => Boolean, "Whether every successful backup within the RPO must be encrypted.")
  readonly encrypted: boolean | null;
  @NullableLeaf(
    () => Float,
    "How much smaller than the median of up to seven backups before it the newest successful backup may be, from 0 to 1.",
  )
  readonly maxSizeDrop: number | null;

  private constructor(row: BackupPolicy) {
    this.name = row.name;
    this.rpo = durationOf(row.rpoMs);
    this.retention = orNull(row.retentionMs, durationOf);
    this.encrypted = row.encrypted;
    this.maxSizeDrop = row.maxSizeDrop;
  }

  static readonly of = viewsOf((row: BackupPolicy) => new BackupPolicyType(row));
}

/** The argument of every coverage field. */
@ArgsType()
export class RpoArgs {
  @Optional(
    () => Duration,
    "The recovery point objective (RPO): how old an instance's newest successful backup may be. Without it, each instance is checked by its policy.",
  )
  readonly rpo?: string | null;
}

/** The arguments of a coverage report. */
@ArgsType()
export class CoverageArgs extends RpoArgs {
  @Optional(() => InstanceFilterInput, "Which instances to report on. By default, all of them.")
  readonly filter?: InstanceFilterInput | null;
}

/** Milliseconds of a recovery point objective, or null. Errors: `ClientError` BAD_USER_INPUT. */
export function rpoToMs(rpo: string | null | undefined): number | null {
  if (rpo === null || rpo === undefined) return null;
  const ms = durationToMs(rpo);
  if (ms !== null && ms > 0) return ms;
  throw new ClientError(
    "BAD_USER_INPUT",
    `Expected rpo to be a duration above zero and at most ${LONGEST_DURATION}, in weeks, days, hours, minutes or seconds, such as PT24H, but got ${rpo}.`,
  );
}

/** Whether one instance is protected. */
@ObjectType("InstanceCoverage", {
  description: "Whether the backups of one instance meet the demands on them, and why.",
})
export class InstanceCoverageType {
  @Leaf(() => CoverageStateEnum, "Protected, violating or unknown.") readonly state: CoverageState;
  @Leaf(() => String, "The reason for people: what is wrong, and since when.")
  readonly reason: string;
  @NullableLeaf(
    () => BackupPolicyType,
    "The policy by which the instance was checked. Null if an RPO was given, or if the policy depends on tags that cannot be read.",
  )
  readonly policy: BackupPolicyType | null;
  @Leaf(() => [CoverageViolationEnum], "The demands that are not met.")
  readonly violations: readonly CoverageViolation[];

  constructor(
    readonly coverage: InstanceCoverage,
    readonly instance: Instance,
  ) {
    this.state = coverage.state;
    this.reason = coverage.reason;
    this.policy = orNull(coverage.policy, BackupPolicyType.of);
    this.violations = coverage.violations;
  }

  @NullableLeaf(
    () => BackupType,
    "The newest successful backup, however old. Null if none is known.",
  )
  async lastSuccess(_: unknown, context: Context): Promise<BackupType | null> {
    return orNull(await this.newestSuccess(context), BackupType.of);
  }

  @NullableLeaf(() => Duration, "The time since that backup started.")
  async age(_: unknown, context: Context): Promise<string | null> {
    const { checkedAt } = this.coverage;
    const newest = await this.newestSuccess(context);
    return orNull(newest, ({ startedAt }) => durationOf(Math.max(0, checkedAt - startedAt)));
  }

  /** A backup that is older than the RPO is read only for these two fields. */
  private async newestSuccess({ loaders }: Context): Promise<Backup | null> {
    const { instance, state } = this;
    if (this.coverage.lastSuccess !== null) return this.coverage.lastSuccess;
    try {
      return await loaders.latestBackup.load({ instance, status: "SUCCEEDED" });
    } catch (error) {
      // The state is UNKNOWN because the source failed, so `reason` already reports the failure.
      if (state === "UNKNOWN" && error instanceof SourceError) return null;
      throw error;
    }
  }
}

/** The arguments of a report's instances. */
@ArgsType()
class CoverageInstancesArgs extends ConnectionArgs {
  @Optional(() => CoverageStateEnum, "Only instances in this state. By default, all of them.")
  readonly state?: CoverageState | null;
  @Optional(() => CoverageOrderEnum, "The order of the instances. By default, INSTANCE.")
  readonly orderBy?: CoverageOrder | null;
}

/** The coverage of many instances. */
@ObjectType("CoverageReport", {
  description: "Which instances have backups that meet the demands, at one point in time.",
})
export class CoverageReportType {
  @NullableLeaf(
    () => Duration,
    "The recovery point objective of the request. Null if each instance was checked by its policy.",
  )
  readonly rpo: string | null;
  @Leaf(() => DateTime, "The point in time that the report describes.") readonly checkedAt: string;
  @Leaf(() => Int, "The number of instances that meet every demand.")
  readonly protectedCount: number;
  @Leaf(() => Int, "The number of instances that certainly do not meet a demand.")
  readonly violatingCount: number;
  @Leaf(
    () => Int,
    "The number of instances whose state is unknown, plus one for each region whose instance list cannot be read.",
  )
  readonly unknownCount: number;
  @Leaf(() => Boolean, "Whether nothing is missing from the report.") readonly complete: boolean;
  @Leaf(() => [SourceIssueType], "The sources that could not be read, and why.")
  readonly issues: readonly SourceIssue[];

  constructor(readonly report: CoverageReport) {
    const counts = countsOf(report);
    this.rpo = orNull(report.rpoMs, durationOf);
    this.checkedAt = instantOf(report.checkedAt);
    this.protectedCount = counts.PROTECTED;
    this.violatingCount = counts.VIOLATING;
    this.unknownCount = counts.UNKNOWN;
    this.complete = report.complete;
    this.issues = report.issues;
  }

  @Leaf(() => InstanceConnectionType, "The instances of the report.")
  async instances(
    @Args(() => CoverageInstancesArgs) args: CoverageInstancesArgs,
    context: Context,
  ): Promise<InstanceConnectionType> {
    const shown = { state: args.state ?? null, order: args.orderBy ?? "INSTANCE" } as const;
    const page = pageOf(args, context);
    return new InstanceConnectionType(
      await context.reads.coverageInstances(this.report, shown, page),
    );
  }
}

/** The report of `Query.coverage`. */
export async function coverageReportOf(
  { rpo, filter }: CoverageArgs,
  { reads }: Context,
): Promise<CoverageReportType> {
  const rpoMs = rpoToMs(rpo);
  const wanted = instanceFilterOf(filter);
  await checkFilter(reads, { type: "Query" }, wanted);
  return new CoverageReportType(await reads.coverage(rpoMs, wanted));
}
