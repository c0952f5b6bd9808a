import { Field, ID, InputType } from "type-graphql";
import type { BackupFilter, InstanceFilter } from "../domain/filter.js";
import type { BackupStatus, BackupTrigger, InstanceStatus, Vendor } from "../domain/words.js";
import {
  BackupStatusEnum,
  BackupTriggerEnum,
  InstanceStatusEnum,
  VendorSelectorEnum,
} from "./enums.js";
import { DateTime } from "./scalars.js";

const RULE =
  "All conditions must hold. A list holds if any of its items does, so an empty list matches nothing.";

/** Which instances to list. */
@InputType("InstanceFilter", { description: `Conditions on instances. ${RULE}` })
export class InstanceFilterInput {
  @Field(() => [VendorSelectorEnum], { nullable: true, description: "The vendors." })
  readonly vendors?: Vendor[] | null;
  @Field(() => [String], {
    nullable: true,
    description: "The keys of the providers. A key that does not exist is an error.",
  })
  readonly providers?: string[] | null;
  @Field(() => [String], {
    nullable: true,
    description: "The regions. A region that no provider has is an error.",
  })
  readonly regions?: string[] | null;
  @Field(() => [String], { nullable: true, description: "The vendors' own ids of the instances." })
  readonly nativeIds?: string[] | null;
  @Field(() => [InstanceStatusEnum], { nullable: true, description: "The states." })
  readonly statuses?: InstanceStatus[] | null;
  @Field(() => String, { nullable: true, description: "A text that the name contains." })
  readonly nameContains?: string | null;
}

/** Which backups to list. */
@InputType("BackupFilter", { description: `Conditions on backups. ${RULE}` })
export class BackupFilterInput {
  @Field(() => [VendorSelectorEnum], { nullable: true, description: "The vendors." })
  readonly vendors?: Vendor[] | null;
  @Field(() => [String], {
    nullable: true,
    description: "The keys of the providers. A key that does not exist is an error.",
  })
  readonly providers?: string[] | null;
  @Field(() => [String], {
    nullable: true,
    description: "The regions. A region that no provider has is an error.",
  })
  readonly regions?: string[] | null;
  @Field(() => [ID], {
    nullable: true,
    description: "The global ids of the instances. A malformed id is an error.",
  })
  readonly instanceIds?: string[] | null;
  @Field(() => [BackupStatusEnum], { nullable: true, description: "The states." })
  readonly statuses?: BackupStatus[] | null;
  @Field(() => [BackupTriggerEnum], { nullable: true, description: "What started the backup." })
  readonly triggers?: BackupTrigger[] | null;
  @Field(() => DateTime, { nullable: true, description: "The earliest start, inclusive." })
  readonly startedAfter?: Date | null;
  @Field(() => DateTime, { nullable: true, description: "The latest start, exclusive." })
  readonly startedBefore?: Date | null;
}

/** The filter as the engine reads it, or null if the argument is absent. */
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

/** The filter as the engine reads it, or null if the argument is absent. */
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
