import { ArgsType, Field } from "type-graphql";
import { durationToMs } from "../domain/duration.js";
import { ClientError } from "../errors.js";
import { InstanceFilterInput } from "./filter.input.js";
import { Duration } from "./scalars.js";

/** How old the newest whole backup of an instance may be. */
@ArgsType()
export class RpoArgs {
  @Field(() => Duration, {
    description: "The recovery point objective: how old the newest whole backup may be.",
  })
  readonly rpo!: string;
}

/** The arguments of a coverage report. */
@ArgsType()
export class CoverageArgs extends RpoArgs {
  @Field(() => InstanceFilterInput, { nullable: true, description: "Which instances; else all." })
  readonly filter?: InstanceFilterInput | null;
}

/** Milliseconds of a recovery point objective. Errors: `ClientError` BAD_USER_INPUT. */
export function rpoToMs(rpo: string): number {
  const ms = durationToMs(rpo);
  if (ms !== null && ms > 0) return ms;
  throw new ClientError(
    "BAD_USER_INPUT",
    `Expected rpo to be longer than zero, in weeks, days, hours, minutes or seconds, such as PT24H, but got ${rpo}.`,
  );
}
