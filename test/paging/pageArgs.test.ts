import { describe, expect, test } from "vitest";
import { ClientError } from "../../src/errors.js";
import type { PageArgs } from "../../src/domain/connection.js";
import { checkPageArgs } from "../../src/paging/pageArgs.js";

const check = (page: Partial<PageArgs>, first = 200) =>
  checkPageArgs({ first: null, after: null, last: null, before: null, ...page }, { first });

const refusalOf = (page: Partial<PageArgs>): ClientError => {
  try {
    check(page);
  } catch (error) {
    if (error instanceof ClientError) return error;
  }
  throw new Error("Expected a ClientError.");
};

describe("page arguments", () => {
  test.each([
    { what: "nothing asked is the first 20", page: {}, is: ["forwards", 20] },
    { what: "first reads forwards", page: { first: 7 }, is: ["forwards", 7] },
    { what: "after alone reads forwards", page: { after: "c" }, is: ["forwards", 20] },
    { what: "last reads backwards", page: { last: 7 }, is: ["backwards", 7] },
    { what: "before alone reads backwards", page: { before: "c" }, is: ["backwards", 20] },
    { what: "first bounded by before", page: { first: 3, before: "c" }, is: ["forwards", 3] },
    { what: "last bounded by after", page: { last: 3, after: "c" }, is: ["backwards", 3] },
    { what: "first 0 is allowed", page: { first: 0 }, is: ["forwards", 0] },
    { what: "last 0 is allowed", page: { last: 0 }, is: ["backwards", 0] },
    { what: "the limit itself is allowed", page: { first: 200 }, is: ["forwards", 200] },
  ])("$what", ({ page, is }) => {
    const request = check(page);
    expect([request.direction, request.size]).toEqual(is);
    expect([request.after, request.before]).toEqual([
      "after" in page ? page.after : null,
      "before" in page ? page.before : null,
    ]);
  });

  test("the default page never passes the limit", () => {
    expect(check({}, 5).size).toBe(5);
  });

  test.each([
    { page: { first: 201 }, says: "Expected first to be from 0 to 200, but got 201." },
    { page: { last: 201 }, says: "Expected last to be from 0 to 200, but got 201." },
    { page: { first: -1 }, says: "Expected first to be from 0 to 200, but got -1." },
    { page: { last: -5 }, says: "Expected last to be from 0 to 200, but got -5." },
    { page: { first: 1.5 }, says: "Expected first to be from 0 to 200, but got 1.5." },
    {
      page: { first: 1, last: 2 },
      says: "Expected either first or last, but got first: 1 and last: 2.",
    },
    {
      page: { after: "secret", before: "b" },
      says: "Expected either after or before, but got both.",
    },
  ])("$page is refused", ({ page, says }) => {
    const error = refusalOf(page);
    expect(error.code).toBe("BAD_USER_INPUT");
    expect(error.message).toBe(says);
  });
});
