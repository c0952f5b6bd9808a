import { ClientError } from "../../errors.js";

/** What is measured of an operation, and what a figure of it counts. */
const COUNTED = {
  depth: "levels of fields",
  aliases: "aliases or repeated fields",
  rootFields: "fields at the root",
  directives: "directives",
  entities: "entities",
  cost: "objects in its answer at worst",
  vendorCalls: "vendor calls at worst",
} as const;

export type Measure = keyof typeof COUNTED;

/** The refusal of an operation, with the figure and the limit. */
export const tooCostly = (measure: Measure, figure: number, limit: number): ClientError =>
  new ClientError(
    "QUERY_TOO_COSTLY",
    `The operation asks for ${shown(figure)} ${COUNTED[measure]}; limits.${measure} is ${limit}.`,
    // JSON knows no infinity: null says that there is no figure.
    { [measure]: Number.isFinite(figure) ? figure : null, limit },
  );

/** A fragment that spreads itself has no end. */
const shown = (figure: number): string => (Number.isFinite(figure) ? `${figure}` : "endless");

/** Errors: `ClientError` QUERY_TOO_COSTLY for the first figure that is above its limit. */
export function refuseAbove<M extends Measure>(
  figures: Readonly<Record<M, number>>,
  limits: Readonly<Record<M, number>>,
): void {
  for (const measure of Object.keys(figures) as M[])
    if (figures[measure] > limits[measure])
      throw tooCostly(measure, figures[measure], limits[measure]);
}
