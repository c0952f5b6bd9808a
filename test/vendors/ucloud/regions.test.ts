import { expect, test } from "vitest";
import { isRow } from "../../../src/domain/row.js";
import { ucloudRegions } from "../../../src/vendors/ucloud/api.js";
import { fixture } from "../fixture.js";

test("a region with two zones has one key", () => {
  const rows = ucloudRegions.rows(fixture("ucloud/GetRegion")).filter(isRow);
  expect(rows.map((row) => ucloudRegions.keyOf(row))).toEqual(["cn-bj2", "cn-bj2", "hk"]);
  expect(rows.map((row) => ucloudRegions.map(row, { region: null, instance: null }))).toEqual([
    { id: "cn-bj2", endpoint: null },
    { id: "cn-bj2", endpoint: null },
    { id: "hk", endpoint: null },
  ]);
});
