import { describe, expect, test } from "vitest";
import { walkBackups, type TakePage, type WalkedList } from "../../../src/cli/list/walk.js";
import { WAIT_MS } from "../../../src/cli/options.js";
import { EVERY_BACKUP } from "../../../src/domain/filter.js";
import type { Backup } from "../../../src/domain/backup.js";
import type { Connection, SourceIssue } from "../../../src/domain/connection.js";
import type { SourceIssueCode } from "../../../src/domain/words.js";
import type { BackupQuery, Reads } from "../../../src/domain/reads.js";
import { BACKUPS } from "../../graphql/fakeEstate.js";
import { fakeReads } from "../../graphql/fakeReads.js";

const LIST: WalkedList = {
  filter: EVERY_BACKUP,
  order: "STARTED_AT_DESC",
  pageSize: 200,
  waitMs: WAIT_MS,
};
const DEADLINE_MS = 600_000;

const issueOf = (code: SourceIssueCode, changed: Partial<SourceIssue> = {}): SourceIssue => ({
  provider: "ops-ucloud/uredis",
  region: "cn-bj2",
  instanceNativeId: null,
  count: 1,
  instanceNativeIds: [],
  vendorCode: null,
  code,
  message: "It failed.",
  retryable: ["UNAVAILABLE", "TIMEOUT", "THROTTLED", "CUT"].includes(code),
  retryAfterMs: null,
  asOf: null,
  ...changed,
});

/** A page as a script has it: its rows by name, and how it ends. */
interface Scripted {
  readonly rows?: readonly string[];
  readonly more?: boolean;
  readonly issues?: readonly SourceIssue[];
  readonly complete?: boolean;
  /** How long the page took, in milliseconds. */
  readonly tookMs?: number;
}

const template = BACKUPS[0] as Backup;

const pageOf = (page: Scripted, index: number): Connection<Backup> => ({
  edges: (page.rows ?? []).map((id) => ({ node: { ...template, id }, cursor: id, late: false })),
  startCursor: null,
  endCursor: `after ${index}`,
  hasNextPage: async () => page.more ?? false,
  hasPreviousPage: async () => false,
  peekNextPage: () => null,
  peekPreviousPage: () => null,
  totalCount: () => Promise.resolve(null),
  complete: page.complete ?? (page.issues ?? []).length === 0,
  issues: page.issues ?? [],
});

/** Walks what `backups` answers, until it ends or the signal ends it. */
const walkUnder = (
  signal: AbortSignal,
  { backups, sleep, take }: Pick<Reads, "backups"> & { sleep: () => Promise<void>; take: TakePage },
) =>
  walkBackups(
    {
      open: () => fakeReads({ backups }).reads,
      signal,
      deadlineMs: DEADLINE_MS,
      now: () => 0,
      sleep,
    },
    LIST,
    take,
  );

/** Walks a script; places named in `broken` cannot count their rows. */
async function walk(script: readonly Scripted[], broken: readonly string[] = [], waitMs = WAIT_MS) {
  const asked: BackupQuery[] = [];
  const waits: number[] = [];
  const rows: string[] = [];
  const clock = { now: 0 };
  const backups = (query: BackupQuery): Promise<Connection<Backup>> => {
    if (query.page.size === 0) {
      const isBroken = broken.includes(query.filter?.providers?.[0] ?? "");
      return Promise.resolve({
        ...pageOf({}, 0),
        totalCount: () => Promise.resolve(isBroken ? null : 5),
      });
    }
    const page = script[asked.length];
    if (page === undefined) throw new Error("The walk goes on behind its end.");
    asked.push(query);
    clock.now += page.tookMs ?? 1;
    return Promise.resolve(pageOf(page, asked.length));
  };
  const missing = await walkBackups(
    {
      open: () => fakeReads({ backups }).reads,
      signal: new AbortController().signal,
      deadlineMs: DEADLINE_MS,
      now: () => clock.now,
      sleep: (ms) => {
        waits.push(ms);
        clock.now += ms;
        return Promise.resolve();
      },
    },
    { ...LIST, waitMs },
    (edges) => rows.push(...edges.map(({ node }) => node.id)),
  );
  return { missing, rows, waits, afters: asked.map(({ page }) => page.after) };
}

describe("a walk", () => {
  test("continues from each page's end cursor, with pages of the given size", async () => {
    const { rows, afters, missing } = await walk([
      { rows: ["a", "b"], more: true },
      { rows: ["c"], more: true },
      { rows: ["d"] },
    ]);
    expect(rows).toEqual(["a", "b", "c", "d"]);
    expect(afters).toEqual([null, "after 1", "after 2"]);
    expect(missing).toEqual([]);
  });

  test("takes a page that its limits ended for a part of the walk", async () => {
    const { rows, missing } = await walk([
      { rows: ["a"], more: true, issues: [issueOf("CUT")] },
      { more: true, issues: [issueOf("CUT")] },
      { rows: ["b"] },
    ]);
    expect([rows, missing]).toEqual([["a", "b"], []]);
  });

  test("is given up where deadlines pass again and again without a row", async () => {
    const stuck = { more: true, issues: [issueOf("CUT")], tookMs: DEADLINE_MS };
    const { missing, afters } = await walk([stuck, { ...stuck, rows: ["a"] }, stuck, stuck, stuck]);
    expect(afters).toHaveLength(5);
    expect(missing.map(({ code }) => code)).toEqual(["CUT"]);
  });

  test("retries pending rows, and is complete once they arrive", async () => {
    const down = issueOf("UNAVAILABLE");
    const { rows, waits, missing } = await walk([
      { rows: ["a"], more: true, issues: [down] },
      { rows: ["b"], issues: [down] },
      { issues: [down] },
      { rows: ["late"] },
    ]);
    expect(rows).toEqual(["a", "b", "late"]);
    expect(waits).toEqual([1_000]);
    expect(missing).toEqual([]);
  });

  test("asks for a limited time, longer and longer apart", async () => {
    const down = issueOf("TIMEOUT");
    const script = Array.from({ length: 6 }, () => ({ issues: [down] }));
    const { waits, missing } = await walk(script);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(missing).toEqual([down]);
  });

  test("starts to count again whenever rows arrive", async () => {
    const down = issueOf("TIMEOUT");
    const script = Array.from({ length: 6 }, () => ({ issues: [down] }));
    const { rows, waits } = await walk(
      [...script.slice(0, 4), { rows: ["late"], issues: [down] }, ...script].slice(0, 10),
    );
    expect(rows).toEqual(["late"]);
    expect(waits).toEqual([1_000, 2_000, 4_000, 1_000, 2_000, 4_000, 8_000]);
  });

  const throttled = (retryAfterMs: number) => issueOf("THROTTLED", { retryAfterMs });

  test("waits as long as the issue says, up to a limit", async () => {
    const script = [{ issues: [throttled(5_000)] }, { issues: [throttled(3_600_000)] }, {}];
    const { waits } = await walk(script, [], 60_000);
    expect(waits).toEqual([5_000, 30_000]);
  });

  test("ends with what is there instead of a wait for which there is no time left", async () => {
    const paused = throttled(15_000);
    const { waits, missing } = await walk([{ issues: [paused] }, { issues: [paused] }]);
    expect([waits, missing]).toEqual([[15_000], [paused]]);
  });

  test("counts the time that attempts take", async () => {
    const down = issueOf("TIMEOUT");
    const slow = { issues: [down], tookMs: 9_000 };
    const { waits } = await walk([slow, slow, slow]);
    expect(waits).toEqual([1_000]);
  });

  test("without time to wait makes one attempt", async () => {
    const down = issueOf("UNAVAILABLE");
    const { afters, missing } = await walk([{ rows: ["a"], issues: [down] }], [], 0);
    expect([afters, missing]).toEqual([[null], [down]]);
  });

  test("with more time continues at the longest delay", async () => {
    const script = Array.from({ length: 9 }, () => ({ issues: [issueOf("TIMEOUT")] }));
    const { waits } = await walk(script, [], 45_000);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]);
  });

  test.each(["UNAUTHENTICATED", "FORBIDDEN"] as const)(
    "does not retry if everything that is pending is %s",
    async (code) => {
      const { afters, missing } = await walk([{ rows: ["a"], issues: [issueOf(code)] }]);
      expect(afters).toEqual([null]);
      expect(missing.map((issue) => issue.code)).toEqual([code]);
    },
  );

  test.each(["BAD_RESPONSE", "SCAN_LIMIT"] as const)(
    "asks once more, without a delay, if everything that is pending is %s",
    async (code) => {
      const script = Array.from({ length: 6 }, () => ({ issues: [issueOf(code)] }));
      const { afters, waits, missing } = await walk(script);
      expect(afters).toHaveLength(2);
      expect(waits).toEqual([]);
      expect(missing.map((issue) => issue.code)).toEqual([code]);
    },
  );

  test("asks again where only some of it is", async () => {
    const { afters } = await walk([{ issues: [issueOf("FORBIDDEN"), issueOf("TIMEOUT")] }, {}]);
    expect(afters).toHaveLength(2);
  });

  test("reports a row that was left out, although the last page is complete", async () => {
    const bad = issueOf("BAD_RESPONSE", { message: "A row was left out." });
    const { missing } = await walk(
      [{ rows: ["a"], more: true, issues: [bad] }, {}],
      [bad.provider],
    );
    expect(missing).toEqual([bad]);
  });

  test("forgets an answer that could not be read, once its source can be counted", async () => {
    const bad = issueOf("BAD_RESPONSE", { instanceNativeIds: ["uredis-1"] });
    const { missing } = await walk([{ rows: ["a"], issues: [bad] }, { rows: ["late"] }]);
    expect(missing).toEqual([]);
  });

  test("names what is pending at the end and what was left out before", async () => {
    const bad = issueOf("BAD_RESPONSE", { provider: "other/redis" });
    const denied = issueOf("FORBIDDEN");
    const { missing } = await walk([
      { rows: ["a"], more: true, issues: [bad, denied] },
      { issues: [denied] },
    ]);
    expect(missing).toEqual([denied, bad]);
  });

  test("ends with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("interrupted");
    const walking = walkUnder(controller.signal, {
      backups: () => {
        controller.abort(reason);
        return Promise.resolve(pageOf({ rows: ["a"], more: true }, 1));
      },
      sleep: () => Promise.resolve(),
      take: () => expect.unreachable("A page that came after the end is not taken."),
    });
    await expect(walking).rejects.toBe(reason);
  });

  test("ends with the signal's reason while it waits for what is missing", async () => {
    const controller = new AbortController();
    const reason = new Error("interrupted");
    const walking = walkUnder(controller.signal, {
      backups: () => Promise.resolve(pageOf({ issues: [issueOf("UNAVAILABLE")] }, 1)),
      // As the process does it, which gives another reason than the signal.
      sleep: () => {
        controller.abort(reason);
        return Promise.reject(new Error("aborted"));
      },
      take: () => undefined,
    });
    await expect(walking).rejects.toBe(reason);
  });
});
