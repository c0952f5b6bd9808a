import { list, text } from "../kit/decode.js";
import type { Region, WholeListing } from "../../listing/declaration.js";

/**
 * The regions of an account: UCloud, action GetRegion (the API has no version).
 *
 * Order: not documented. Page: none, the answer is whole. It has a row for every zone, so regions
 * repeat. Left out: RegionId, RegionName, IsDefault, BitMaps and Zone, which no call here needs.
 * Source: https://docs.ucloud.cn/api/uaccount-api/get_region, read 2026-11-21.
 */
export const ucloudRegions: WholeListing<Region> = {
  name: "ucloud-regions",
  action: "GetRegion",
  params: () => ({}),
  rows: (payload) => list(payload, "Regions"),
  keyOf: (row) => text(row, "Region"),
  // One endpoint serves all regions.
  map: (row) => ({ id: text(row, "Region"), endpoint: null }),
};
