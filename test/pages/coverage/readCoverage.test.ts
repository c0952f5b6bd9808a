import { describe, expect, test } from "vitest";
import type { CoverageState } from "../../../src/pages/coverage/generated/graphql.js";
import { readCoverage } from "../../../src/pages/coverage/readCoverage.js";
import type { Issue } from "../../../src/pages/coverage/issues.js";
import { collect, fakeAsk, instance, issue, NEVER, PROVIDER } from "./fixtures.js";

const QUESTION = { provider: PROVIDER, rpo: "PT24H", first: 2, isNew: false, signal: NEVER };

/** A report of one page of instances. */
const report = (
  ids: readonly string[],
  given: {
    readonly state?: CoverageState;
    readonly issues?: readonly Issue[];
    readonly next?: string;
    readonly at?: string;
  } = {},
) => ({
  coverage: {
    checkedAt: given.at ?? "2026-03-30T12:00:00Z",
    unknownCount: given.state === "UNKNOWN" ? ids.length : 0,
    issues: given.issues ?? [],
    instances: {
      nodes: ids.map((id) => instance(id, { state: given.state ?? "PROTECTED" })),
      pageInfo: { hasNextPage: given.next !== undefined, endCursor: given.next ?? null },
    },
  },
});

describe("a provider's coverage", () => {
  test("is read page by page, and dated by its oldest page", async () => {
    const { ask, asked } = fakeAsk(({ variables }) =>
      variables["after"] === null
        ? report(["a", "b"], { next: "c1", at: "2026-03-30T12:00:00Z" })
        : report(["c"], { at: "2026-03-30T12:00:05Z" }),
    );
    const [coverage, ...more] = await collect(readCoverage(ask, QUESTION));
    expect(coverage?.entries.map(({ instance: own }) => own?.nativeId)).toEqual(["a", "b", "c"]);
    expect(coverage?.checkedAt).toBe(Date.parse("2026-03-30T12:00:00Z"));
    expect(more).toEqual([]);
    expect(asked.map(({ variables }) => variables)).toEqual([
      { provider: "ops/redis", rpo: "PT24H", first: 2, after: null },
      { provider: "ops/redis", rpo: "PT24H", first: 2, after: "c1" },
    ]);
  });

  test("is shown as far as it has been read where nothing was known, and never shrinks", async () => {
    const cut = [issue({ code: "CUT" })];
    const pages = [
      report(["a", "b"], { next: "c1", issues: cut }),
      report(["c"], { issues: cut }),
      report(["a", "b"], { next: "c1" }),
      report(["c"]),
    ];
    const { ask } = fakeAsk((_, count) => pages[count - 1]);
    const steps = await collect(readCoverage(ask, { ...QUESTION, isNew: true }));
    expect(steps.map(({ entries, issues }) => [entries.length, issues.length])).toEqual([
      [2, 0],
      [3, 1],
      [3, 0],
    ]);
  });

  test.each(["CUT", "THROTTLED"])(
    "is read again while %s cuts it and it gets further",
    async (code) => {
      const cut = [issue({ code })];
      const rounds = [
        report(["a", "b"], { state: "UNKNOWN", issues: cut }),
        report(["a"], { state: "UNKNOWN", issues: cut }),
        report(["a"], { state: "UNKNOWN", issues: cut }),
        report(["never"]),
      ];
      const { ask } = fakeAsk((_, count) => rounds[count - 1]);
      expect(await collect(readCoverage(ask, QUESTION))).toHaveLength(3);
    },
  );

  test("is not read again for what the vendor did", async () => {
    const { ask, asked } = fakeAsk(() => report(["a"], { state: "UNKNOWN", issues: [issue()] }));
    const [coverage] = await collect(readCoverage(ask, QUESTION));
    expect(coverage?.issues).toEqual([issue()]);
    expect(asked).toHaveLength(1);
  });

  test("ends at a cursor that does not move", async () => {
    const { ask, asked } = fakeAsk(() => report(["a"], { next: "same" }));
    await collect(readCoverage(ask, QUESTION));
    expect(asked).toHaveLength(2);
  });
});
