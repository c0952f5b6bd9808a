import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Int,
  ObjectType,
  Resolver,
  Root,
} from "type-graphql";
import type { Backup } from "../domain/backup.js";
import type { CoverageReport, CoverageState, InstanceCoverage } from "../domain/coverage.js";
import { durationOf, durationToMs, LONGEST_DURATION } from "../domain/duration.js";
import type { Instance } from "../domain/instance.js";
import { ClientError, SourceError } from "../errors.js";
import { BackupType } from "./backup.type.js";
import type { Context } from "./context.js";
import { CoverageStateEnum } from "./enums.js";
import { Leaf } from "./fields.js";
import { checkFilter, InstanceFilterInput, instanceFilterOf } from "./filter.input.js";
import { InstanceConnectionType } from "./instance.type.js";
import { ConnectionArgs, pageOf } from "./list.args.js";
import { DateTime, Duration, instantOf } from "./scalars.js";
import { SourceIssueType } from "./sourceIssue.type.js";
import { orNull } from "./views.js";

/** The argument of every coverage field. */
@ArgsType()
export class RpoArgs {
  @Field(() => Duration, {
    description:
      "The recovery point objective (RPO): how old an instance's newest successful backup may be.",
  })
  readonly rpo!: string;
}

/** The arguments of a coverage report. */
@ArgsType()
export class CoverageArgs extends RpoArgs {
  @Field(() => InstanceFilterInput, {
    nullable: true,
    description: "Which instances to report on. By default, all of them.",
  })
  readonly filter?: InstanceFilterInput | null;
}

/** Milliseconds of a recovery point objective. Errors: `ClientError` BAD_USER_INPUT. */
export function rpoToMs(rpo: string): number {
  const ms = durationToMs(rpo);
  if (ms !== null && ms > 0) return ms;
  throw new ClientError(
    "BAD_USER_INPUT",
    `Expected rpo to be a duration above zero and at most ${LONGEST_DURATION}, in weeks, days, hours, minutes or seconds, such as PT24H, but got ${rpo}.`,
  );
}

/** Whether one instance is protected. */
@ObjectType("InstanceCoverage", {
  description: "Whether one instance has a recent enough successful backup, and why.",
})
export class InstanceCoverageType {
  @Leaf(() => CoverageStateEnum, "Protected, violating or unknown.") readonly state: CoverageState;
  @Leaf(() => String, "The reason, as a sentence for people.") readonly reason: string;

  constructor(
    readonly coverage: InstanceCoverage,
    readonly instance: Instance,
  ) {
    this.state = coverage.state;
    this.reason = coverage.reason;
  }
}

/** The fields that may need one more read: a backup older than the RPO is read only for them. */
@Resolver(() => InstanceCoverageType)
export class InstanceCoverageResolver {
  @FieldResolver(() => BackupType, {
    nullable: true,
    description: "The newest successful backup, however old. Null if none is known.",
  })
  async lastSuccess(
    @Root() coverage: InstanceCoverageType,
    @Ctx() context: Context,
  ): Promise<BackupType | null> {
    return orNull(await newestSuccess(coverage, context), BackupType.of);
  }

  @FieldResolver(() => Duration, {
    nullable: true,
    description: "The time since that backup started.",
  })
  async age(
    @Root() coverage: InstanceCoverageType,
    @Ctx() context: Context,
  ): Promise<string | null> {
    const { checkedAt } = coverage.coverage;
    const newest = await newestSuccess(coverage, context);
    return orNull(newest, ({ startedAt }) => durationOf(checkedAt - startedAt));
  }
}

async function newestSuccess(
  { coverage: { lastSuccess, state }, instance }: InstanceCoverageType,
  { loaders }: Context,
): Promise<Backup | null> {
  if (lastSuccess !== null) return lastSuccess;
  try {
    return await loaders.latestBackup.load({ instance, status: "SUCCEEDED" });
  } catch (error) {
    // The state is UNKNOWN because the source failed, so `reason` already reports the failure.
    if (state === "UNKNOWN" && error instanceof SourceError) return null;
    throw error;
  }
}

/** The coverage of many instances. */
@ObjectType("CoverageReport", {
  description: "Which instances have a recent enough successful backup, at one point in time.",
})
export class CoverageReportType {
  @Leaf(() => Duration, "The recovery point objective of the request.") readonly rpo: string;
  @Leaf(() => DateTime, "The point in time that the report describes.") readonly checkedAt: string;
  @Leaf(() => Int, "The number of instances with a successful backup within the RPO.")
  readonly protectedCount: number;
  @Leaf(() => Int, "The number of instances that certainly have none.")
  readonly violatingCount: number;
  @Leaf(
    () => Int,
    "The number of instances whose state is unknown, plus one for each region whose instance list cannot be read.",
  )
  readonly unknownCount: number;
  @Leaf(() => Boolean, "Whether nothing is missing from the report.") readonly complete: boolean;

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

  @Field(() => [SourceIssueType], { description: "The sources that could not be read, and why." })
  issues(): readonly SourceIssueType[] {
    return this.report.issues.map(SourceIssueType.of);
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

/** The instances of a coverage report. */
@Resolver(() => CoverageReportType)
export class CoverageReportResolver {
  @FieldResolver(() => InstanceConnectionType, {
    description: "The instances of the report, ordered by provider key, region and native id.",
  })
  async instances(
    @Root() { report }: CoverageReportType,
    @Arg("state", () => CoverageStateEnum, {
      nullable: true,
      description: "Only instances in this state. By default, all of them.",
    })
    state: CoverageState | null | undefined,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() context: Context,
  ): Promise<InstanceConnectionType> {
    const page = pageOf(args, context);
    return new InstanceConnectionType(
      await context.reads.coverageInstances(report, state ?? null, page),
    );
  }
}
