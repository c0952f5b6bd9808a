import { describe, expect, test } from "vitest";
import { groupIssues } from "../../../src/pages/coverage/issues.js";
import { issue } from "./fixtures.js";

describe("the issues of a provider", () => {
  test("are shown once for each place and message, with the number of instances, the widest first", () => {
    const of = (id: string) => issue({ region: "north", instanceNativeIds: [id] });
    const groups = groupIssues("ops/redis", [
      of("a"),
      issue({ region: "south", instanceNativeIds: ["a"] }),
      of("b"),
      of("a"),
      issue({ region: "west", code: "FORBIDDEN", message: "Not allowed." }),
    ]);
    expect(groups.map(({ region, code, instances }) => [region, code, instances])).toEqual([
      ["west", "FORBIDDEN", 0],
      ["north", "UNAVAILABLE", 2],
      ["south", "UNAVAILABLE", 1],
    ]);
    expect(groups.every(({ provider }) => provider === "ops/redis")).toBe(true);
  });

  test("name the vendor's code, and are apart where it differs", () => {
    const of = (vendorCode: string) => issue({ region: "north", vendorCode });
    const groups = groupIssues("ops/redis", [of("299"), of("240"), of("299")]);
    expect(groups.map(({ vendorCode }) => vendorCode)).toEqual(["299", "240"]);
  });

  test("keep a region's own issue apart from the same one of its instances", () => {
    const groups = groupIssues("ops/redis", [
      issue({ region: "north", instanceNativeIds: ["a"] }),
      issue({ region: "north" }),
    ]);
    expect(groups.map(({ instances }) => instances)).toEqual([0, 1]);
  });
});
