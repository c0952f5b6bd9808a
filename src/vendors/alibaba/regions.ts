import type { Row } from "../../domain/row.js";
import { SourceError } from "../../errors.js";
import { list, optionalText, text } from "../kit/decode.js";
import type { Region, WholeListing } from "../../listing/declaration.js";
import { REGION_ID } from "./hosts.js";

/** Only hosts of the vendor's own domain are called; anything else falls back on the SDKs' rule. */
const ENDPOINT = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+aliyuncs\.com$/;

function idOf(row: Row): string {
  const id = text(row, "RegionId");
  if (REGION_ID.test(id)) return id;
  throw new SourceError("BAD_RESPONSE", "A row has no usable RegionId.");
}

/**
 * The regions of the product: Alibaba R-kvstore, action DescribeRegions, version 2015-01-01.
 *
 * Order: not documented. Page: none, the answer is whole; a region may come more than once.
 * Left out: LocalName, ZoneIds and ZoneIdList, which no call here needs; AcceptLanguage.
 * Source: https://help.aliyun.com/document_detail/473763.html, read 2026-11-21.
 */
export const kvstoreRegions: WholeListing<Region> = {
  name: "kvstore-regions",
  action: "DescribeRegions",
  params: () => ({}),
  rows: (payload) => list(payload, "RegionIds.KVStoreRegion"),
  keyOf: idOf,
  map: (row) => {
    const endpoint = optionalText(row, "RegionEndpoint")?.toLowerCase() ?? "";
    return { id: idOf(row), endpoint: ENDPOINT.test(endpoint) ? endpoint : null };
  },
};
