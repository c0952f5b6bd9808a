import { expect, onTestFinished, test, vi } from "vitest";
import { gatewayOver } from "../../estate/gateway.js";
import { hasProgram, runProgram } from "../../tools.js";
import { makeObservation } from "../../../src/server/observe/observe.js";
import { logged, samplesNamed, samplesOf, shownOf } from "./harness.js";
import { startStillClouds } from "../../stillClouds.js";

/** The metrics of a process with a gateway over the embedded clouds. */
async function scraped(): Promise<string> {
  const clouds = await startStillClouds();
  onTestFinished(() => clouds.close());
  const gateway = gatewayOver(clouds);
  onTestFinished(() => gateway.close());
  const observation = makeObservation({
    logger: logged().logger,
    accounts: clouds.accounts,
    tags: ["env"],
    now: clouds.estate.now,
    elapsed: () => performance.now(),
    process: true,
  });
  onTestFinished(() => observation.close());
  observation.show(shownOf(gateway));
  // A scrape does not wait long for coverage, and a busy machine may read it slowly.
  return vi.waitFor(
    async () => {
      const text = await observation.registry.metrics();
      expect(text).toContain("\nbackup_gateway_backup_age_seconds{");
      return text;
    },
    { timeout: 120_000 },
  );
}

// Skipped where Prometheus is not installed.
test.skipIf(!hasProgram("promtool"))("promtool has nothing to say about the metrics", async () => {
  const input = await scraped();
  const samples = samplesOf(input);
  for (const name of ["backup_age_seconds", "backup_size_bytes", "good_backups", "instance_state"])
    expect(Object.keys(samplesNamed(samples, `backup_gateway_${name}`)).length).toBeGreaterThan(50);
  expect(await runProgram("promtool", ["check", "metrics"], { input })).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
});
