import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AttemptNote } from "../../../src/domain/observation.js";
import { makeLabelOf, OTHER, readOperationNames } from "../../../src/server/observe/meters.js";
import { observation, samplesNamed, samplesOf } from "./harness.js";

describe("the names of operations", () => {
  test("are those of the operations that come with the gateway", () => {
    const names = readOperationNames();
    for (const name of ["NewestBackups", "FailedBackups", "InstancesWithLatestBackup"])
      expect(names).toContain(name);
  });

  test("are read from every operation of every file, and from nothing else", () => {
    const folder = mkdtempSync(join(tmpdir(), "operations-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "a.graphql"), "query A { x } query B { x } fragment F on T { x }");
    writeFileSync(join(folder, "b.graphql"), "{ x }");
    writeFileSync(join(folder, "c.txt"), "query C { x }");
    const names = readOperationNames(pathToFileURL(`${folder}/`));
    expect([...names]).toEqual(["A", "B"]);
  });

  test("are labels only where they are known", () => {
    const labelOf = makeLabelOf(new Set(["A"]));
    expect([labelOf("A"), labelOf("a"), labelOf("constructor"), labelOf(null)]).toEqual([
      "A",
      OTHER,
      OTHER,
      OTHER,
    ]);
  });
});

const scrapeOf = async (registry: { metrics(): Promise<string> }) =>
  samplesOf(await registry.metrics());

const NOTE: AttemptNote = {
  account: "uc",
  action: "A",
  attempt: 1,
  outcome: "OK",
  fault: null,
  ms: 30,
};

describe("the metrics and lines of vendor calls", () => {
  test("count every attempt by vendor, account, action and outcome; lines show only failures", async () => {
    const { observation: observed, lines } = observation();
    const { observer } = observed.hooks;
    observer.onAttempt(NOTE);
    observer.onAttempt({ ...NOTE, outcome: "UNAVAILABLE", fault: "tls", attempt: 2, ms: 6 });
    const samples = await scrapeOf(observed.registry);
    expect(samplesNamed(samples, "backup_gateway_vendor_attempts_total")).toEqual({
      '{vendor="ucloud",account="uc",action="A",outcome="OK"}': 1,
      '{vendor="ucloud",account="uc",action="A",outcome="UNAVAILABLE"}': 1,
    });
    const duration = "backup_gateway_vendor_attempt_duration_seconds";
    const labels = 'vendor="ucloud",account="uc",action="A"';
    expect(samples.get(`${duration}_sum{${labels}}`)).toBeCloseTo(0.036);
    expect(samples.get(`${duration}_bucket{le="0.01",${labels}}`)).toBe(1);
    expect(lines).toEqual([
      {
        level: 40,
        vendor: "ucloud",
        account: "uc",
        action: "A",
        outcome: "UNAVAILABLE",
        fault: "tls",
        attempt: 2,
        ms: 6,
        msg: "A vendor call failed.",
      },
    ]);
  });

  test.each(["CUT", "NOT_FOUND"] as const)("%s is no fault of the vendor's", (outcome) => {
    const { observation: observed, lines } = observation("debug");
    observed.hooks.observer.onAttempt({ ...NOTE, outcome });
    expect(lines).toMatchObject([{ level: 20, outcome }]);
  });

  test("show how long attempts waited", async () => {
    const { observation: observed } = observation();
    observed.hooks.observer.onWait(200, "ali");
    const samples = await scrapeOf(observed.registry);
    const labels = 'vendor="alibaba",account="ali"';
    expect(samples.get(`backup_gateway_quota_wait_seconds_sum{${labels}}`)).toBe(0.2);
  });

  test("show changes of breakers, without a URL", async () => {
    const { observation: observed, lines } = observation();
    const { onBreaker } = observed.hooks.observer;
    for (const state of ["open", "halfOpen", "closed"] as const)
      onBreaker({ account: "uc", origin: "https://api.ucloud.cn:8443", state });
    const samples = await scrapeOf(observed.registry);
    expect(samplesNamed(samples, "backup_gateway_breaker_changes_total")).toEqual({
      '{vendor="ucloud",account="uc",state="open"}': 1,
      '{vendor="ucloud",account="uc",state="halfOpen"}': 1,
      '{vendor="ucloud",account="uc",state="closed"}': 1,
    });
    expect(lines).toMatchObject([
      { level: 40, account: "uc", host: "api.ucloud.cn:8443", state: "open" },
      { level: 30, state: "halfOpen" },
      { level: 30, state: "closed" },
    ]);
    expect(JSON.stringify(lines)).not.toContain("https:");
  });

  test("show dropped claims", async () => {
    const { observation: observed, lines } = observation();
    observed.hooks.onClaimDropped("uc/umem", "backups", "The order is unknown.");
    const samples = await scrapeOf(observed.registry);
    expect(samplesNamed(samples, "backup_gateway_claims_dropped_total")).toEqual({
      '{provider="uc/umem",listing="backups"}': 1,
    });
    expect(lines).toMatchObject([
      {
        level: 40,
        provider: "uc/umem",
        msg: "A claim of the declaration was dropped. The order is unknown.",
      },
    ]);
  });
});
