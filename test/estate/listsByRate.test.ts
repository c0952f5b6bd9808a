import { describe, expect, test } from "vitest";
import { startClouds } from "../../src/clouds/clouds.js";
import type { Backup } from "../../src/domain/backup.js";
import type { Connection } from "../../src/domain/connection.js";
import { ANYONE } from "../../src/domain/principal.js";
import { BACKUPS, gatewayOver } from "./gateway.js";
import { sized } from "../runs.js";
import { VirtualClock } from "./virtualClock.js";
import { wanted } from "../wantedPage.js";

/** 1,000 in `.ci/run`. */
const INSTANCES = sized(200, 1_000);
const RATE = 20;
const CONCURRENCY = 16;
/** The lists of the slowest product. */
const LISTS_MS = (INSTANCES / RATE) * 1_000;
/** By default with 1,000 instances; always too short for all lists. */
const DEADLINE_MS = LISTS_MS / 2;

/** What reading a list until it is complete took. */
interface Reading {
  /** Rows of the page that is complete. */
  readonly rows: number;
  /** The issues of the pages before it. */
  readonly issues: readonly string[];
  readonly tookMs: number;
  readonly callsOf: (action: string) => number;
}

/** Follows a list over some vendors, as fast as the quotas allow, until a page is complete. */
async function readWhole(
  isWanted: (vendor: string) => boolean,
  { backupsEach, refreshes }: { readonly backupsEach: number; readonly refreshes: boolean },
): Promise<Reading> {
  const clock = new VirtualClock();
  const clouds = await startClouds({
    now: clock.now,
    estate: { instances: INSTANCES, backupsEach },
    upstream: { rate: RATE, concurrency: CONCURRENCY },
  });
  clouds.knobs.hook = () => clock.stir();
  const accounts = clouds.accounts.filter(({ vendor }) => isWanted(vendor));
  const gateway = gatewayOver(
    { ...clouds, accounts },
    { ...clock.parts(), ...(refreshes ? { refreshShare: 0.5 } : {}) },
  );
  if (refreshes) gateway.refresher.start();
  const startedAt = clock.now();
  const issues: string[] = [];
  let after: string | null = null;
  let rows = 0;
  for (let isCut = true; isCut;) {
    const reads = gateway.open(ANYONE, {
      signal: new AbortController().signal,
      deadline: clock.now() + DEADLINE_MS,
      vendorCalls: 2_000,
    });
    const args = wanted({ first: 50, after });
    const page: Connection<Backup> = await clock.until(reads.backups({ ...BACKUPS, page: args }));
    rows = page.edges.length;
    isCut = !page.complete;
    issues.push(...page.issues.map(({ code, message }) => `${code}: ${message}`));
    after = page.endCursor;
    expect(clock.now() - startedAt).toBeLessThan(2 * LISTS_MS);
  }
  const tookMs = clock.now() - startedAt;
  const counts = clouds.calls.counts();
  await clock.until(gateway.close());
  await clouds.close();
  const callsOf = (action: string): number =>
    Object.entries(counts).reduce(
      (sum, [name, calls]) => (name.endsWith(` ${action}`) ? sum + calls : sum),
      0,
    );
  return { rows, issues, tookMs, callsOf };
}

const PROGRESS = /^(CUT|THROTTLED): .* \d+ of \d+ lists have been read\.$/;

describe("many instances of each product at 20 calls a second and the default limits", () => {
  test.each([
    { backupsEach: 29, refreshes: false },
    // As many as a page has if no size is requested: a list that long may have been cut.
    { backupsEach: 30, refreshes: false },
    { backupsEach: 30, refreshes: true },
  ])("show the first rows, and all of them, after lists ÷ rate: %j", async (given) => {
    const read = await readWhole((vendor) => vendor !== "aws", given);
    const { rows, issues, tookMs, callsOf } = read;
    expect(rows).toBe(50);
    expect(issues.filter((text) => !PROGRESS.test(text))).toEqual([]);
    // The list of instances is read first, and a few calls settle what a page of 30 rows means.
    const further = callsOf("DescribeBackups") - INSTANCES;
    expect(further).toBeGreaterThanOrEqual(0);
    expect(further).toBeLessThanOrEqual(30);
    expect(tookMs).toBeLessThanOrEqual(LISTS_MS + 3_000 + (further / RATE) * 1_000);
  });

  // Tokens of AWS need not name a row, so only two equal passes over a region's list show that it is whole.
  test("of AWS, with 30 backups each, show them after twice pages ÷ rate", async () => {
    const { rows, issues, tookMs, callsOf } = await readWhole((vendor) => vendor === "aws", {
      backupsEach: 30,
      refreshes: false,
    });
    const calls = (2 * INSTANCES * 30) / 50;
    expect(rows).toBe(50);
    expect(issues.filter((text) => !PROGRESS.test(text))).toEqual([]);
    expect(callsOf("memorydb:DescribeSnapshots")).toBeLessThanOrEqual(calls);
    expect(tookMs).toBeLessThanOrEqual((calls / RATE) * 1_000 + 15_000);
  });
});
