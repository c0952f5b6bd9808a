/** How many times as many samples as in `npm test` a property takes; `.ci/run` sets it. */
const FACTOR = Number(process.env["RUNS"] ?? 1);

/** The number of samples of a property: `usual` in `npm test`, RUNS times as many elsewhere. */
export const runs = (usual: number): { numRuns: number } => ({
  numRuns: Math.ceil(usual * FACTOR),
});
