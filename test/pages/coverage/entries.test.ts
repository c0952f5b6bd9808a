import { describe, expect, test } from "vitest";
import { entryOf, unreadableEntries } from "../../../src/pages/coverage/entries.js";
import { instance, issue, PROVIDER } from "./fixtures.js";

const listed = [
  entryOf(PROVIDER, instance("a")),
  entryOf(PROVIDER, instance("b", { state: "UNKNOWN" })),
];

describe("regions whose instances cannot be listed", () => {
  test("are entries of unknown state, each once", () => {
    const issues = [
      issue({ region: "south" }),
      issue({ region: "south", code: "FORBIDDEN" }),
      issue({ region: "west" }),
    ];
    const entries = unreadableEntries(PROVIDER, listed, { unknownCount: 3, issues });
    expect(entries.map(({ region, state, instance: own }) => [region, state, own])).toEqual([
      ["south", "UNKNOWN", null],
      ["west", "UNKNOWN", null],
    ]);
    expect(new Set([...listed, ...entries].map(({ key }) => key)).size).toBe(4);
  });

  test("are as many as the report counts: an empty region may have an issue of another kind", () => {
    const issues = [issue({ region: "south", code: "BAD_RESPONSE", retryable: false })];
    expect(unreadableEntries(PROVIDER, listed, { unknownCount: 1, issues })).toEqual([]);
  });

  test.each([
    ["old data", issue({ region: "south", code: "STALE", asOf: "2026-01-01T00:00:00Z" })],
    ["a region that was listed", issue({ region: "north" })],
    ["a single instance", issue({ region: "south", instanceNativeIds: ["x"] })],
  ])("do not follow from an issue of %s", (_, found) => {
    expect(unreadableEntries(PROVIDER, listed, { unknownCount: 9, issues: [found] })).toEqual([]);
  });

  test("may be the whole provider, where not even its regions can be listed", () => {
    const [entry] = unreadableEntries(PROVIDER, [], { unknownCount: 1, issues: [issue()] });
    expect(entry).toMatchObject({ region: null, state: "UNKNOWN" });
    expect(entry?.reason).toContain("UNAVAILABLE");
  });
});
