import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { grouped, issueOf } from "../../src/lists/issues.js";

const placeOf = (instanceNativeId: string | null, region = "north") => ({
  provider: "ops/redis",
  region,
  instanceNativeId,
});

const throttled = (retryAfterMs: number, code = "Throttling") =>
  new SourceError("THROTTLED", `Wait ${retryAfterMs} ms.`, { code, retryAfterMs });

describe("issues", () => {
  test("of one region and code are one, which names the first 20 instances by their ids", () => {
    const ids = Array.from({ length: 30 }, (_, i) => `i-${String(i).padStart(2, "0")}`);
    const issues = [...ids].reverse().map((id, at) => issueOf(placeOf(id), throttled(1_000 + at)));
    expect(grouped(issues)).toEqual([
      {
        ...placeOf(null),
        count: 30,
        instanceNativeIds: ids.slice(0, 20),
        code: "THROTTLED",
        vendorCode: "Throttling",
        message: "Wait 1000 ms.",
        retryable: true,
        retryAfterMs: 1_000,
        asOf: null,
      },
    ]);
  });

  test("of one instance name it, however often its list reports the same", () => {
    const issue = issueOf(placeOf("i-1"), throttled(5));
    expect(grouped([issue, issue])).toMatchObject([
      { count: 1, instanceNativeId: "i-1", instanceNativeIds: ["i-1"] },
    ]);
  });

  test.each([
    ["another region", issueOf(placeOf("i-2", "south"), throttled(5))],
    ["another code", issueOf(placeOf("i-2"), new SourceError("TIMEOUT", "Too slow."))],
    ["another code of the vendor", issueOf(placeOf("i-2"), throttled(5, "QuotaExceeded"))],
    ["a list of instances", issueOf({ ...placeOf(null), list: "instances" }, throttled(5))],
  ])("of %s stay apart", (_, other) => {
    const issue = issueOf(placeOf("i-1"), throttled(5));
    expect(grouped([issue, other])).toEqual([issue, other]);
  });
});
