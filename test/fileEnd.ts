const pending: (() => unknown)[] = [];

/**
 * Runs `end` once all tests of the file that is running have ended. Helpers call this instead of `afterAll`,
 * because a helper is loaded once for all files that share a worker.
 */
export const whenFileEnds = (end: () => unknown): void => void pending.push(end);

/** Runs what was registered for the file that has ended; `test/setup.ts` calls this. */
export async function endFile(): Promise<void> {
  for (const end of pending.splice(0).reverse()) await end();
}
