import { appendFileSync } from "node:fs";

/** By what the samples of a property are multiplied: a quarter in `npm test`, what `.ci/run` sets there. */
const FACTOR = Number(process.env["RUNS"] ?? 0.25);

/** The number of samples of a property: RUNS times `usual`, a quarter of it in `npm test`. */
export const runs = (usual: number): { numRuns: number } => ({
  numRuns: Math.ceil(usual * FACTOR),
});

/** The size of an estate, or what goes with it: `few` in `npm test`, `all` in `.ci/run`. */
export const sized = <T>(few: T, all: T): T => (FACTOR > 1 ? all : few);

/** A file that gets the number of backups of each walk over a model, so that walks can be counted; `.ci/run` sets it. */
const WALKS = process.env["WALKS"];

/** Notes that a walk came to its end, and how many backups it showed. */
export function noteWalk(backups: number): void {
  if (WALKS !== undefined) appendFileSync(WALKS, `${backups}\n`);
}
