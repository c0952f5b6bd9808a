import { Field, ID, InputType } from "type-graphql";
import type { BackupFilter, InstanceFilter } from "../domain/filter.js";
import type { BackupStatus, BackupTrigger, InstanceStatus, Vendor } from "../domain/words.js";
import { DateTime } from "./scalars.js";
import {
  BackupStatusEnum,
  BackupTriggerEnum,
  InstanceStatusEnum,
  VendorSelectorEnum,
} from "./words.js";

const EACH =
  "All conditions must hold; a list holds where any of its items does, so an empty list selects nothing.";

/** Selects instances. */
@InputType("InstanceFilter", { description: `Selects instances. ${EACH}` })
export class InstanceFilterInput {
  @Field(() => [VendorSelectorEnum], { nullable: true, description: "Of these vendors." })
  readonly vendors?: Vendor[] | null;
  @Field(() => [String], { nullable: true, description: "Of the providers with these keys." })
  readonly providers?: string[] | null;
  @Field(() => [String], { nullable: true, description: "In the regions of these names." })
  readonly regions?: string[] | null;
  @Field(() => [String], { nullable: true, description: "With these ids of the vendors' own." })
  readonly nativeIds?: string[] | null;
  @Field(() => [InstanceStatusEnum], { nullable: true, description: "In these states." })
  readonly statuses?: InstanceStatus[] | null;
  @Field(() => String, { nullable: true, description: "Whose name contains this text." })
  readonly nameContains?: string | null;
}

/** Selects backups. */
@InputType("BackupFilter", { description: `Selects backups. ${EACH}` })
export class BackupFilterInput {
  @Field(() => [VendorSelectorEnum], { nullable: true, description: "Of these vendors." })
  readonly vendors?: Vendor[] | null;
  @Field(() => [String], { nullable: true, description: "Of the providers with these keys." })
  readonly providers?: string[] | null;
  @Field(() => [String], { nullable: true, description: "In the regions of these names." })
  readonly regions?: string[] | null;
  @Field(() => [ID], { nullable: true, description: "Of the instances with these global ids." })
  readonly instanceIds?: string[] | null;
  @Field(() => [BackupStatusEnum], { nullable: true, description: "In these states." })
  readonly statuses?: BackupStatus[] | null;
  @Field(() => [BackupTriggerEnum], { nullable: true, description: "Started by one of these." })
  readonly triggers?: BackupTrigger[] | null;
  @Field(() => DateTime, { nullable: true, description: "Started at this instant or later." })
  readonly startedAfter?: Date | null;
  @Field(() => DateTime, { nullable: true, description: "Started before this instant." })
  readonly startedBefore?: Date | null;
}

/** The domain's filter; null where the argument is absent. */
export const instanceFilterOf = (
  input: InstanceFilterInput | null | undefined,
): InstanceFilter | null =>
  input
    ? {
        vendors: input.vendors ?? null,
        providers: input.providers ?? null,
        regions: input.regions ?? null,
        nativeIds: input.nativeIds ?? null,
        statuses: input.statuses ?? null,
        nameContains: input.nameContains ?? null,
      }
    : null;

/** The domain's filter; null where the argument is absent. */
export const backupFilterOf = (input: BackupFilterInput | null | undefined): BackupFilter | null =>
  input
    ? {
        vendors: input.vendors ?? null,
        providers: input.providers ?? null,
        regions: input.regions ?? null,
        instanceIds: input.instanceIds ?? null,
        statuses: input.statuses ?? null,
        triggers: input.triggers ?? null,
        startedAfter: input.startedAfter?.getTime() ?? null,
        startedBefore: input.startedBefore?.getTime() ?? null,
      }
    : null;
