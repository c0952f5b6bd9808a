import { describe, expect, test } from "vitest";
import { AskError } from "../../../src/pages/coverage/ask.js";
import { daysOf, sumOf } from "../../../src/pages/coverage/chart.js";
import { Estate } from "../../../src/pages/coverage/estate.js";
import { fakeAsk, instance, PROVIDER, type Asked } from "./fixtures.js";

const NOW = Date.parse("2026-03-30T12:00:00Z");
const OTHER = { key: "shop/uredis", vendor: "UCLOUD", account: "shop" } as const;

/** A gateway with two providers of one instance each. */
function answerOf({ operation, variables }: Asked) {
  if (operation === "EstateProviders") return { providers: [PROVIDER, OTHER] };
  const pageInfo = { hasNextPage: false, endCursor: null };
  const nativeId = `of ${String(variables["provider"])}`;
  if (operation === "ProviderBackups") {
    const startedAt = "2026-03-30T01:00:00Z";
    const backup = { startedAt, status: "SUCCEEDED", region: "north", instanceNativeId: nativeId };
    return { backups: { nodes: [backup], pageInfo, complete: true, issues: [] } };
  }
  if (operation === "BackupsByDay") return statsOf(1);
  const nodes = [instance(nativeId)];
  const checkedAt = "2026-03-30T12:00:00Z";
  return { coverage: { checkedAt, unknownCount: 0, issues: [], instances: { nodes, pageInfo } } };
}

/** Backups of today, and what is missing. */
function statsOf(count: number, ...codes: string[]) {
  const keys = [{ value: "2026-03-30" }, { value: "SUCCEEDED" }];
  const issues = codes.map((code) => ({ code }));
  const buckets = [{ keys, count, sizeBytes: 10, sizedCount: 1 }];
  return { backupStats: { complete: codes.length === 0, issues, buckets } };
}

/** What the chart shows: the backups of today, whether they are being counted, and which are missing. */
function chartOf(estate: Estate) {
  const { readings, days } = estate.store.get();
  const chart = daysOf(readings, days);
  if (chart === null) return null;
  return [sumOf([chart.days.at(-1)?.SUCCEEDED]).count, chart.isReading, chart.missing];
}

function estateWith(answer: (asked: Asked, key: string | null) => unknown) {
  const asked: (Asked & { key: string | null })[] = [];
  const makeAsk = (key: string | null) =>
    fakeAsk((question) => {
      asked.push({ ...question, key });
      return answer(question, key);
    }).ask;
  return { estate: new Estate({ makeAsk, now: () => NOW, first: 200, rpo: "PT24H" }), asked };
}

const readingsOf = (estate: Estate) => estate.store.get().readings;
const outcomesOf = (estate: Estate) =>
  readingsOf(estate).map(
    ({ calendar, entries }) =>
      calendar.cellsOf({ region: "north", nativeId: entries[0]?.instance?.nativeId ?? null }).at(-1)
        ?.outcome,
  );

describe("the estate", () => {
  test("is read provider by provider, coverage and backups", async () => {
    const { estate } = estateWith(answerOf);
    await estate.refresh();
    expect(readingsOf(estate).map(({ entries }) => entries[0]?.state)).toEqual([
      "PROTECTED",
      "PROTECTED",
    ]);
    expect(outcomesOf(estate)).toEqual(["good", "good"]);
    expect(readingsOf(estate).some(({ isChecking, isWalking }) => isChecking || isWalking)).toBe(
      false,
    );
  });

  test("keeps the failure of one provider to that provider", async () => {
    const { estate } = estateWith((asked) => {
      if (asked.variables["provider"] === OTHER.key) throw new AskError("FORBIDDEN", "No scope.");
      return answerOf(asked);
    });
    await estate.refresh();
    const [good, bad] = readingsOf(estate);
    expect(good?.coverageIssues).toEqual([]);
    expect(bad?.entries).toMatchObject([{ instance: null, state: "UNKNOWN", region: null }]);
    expect(bad?.backupIssues).toMatchObject([{ code: "FORBIDDEN", message: "No scope." }]);
    expect(outcomesOf(estate)).toEqual(["good", "unknown"]);
    expect(estate.store.get().phase).toBe("reading");
  });

  test("is judged by another objective without its backups being read again", async () => {
    const { estate, asked } = estateWith(answerOf);
    await estate.refresh();
    asked.length = 0;
    await estate.setRpo("PT12H");
    await estate.setRpo("PT12H");
    expect(asked.map(({ operation, variables }) => [operation, variables["rpo"]])).toEqual([
      ["ProviderCoverage", "PT12H"],
      ["ProviderCoverage", "PT12H"],
    ]);
  });

  test("adds up the backups of each day, provider by provider", async () => {
    const answers = [statsOf(1, "CUT"), statsOf(3), statsOf(4)];
    const { estate, asked } = estateWith((question) =>
      question.operation === "BackupsByDay" ? answers.shift() : answerOf(question),
    );
    const shown = new Set<string>();
    estate.store.subscribe(() => shown.add(JSON.stringify(chartOf(estate))));
    await estate.refresh();
    expect([...shown].map((text): unknown => JSON.parse(text))).toEqual([
      null,
      [1, true, [PROVIDER.key, OTHER.key]],
      [3, true, [OTHER.key]],
      [7, false, []],
    ]);
    const counted = asked.filter(({ operation }) => operation === "BackupsByDay");
    expect(counted.map(({ variables }) => variables["providers"])).toEqual([
      [PROVIDER.key],
      [PROVIDER.key],
      [OTHER.key],
    ]);
  });

  test("keeps the sum of each day until a new one is complete, and names who is missing", async () => {
    let answers = [statsOf(5), statsOf(7)];
    const { estate } = estateWith((question) => {
      if (question.operation !== "BackupsByDay") return answerOf(question);
      const next = answers.shift();
      if (next === undefined) throw new AskError("UPSTREAM_FAILED", "Too much.");
      return next;
    });
    await estate.refresh();
    const shown = new Set<string>();
    estate.store.subscribe(() => shown.add(JSON.stringify(chartOf(estate))));
    answers = [statsOf(2, "CUT"), statsOf(6), statsOf(8, "UNAVAILABLE")];
    await estate.refresh();
    answers = [statsOf(6)];
    await estate.refresh();
    expect([...shown].map((text): unknown => JSON.parse(text))).toEqual([
      [12, false, []],
      [13, false, []],
      [14, false, [OTHER.key]],
    ]);
    expect(estate.isBusy).toBe(false);
  });

  test("is busy until its backups are counted", async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { estate } = estateWith(async (question) => {
      if (question.operation === "BackupsByDay") await gate;
      return answerOf(question);
    });
    const begun = estate.refresh();
    const isRead = (): boolean =>
      readingsOf(estate).length > 0 &&
      readingsOf(estate).every(({ isChecking, isWalking }) => !isChecking && !isWalking);
    await expect.poll(isRead).toBe(true);
    expect(estate.isBusy).toBe(true);
    open();
    await begun;
    expect(estate.isBusy).toBe(false);
  });

  test("asks for a key, says so when it is wrong, and reads with the right one", async () => {
    const { estate, asked } = estateWith((question, key) => {
      if (key !== "right") throw new AskError("UNAUTHENTICATED", "A key is needed.");
      return answerOf(question);
    });
    await estate.refresh();
    expect(estate.store.get().phase).toBe("locked");
    await estate.unlock("wrong");
    expect(estate.store.get().phase).toBe("refused");
    await estate.unlock("right");
    expect(estate.store.get().phase).toBe("reading");
    expect(outcomesOf(estate)).toEqual(["good", "good"]);
    expect(asked.map(({ key }) => key).slice(0, 3)).toEqual([null, "wrong", "right"]);
  });

  test("locks everything when its key is withdrawn in the middle", async () => {
    const { estate } = estateWith((question) => {
      if (question.operation !== "EstateProviders")
        throw new AskError("UNAUTHENTICATED", "The key has ended.");
      return answerOf(question);
    });
    await estate.unlock("ended");
    expect(estate.store.get().phase).toBe("refused");
  });

  test("says why it cannot be read at all, and can be read later", async () => {
    let isUp = false;
    const { estate } = estateWith((question) => {
      if (!isUp) throw new AskError("UNREACHABLE", "The gateway cannot be reached.");
      return answerOf(question);
    });
    await estate.refresh();
    expect(estate.store.get()).toMatchObject({
      phase: "failed",
      message: "The gateway cannot be reached.",
    });
    isUp = true;
    await estate.refresh();
    expect(estate.store.get()).toMatchObject({ phase: "reading", message: null });
  });

  test("shows what it knew while it is read again", async () => {
    let gate: Promise<void> | null = null;
    let open = (): void => {};
    const { estate } = estateWith(async (question) => {
      if (question.operation !== "EstateProviders") await gate;
      return answerOf(question);
    });
    await estate.refresh();
    gate = new Promise((resolve) => (open = resolve));
    const again = estate.refresh();
    await Promise.resolve();
    expect(outcomesOf(estate)).toEqual(["good", "good"]);
    open();
    await again;
    expect(outcomesOf(estate)).toEqual(["good", "good"]);
  });

  test("is not listed again, nor drawn, for each of many pages of backups", async () => {
    const pages = 50;
    const { estate } = estateWith((question) => {
      if (question.operation !== "ProviderBackups") return answerOf(question);
      const at = Number(question.variables["after"] ?? 0) + 1;
      const pageInfo = { hasNextPage: at < pages, endCursor: String(at) };
      const { backups } = answerOf(question) as { backups: object };
      return { backups: { ...backups, pageInfo } };
    });
    const lists = new Set<unknown>();
    let changes = 0;
    estate.store.subscribe(() => {
      changes += 1;
      lists.add(estate.store.get().entries);
    });
    await estate.refresh();
    expect(estate.store.get().entries.map(({ provider }) => provider.key)).toEqual([
      PROVIDER.key,
      OTHER.key,
    ]);
    expect(changes).toBeLessThan(pages);
    // The empty list twice, and one list for each provider.
    expect(lists.size).toBeLessThanOrEqual(4);
    expect(outcomesOf(estate)).toEqual(["good", "good"]);
  });

  test("leaves what a reading that was stopped brings in late", async () => {
    const { estate } = estateWith((question) => {
      if (question.operation === "EstateProviders") estate.stop();
      return answerOf(question);
    });
    await estate.refresh();
    expect(readingsOf(estate).flatMap(({ entries }) => entries)).toEqual([]);
  });
});
