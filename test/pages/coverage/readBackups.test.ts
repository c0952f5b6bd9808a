import { describe, expect, test } from "vitest";
import { readBackups } from "../../../src/pages/coverage/readBackups.js";
import type { Issue } from "../../../src/pages/coverage/issues.js";
import { collect, fakeAsk, issue, NEVER } from "./fixtures.js";

const QUESTION = { provider: "ops/redis", since: 0, first: 2, signal: NEVER };

const page = (
  count: number,
  given: {
    readonly next?: string;
    readonly issues?: readonly Issue[];
    readonly complete?: boolean;
  } = {},
) => ({
  backups: {
    nodes: Array.from({ length: count }, () => ({
      startedAt: "2026-03-30T12:00:00Z",
      status: "SUCCEEDED",
      region: "north",
      instanceNativeId: "a",
    })),
    pageInfo: { hasNextPage: given.next !== undefined, endCursor: given.next ?? null },
    complete: given.complete ?? given.issues === undefined,
    issues: given.issues ?? [],
  },
});

async function walk(pages: readonly unknown[]) {
  const { ask, asked } = fakeAsk((_, count) => pages[count - 1]);
  return { steps: await collect(readBackups(ask, QUESTION)), asked };
}

describe("a walk over a provider's backups", () => {
  test("follows the cursors to the end", async () => {
    const { steps, asked } = await walk([page(2, { next: "c1" }), page(1)]);
    expect(steps.map(({ backups, ended }) => [backups.length, ended])).toEqual([
      [2, false],
      [1, true],
    ]);
    expect(asked.map(({ variables }) => variables["after"])).toEqual([null, "c1"]);
    expect(asked[0]?.variables["since"]).toBe("1970-01-01T00:00:00.000Z");
  });

  test("forgets a failure that was made good, and keeps what was left out for good", async () => {
    const permanent = issue({ code: "BAD_RESPONSE", retryable: false });
    const cut = issue({ code: "CUT", retryable: false });
    const { steps } = await walk([
      page(2, { next: "c1", issues: [issue(), permanent, cut] }),
      page(1),
    ]);
    expect(steps.map(({ issues }) => issues)).toEqual([[], [permanent]]);
  });

  test("says what the last page still lacks", async () => {
    const { steps } = await walk([page(1, { next: "c1" }), page(0, { issues: [issue()] })]);
    expect(steps.at(-1)).toEqual({ backups: [], issues: [issue()], ended: true });
  });

  test("doubts everything where the last page is not whole and does not say why", async () => {
    const { steps } = await walk([page(1, { complete: false })]);
    expect(steps[0]?.issues).toMatchObject([{ region: null, instanceNativeIds: [], code: "CUT" }]);
  });

  test.each([
    ["stays where it is", () => page(1, { next: "same" })],
    [
      "brings nothing page after page",
      (_: unknown, count: number) => page(0, { next: `c${count}` }),
    ],
  ])("ends in doubt where it %s", async (_, answer) => {
    const { ask, asked } = fakeAsk((question, count) => {
      const given = answer(question, count);
      return { backups: { ...given.backups, complete: false } };
    });
    const steps = await collect(readBackups(ask, QUESTION));
    expect(asked.length).toBeLessThan(20);
    expect(steps.at(-1)).toMatchObject({ ended: true, issues: [{ code: "CUT" }] });
  });
});
