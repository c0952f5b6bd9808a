import "reflect-metadata";
import { describe, expect, test } from "vitest";
import { ClientError } from "../../src/errors.js";
import { pageOf, type ConnectionArgs } from "../../src/graphql/list.args.js";

const check = (args: ConnectionArgs, first = 200) => pageOf(args, { limits: { first } });

const refusalOf = (args: ConnectionArgs): ClientError => {
  try {
    check(args);
  } catch (error) {
    if (error instanceof ClientError) return error;
  }
  throw new Error("Expected a ClientError.");
};

describe("page arguments", () => {
  test.each([
    { what: "nothing asked is the first 20", page: {}, is: [false, 20] },
    { what: "first reads forwards", page: { first: 7 }, is: [false, 7] },
    { what: "after alone reads forwards", page: { after: "c" }, is: [false, 20] },
    { what: "last reads backwards", page: { last: 7 }, is: [true, 7] },
    { what: "before alone reads backwards", page: { before: "c" }, is: [true, 20] },
    { what: "first bounded by before", page: { first: 3, before: "c" }, is: [false, 3] },
    { what: "last bounded by after", page: { last: 3, after: "c" }, is: [true, 3] },
    { what: "first 0 is allowed", page: { first: 0 }, is: [false, 0] },
    { what: "last 0 is allowed", page: { last: 0 }, is: [true, 0] },
    { what: "the limit itself is allowed", page: { first: 200 }, is: [false, 200] },
  ])("$what", ({ page, is }) => {
    const request = check(page);
    expect([request.backwards, request.size]).toEqual(is);
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
