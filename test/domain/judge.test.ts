import { describe, expect, test } from "vitest";
import type { Backup } from "../../src/domain/backup.js";
import type { CoverageState } from "../../src/domain/coverage.js";
import type { Instance } from "../../src/domain/instance.js";
import type { SourceIssue } from "../../src/domain/connection.js";
import { BACKUP_STATUSES, SOURCE_ISSUE_CODES, type BackupStatus } from "../../src/domain/words.js";
import { judge, rpoAlone, type CoverageEvidence } from "../../src/domain/judge.js";
import { BACKUPS, INSTANCES, ISSUE, NOW } from "../graphql/fakeEstate.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OLD = { ...(INSTANCES[0] as Instance), createdAt: NOW - 100 * DAY };

const row = (status: BackupStatus, hoursAgo: number): Backup => ({
  ...(BACKUPS[0] as Backup),
  status,
  startedAt: NOW - hoursAgo * HOUR,
});
const issue = (code: SourceIssue["code"]): SourceIssue => ({ ...ISSUE, code });

const judged = (
  rows: readonly Backup[],
  {
    issues = [],
    instance = OLD,
    ...more
  }: { issues?: readonly SourceIssue[]; instance?: Instance } & Partial<CoverageEvidence> = {},
) => {
  const facts = { automaticBackups: null, retentionMs: null };
  const none = { before: null, sizes: null, old: null, facts };
  return judge(instance, { ...none, recent: { rows, issues }, ...more }, rpoAlone(DAY), NOW);
};

describe("an instance's coverage", () => {
  test.each<[BackupStatus, CoverageState]>([
    ["SUCCEEDED", "PROTECTED"],
    ["RUNNING", "UNKNOWN"],
    ["LOCKED", "UNKNOWN"],
    ["UNKNOWN", "UNKNOWN"],
    ["FAILED", "VIOLATING"],
    ["EXPIRED", "VIOLATING"],
    ["DELETED", "VIOLATING"],
  ])("with one backup that is %s is %s", (status, state) => {
    expect(judged([row(status, 3)]).state).toBe(state);
  });

  test("has a rule for every state of a backup", () => {
    for (const status of BACKUP_STATUSES) expect(judged([row(status, 3)]).reason).not.toBe("");
  });

  test.each<[string, number, CoverageState]>([
    ["on the very instant counts", 24, "PROTECTED"],
    ["a second before does not", 24 + 1 / 3600, "VIOLATING"],
    ["ahead of our clock counts", -0.1, "PROTECTED"],
    ["an hour ahead of our clock counts", -1, "PROTECTED"],
    ["further ahead does not", -1 - 1 / 3600, "UNKNOWN"],
  ])("by its start: %s", (_, hoursAgo, state) => {
    expect(judged([row("SUCCEEDED", hoursAgo)]).state).toBe(state);
  });

  test("is unknown while its only good backup starts in the future, and says what to check", () => {
    const rows = [row("SUCCEEDED", -24 * 365), row("FAILED", 2)];
    expect(judged(rows)).toMatchObject({
      state: "UNKNOWN",
      lastSuccess: null,
      reason:
        "The newest good backup starts in the future, at 2026-06-01T00:00Z. Check the clocks and the account's time zone.",
    });
    const earlier = row("SUCCEEDED", 3);
    expect(judged([...rows, earlier])).toMatchObject({
      state: "PROTECTED",
      lastSuccess: earlier,
      reason: "A good backup started 3 hours ago.",
    });
    expect(judged([row("SUCCEEDED", -0.1)]).reason).toBe("A good backup started 0 minutes ago.");
  });

  test("calls a backup 100% smaller only if it is empty", () => {
    const sized = (sizeBytes: number) => ({ ...row("SUCCEEDED", 3), sizeBytes });
    const dropTo = (sizeBytes: number): string => {
      const rows = [sizeBytes, 1_000_000, 1_000_000].map(sized);
      const none = { before: null, old: null, facts: OLD };
      const evidence = { ...none, recent: { rows, issues: [] }, sizes: { rows, issues: [] } };
      return judge(OLD, evidence, { ...rpoAlone(DAY), maxSizeDrop: 0.5 }, NOW).reason;
    };
    expect(dropTo(1)).toContain(" is 99% smaller than the median of the 2 before it.");
    expect(dropTo(0)).toContain(" is 100% smaller ");
  });

  test("counts from the start, though the backup took longer than the RPO leaves", () => {
    const slow = { ...row("SUCCEEDED", 30), finishedAt: NOW - HOUR };
    expect(judged([slow]).state).toBe("VIOLATING");
  });

  test("is violating with no backup at all", () => {
    expect(judged([])).toEqual({
      state: "VIOLATING",
      reason: "No backup started within the RPO of 24 hours.",
      violations: ["RPO"],
      lastSuccess: null,
      checkedAt: NOW,
    });
  });

  test.each(SOURCE_ISSUE_CODES)("is never violating while its source has %s", (code) => {
    const { state, reason } = judged([row("FAILED", 3)], { issues: [issue(code)] });
    expect(state).toBe("UNKNOWN");
    expect(reason).toContain(code);
  });

  test("is protected by a good backup, whatever else is true", () => {
    const rows = [row("RUNNING", 1), row("FAILED", 2), row("SUCCEEDED", 5), row("SUCCEEDED", 9)];
    const newborn = { ...OLD, createdAt: NOW - 6 * HOUR };
    const coverage = judged(rows, { issues: [issue("STALE")], instance: newborn });
    expect(coverage).toEqual({
      state: "PROTECTED",
      reason: "A good backup started 5 hours ago.",
      violations: [],
      lastSuccess: rows[2],
      checkedAt: NOW,
    });
  });

  test("that is violated says since when, if that is known", () => {
    const { reason } = judged([], { before: row("SUCCEEDED", 75) });
    expect(reason).toBe(
      "No backup started within the RPO of 24 hours. The last good one started 2025-05-28T21:00Z, 3 days ago.",
    );
  });

  test.each([
    [1.5, "90 minutes"],
    [2, "2 hours"],
    [71, "71 hours"],
    [72, "3 days"],
    [100, "100 hours"],
  ])("that is violated names the RPO: %d h is %s", (hours, words) => {
    const nothing = { rows: [], issues: [] };
    const facts = { automaticBackups: null, retentionMs: null };
    const evidence = { recent: nothing, before: null, sizes: null, old: nothing, facts };
    const { reason } = judge(OLD, evidence, rpoAlone(hours * HOUR), NOW);
    expect(reason).toBe(`No backup started within the RPO of ${words}.`);
    const demands = { ...rpoAlone(HOUR), retentionMs: hours * HOUR };
    expect(judge(OLD, evidence, demands, NOW).reason).toMatch(
      new RegExp(` or earlier is kept, but the retention is ${words}.$`),
    );
  });

  test.each<[string, readonly Backup[], CoverageState, readonly string[]]>([
    ["without a good backup", [row("FAILED", 3)], "VIOLATING", ["RPO", "BACKUPS_OFF"]],
    ["with a running one", [row("RUNNING", 1)], "VIOLATING", ["BACKUPS_OFF"]],
    ["with one that may be good", [row("LOCKED", 3)], "UNKNOWN", []],
    ["with a good one", [row("SUCCEEDED", 3)], "PROTECTED", []],
  ])("while automatic backups are off, %s", (_, rows, state, violations) => {
    const facts = { automaticBackups: false, retentionMs: null };
    expect(judged(rows, { facts })).toMatchObject({ state, violations });
  });

  test("is unknown while its list cannot be read, although automatic backups are off", () => {
    const facts = { automaticBackups: false, retentionMs: null };
    expect(judged([], { facts, issues: [issue("TIMEOUT")] }).state).toBe("UNKNOWN");
  });

  test.each<[string, number | null, CoverageState]>([
    ["within the RPO is unknown", NOW - 23 * HOUR, "UNKNOWN"],
    ["before it is violating", NOW - 25 * HOUR, "VIOLATING"],
    ["nobody knows when is violating", null, "VIOLATING"],
  ])("without backups, created %s", (_, createdAt, state) => {
    expect(judged([], { instance: { ...OLD, createdAt } }).state).toBe(state);
  });
});
