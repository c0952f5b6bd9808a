import type { Principal } from "../../domain/principal.js";
import type { KnownPlace } from "../../domain/provider.js";
import { ClientError } from "../../errors.js";

/** What one operation may ask for; part of the config's `limits`. */
export interface OperationLimits {
  /** Rows of one page. */
  readonly first: number;
  /** Levels of fields. */
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Objects in the largest possible answer. */
  readonly cost: number;
  /** Distinct vendor lists, one page each. */
  readonly vendorCalls: number;
  /** Representations in one `_entities` field. */
  readonly entities: number;
}

/** The places that a caller may see. Returns the same array until they change. */
export type PlacesOf = (principal: Principal) => readonly KnownPlace[];

/** What is measured of an operation, and how errors describe the figure. */
const MEASURES = {
  depth: "levels of fields",
  aliases: "aliases or repeated fields",
  rootFields: "fields at the root",
  directives: "directives",
  entities: "entities",
  cost: "objects in its answer at worst",
  vendorCalls: "vendor calls at worst",
} as const;

type Measure = keyof typeof MEASURES;

/** Errors: `ClientError` QUERY_TOO_COSTLY for the first figure above its limit. */
export function refuseAbove<M extends Measure>(
  figures: Readonly<Record<M, number>>,
  limits: Readonly<Record<M, number>>,
): void {
  for (const measure of Object.keys(figures) as M[])
    if (figures[measure] > limits[measure])
      throw tooCostly(measure, figures[measure], limits[measure]);
}

/** A fragment that spreads itself makes a figure infinite, which JSON cannot hold: it is null there. */
function tooCostly(measure: Measure, figure: number, limit: number): ClientError {
  const shown = Number.isFinite(figure) ? `${figure}` : "endless";
  return new ClientError(
    "QUERY_TOO_COSTLY",
    `The operation asks for ${shown} ${MEASURES[measure]}; limits.${measure} is ${limit}.`,
    { [measure]: Number.isFinite(figure) ? figure : null, limit },
  );
}
