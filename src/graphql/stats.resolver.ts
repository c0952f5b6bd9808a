import { ArgsType, Ctx, Field, Int, ObjectType, Resolver, Root } from "type-graphql";
import { noZoneText, zoneNamed } from "../domain/calendar.js";
import type { SourceIssue } from "../domain/connection.js";
import { quoted } from "../domain/nearest.js";
import {
  areDimensions,
  type BackupDimension,
  type BackupStats,
  type StatsBucket,
  type StatsKey,
} from "../domain/stats.js";
import { ClientError } from "../errors.js";
import type { Context } from "./context.js";
import { BackupDimensionEnum } from "./enums.js";
import { Leaf, NullableField, NullableLeaf, Optional } from "./fields.js";
import { BackupFilterInput, backupFilterOf, checkFilter } from "./filter.input.js";
import { InstanceType } from "./instance.type.js";
import { providerByKey, ProviderType } from "./provider.type.js";
import { DateTime, SafeInt } from "./scalars.js";
import { SourceIssueType } from "./sourceIssue.type.js";
import { orNull } from "./views.js";

/** The arguments of statistics. */
@ArgsType()
export class BackupStatsArgs {
  @Optional(() => BackupFilterInput, "Which backups to count. By default, all of them.")
  readonly filter?: BackupFilterInput | null;
  @Field(() => [BackupDimensionEnum], {
    description: "What to group the backups by: one to three different dimensions.",
  })
  readonly by!: BackupDimension[];
  @Optional(
    () => String,
    "The IANA time zone whose days, weeks and months count, such as Europe/Berlin. By default, UTC.",
  )
  readonly timeZone?: string | null;
}

/** What the backups of a bucket have in common. */
@ObjectType("BackupStatsKey", {
  description: "What the backups of a bucket have in common, in one dimension.",
})
class BackupStatsKeyType implements Pick<StatsKey, "dimension" | "value"> {
  @Leaf(() => BackupDimensionEnum, "The dimension.") readonly dimension!: BackupDimension;
  @NullableLeaf(
    () => String,
    "The value: a day, week or month such as 2026-11-29, 2026-W48 or 2026-11, a word of an enum, a provider's key, a region, an instance's global id, or a version. Null if the backups have none.",
  )
  readonly value!: string | null;
}

/** The fields of a key about its provider or instance. */
@Resolver(() => BackupStatsKeyType)
export class BackupStatsKeyResolver {
  @NullableField(() => String, "The vendor's own id of the instance, for the dimension INSTANCE.")
  instanceNativeId(@Root() { instance }: StatsKey): string | null {
    return instance?.nativeId ?? null;
  }

  @NullableField(() => ProviderType, "The provider, for the dimensions PROVIDER and INSTANCE.")
  provider(@Root() { provider }: StatsKey, @Ctx() context: Context): ProviderType | null {
    return orNull(provider, (key) => providerByKey(key, context));
  }

  @NullableField(
    () => InstanceType,
    "The instance, for the dimension INSTANCE. Null if the vendor no longer lists it.",
  )
  async instance(
    @Root() { instance }: StatsKey,
    @Ctx() { loaders }: Context,
  ): Promise<InstanceType | null> {
    if (instance === null) return null;
    return orNull(await loaders.instance.load(instance), InstanceType.of);
  }
}

/** Backups with the same keys. */
@ObjectType("BackupStatsBucket", { description: "The backups with the same keys, counted." })
class BackupStatsBucketType implements StatsBucket {
  @Leaf(() => [BackupStatsKeyType], "What the backups have in common, in the order of by.")
  readonly keys!: readonly StatsKey[];
  @Leaf(() => Int, "The number of backups.") readonly count!: number;
  @Leaf(() => SafeInt, "The size of the backups in bytes, as far as it is known.")
  readonly sizeBytes!: number;
  @Leaf(() => Int, "The number of backups whose size is known.") readonly sizedCount!: number;
  @NullableLeaf(() => DateTime, "When the first of the backups started.")
  readonly firstStartedAt!: number | null;
  @NullableLeaf(() => DateTime, "When the last of the backups started.")
  readonly lastStartedAt!: number | null;
}

/** Statistics of backups. */
@ObjectType("BackupStats", { description: "The number and size of backups, by group." })
export class BackupStatsType implements BackupStats {
  @Leaf(
    () => Boolean,
    "Whether every backup that matches was counted: no issues. Otherwise the figures are too low or out of date.",
  )
  readonly complete!: boolean;
  @Leaf(
    () => [BackupStatsBucketType],
    "The groups that have backups, ordered by the values of their keys; a group without a value comes last. There are at most 10,000.",
  )
  readonly buckets!: readonly StatsBucket[];
  @Leaf(() => BackupStatsBucketType, "All groups together. It has no keys.")
  readonly total!: StatsBucket;
  @Leaf(
    () => [SourceIssueType],
    "The sources whose backups are missing, cut off or out of date, and why.",
  )
  readonly issues!: readonly SourceIssue[];
}

/** The statistics of `Query.backupStats`. Errors: `ClientError` BAD_USER_INPUT before any read. */
export async function backupStatsOf(
  { filter: input, by, timeZone: zone }: BackupStatsArgs,
  { reads }: Context,
): Promise<BackupStats> {
  if (!areDimensions(by))
    throw new ClientError(
      "BAD_USER_INPUT",
      `Expected by to have one to three different dimensions, but got ${by.length === 0 ? "none" : quoted(by.slice(0, 4).join(", "))}.`,
    );
  const timeZone = timeZoneOf(zone ?? "UTC");
  const filter = backupFilterOf(input);
  await checkFilter(reads, { type: "Query" }, filter);
  return reads.backupStats({ filter, by, timeZone });
}

function timeZoneOf(text: string): string {
  const zone = zoneNamed(text);
  if (zone !== null) return zone;
  throw new ClientError("BAD_USER_INPUT", `timeZone: ${noZoneText(text)}`);
}
