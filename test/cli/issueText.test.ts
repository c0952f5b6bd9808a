import { describe, expect, test } from "vitest";
import { issueText } from "../../src/cli/issueText.js";
import type { SourceIssue } from "../../src/domain/connection.js";
import { ISSUE } from "../graphql/fakeEstate.js";

const issue = (given: Partial<SourceIssue>): SourceIssue => ({
  ...ISSUE,
  code: "UNAVAILABLE",
  message: "down",
  ...given,
});

describe("issues as lines", () => {
  test("name the place as far as it is known, the code and the reason", () => {
    const issues = [
      issue({ region: null }),
      issue({}),
      issue({ instanceNativeIds: ["uredis-1"], code: "STALE", message: "old" }),
    ];
    expect(issueText(issues)).toBe(
      "  uc/uredis: UNAVAILABLE: down\n" +
        "  uc/uredis cn-bj2: UNAVAILABLE: down\n" +
        "  uc/uredis cn-bj2 uredis-1: STALE: old\n",
    );
  });

  test("name the vendor's code, and are apart where it differs", () => {
    const issues = ["299", "240", "299"].map((vendorCode) => issue({ vendorCode }));
    expect(issueText(issues)).toBe(
      "  uc/uredis cn-bj2: UNAVAILABLE: down (code 299)\n" +
        "  uc/uredis cn-bj2: UNAVAILABLE: down (code 240)\n",
    );
  });

  test("of many instances that fail alike are one, and hide no other", () => {
    const many = Array.from({ length: 600 }, (_, at) => issue({ instanceNativeIds: [`i-${at}`] }));
    expect(issueText([...many, issue({ provider: "ali/kvstore" })])).toBe(
      "  uc/uredis cn-bj2 i-0, i-1, i-2 and 597 more: UNAVAILABLE: down\n" +
        "  ali/kvstore cn-bj2: UNAVAILABLE: down\n",
    );
  });

  test("cannot control a terminal by the names that they quote", () => {
    const name = "i-\u202e\u2066\u009b31m\u001b[2J";
    const text = issueText([
      issue({
        region: "cn-\u200f",
        instanceNativeIds: [name],
        message: `The key ${name}\nis bad.`,
      }),
    ]);
    expect(text).toBe(
      "  uc/uredis cn-\ufffd i-\ufffd\ufffd\ufffd31m\ufffd[2J: UNAVAILABLE: " +
        "The key i-\ufffd\ufffd\ufffd31m\ufffd[2J\nis bad.\n",
    );
  });

  test("are counted where there are too many", () => {
    const many = Array.from({ length: 25 }, (_, at) => issue({ region: `r-${at}` }));
    const lines = issueText(many).split("\n");
    expect(lines).toHaveLength(22);
    expect(lines[20]).toBe("  … and 5 more");
  });
});
