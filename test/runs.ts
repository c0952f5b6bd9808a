import { appendFileSync } from "node:fs";

/** How many times as many samples as in `npm test` a property takes; `.ci/run` sets it. */
const FACTOR = Number(process.env["RUNS"] ?? 1);

/** The number of samples of a property: `usual` in `npm test`, RUNS times as many elsewhere. */
export const runs = (usual: number): { numRuns: number } => ({
  numRuns: Math.ceil(usual * FACTOR),
});

/** A file that gets the number of backups of each walk over a model, so that walks can be counted; `.ci/run` sets it. */
const WALKS = process.env["WALKS"];

/** Notes that a walk came to its end, and how many backups it showed. */
export function noteWalk(backups: number): void {
  if (WALKS !== undefined) appendFileSync(WALKS, `${backups}\n`);
}
