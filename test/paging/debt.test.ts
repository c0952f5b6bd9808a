import { describe, expect, test } from "vitest";
import { joinDebts, type Debt } from "../../src/paging/debt.js";

/** What is owed of source `a` between two instants, newest first; null where it has no end. */
const debt = (from: number, to: number | null, source = "a"): Debt => ({
  source,
  from: { startedAt: from, id: "" },
  to: to === null ? null : { startedAt: to, id: "" },
});

describe("debts of one source", () => {
  test.each([
    { what: "that meet are one", debts: [debt(9, 7), debt(7, 5)], is: [debt(9, 5)] },
    { what: "that overlap are one", debts: [debt(8, 4), debt(9, 6)], is: [debt(9, 4)] },
    {
      what: "are one if one holds the other",
      debts: [debt(9, 2), debt(7, 5)],
      is: [debt(9, 2)],
    },
    {
      what: "have no end where one of them has none",
      debts: [debt(9, 7), debt(8, null)],
      is: [debt(9, null)],
    },
    {
      what: "with rows between them that were delivered stay apart",
      debts: [debt(9, 8), debt(6, 5)],
      is: [debt(9, 8), debt(6, 5)],
    },
    {
      what: "are not those of another",
      debts: [debt(9, 7), debt(7, 5, "b")],
      is: [debt(9, 7), debt(7, 5, "b")],
    },
  ])("$what", ({ debts, is }) => {
    expect(joinDebts("newestFirst", debts)).toEqual(is);
    expect(joinDebts("newestFirst", [...debts].reverse())).toEqual(is);
  });
});
