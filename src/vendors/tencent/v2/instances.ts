import { bytes, instantIn, list, optionalText, text, word } from "../../kit/decode.js";
import type { Listing, MappedInstance } from "../../../listing/declaration.js";
import { MEBIBYTE } from "../../kit/rows.js";
import { INSTANCE_STATUS } from "../words.js";
import { totalOf } from "./backups.js";

/**
 * Instances of a region: Tencent Redis, action DescribeRedis of API 2.0.
 *
 * Order: by creation, oldest first, because it is asked for. Page: row offset and limit; a largest
 * limit is not documented, 100 is taken. Times: `YYYY-MM-DD HH:mm:ss` without a zone. Sizes: MB.
 * Newer examples have numbers as text. Window: none.
 * Source: https://cloud.tencent.com/document/api/239/1384 (DescribeRedis), read 2026-11-21.
 *
 * Left out: typeId (cluster or not), regionId (it was asked for), projectId, networks, ports, charges.
 */
export function redis2Instances(timeZone: string): Listing<MappedInstance> {
  const instant = instantIn(timeZone);
  return {
    name: "redis2-instances",
    action: "DescribeRedis",
    scope: "region",
    shape: {
      page: { style: "offset", offset: "offset", limit: "limit", max: 100, aligned: false },
      window: null,
      defaultSize: 20,
    },
    params: () => ({ orderBy: "createtime", orderType: 0 }),
    rows: (payload) => list(payload, "data.redisSet", totalOf(payload)),
    total: totalOf,
    keyOf: (row) => text(row, "redisId"),
    map: (row) => ({
      nativeId: text(row, "redisId"),
      name: optionalText(row, "redisName"),
      zone: optionalText(row, "zoneId"),
      status: word(row, "status", INSTANCE_STATUS, "UNKNOWN"),
      vendorStatus: optionalText(row, "status"),
      engineVersion: null,
      memoryBytes: bytes(row, "size", MEBIBYTE),
      createdAt: instant(row, "createtime"),
      shardCount: null,
      listing: "redis2-instance",
    }),
  };
}
