import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Backup } from "../domain/backup.js";
import type { CoverageState } from "../domain/coverage.js";
import { durationOf } from "../domain/duration.js";
import { SourceError } from "../errors.js";
import type { Context } from "./context.js";
import { BackupType } from "./backup.type.js";
import { CoverageReportType, InstanceCoverageType } from "./coverage.type.js";
import { InstanceConnectionType } from "./instanceConnection.type.js";
import { ConnectionArgs, pageOf } from "./list.args.js";
import { Duration } from "./scalars.js";
import { orNull } from "./views.js";
import { CoverageStateEnum } from "./words.js";

/** What is told of an instance's newest good backup: one behind the RPO is read only for this. */
@Resolver(() => InstanceCoverageType)
export class InstanceCoverageResolver {
  @FieldResolver(() => BackupType, {
    nullable: true,
    description: "The newest good backup, behind the RPO too; null where none is known.",
  })
  async lastSuccess(
    @Root() coverage: InstanceCoverageType,
    @Ctx() context: Context,
  ): Promise<BackupType | null> {
    return orNull(await newestGood(coverage, context), BackupType.of);
  }

  @FieldResolver(() => Duration, {
    nullable: true,
    description: "The time since that backup was started.",
  })
  async age(
    @Root() coverage: InstanceCoverageType,
    @Ctx() context: Context,
  ): Promise<string | null> {
    const { checkedAt } = coverage.coverage;
    const newest = await newestGood(coverage, context);
    return orNull(newest, ({ startedAt }) => durationOf(checkedAt - startedAt));
  }
}

async function newestGood(
  { coverage: { lastSuccess, state }, instance }: InstanceCoverageType,
  { loaders }: Context,
): Promise<Backup | null> {
  if (lastSuccess !== null) return lastSuccess;
  try {
    return await loaders.latestBackup.load({ instance, status: "SUCCEEDED" });
  } catch (error) {
    // What is unknown because its source failed has said so already.
    if (state === "UNKNOWN" && error instanceof SourceError) return null;
    throw error;
  }
}

/** The instances of a coverage report. */
@Resolver(() => CoverageReportType)
export class CoverageReportResolver {
  @FieldResolver(() => InstanceConnectionType, {
    description: "The instances of the report, by provider key, region and native id.",
  })
  async instances(
    @Root() { report }: CoverageReportType,
    @Arg("state", () => CoverageStateEnum, {
      nullable: true,
      description: "Only in this state; else in any.",
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
