import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { CoverageState } from "../domain/coverage.js";
import type { Context } from "./context.js";
import { CoverageReportType } from "./coverage.type.js";
import { InstanceConnectionType } from "./instanceConnection.type.js";
import { ConnectionArgs, pageOf } from "./list.args.js";
import { CoverageStateEnum } from "./words.js";

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
