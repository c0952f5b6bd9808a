import { count, bytes, instantIn, list, optionalText, text, word } from "../../kit/decode.js";
import type { Row } from "../../../domain/row.js";
import type { Listing, MappedInstance } from "../../../listing/declaration.js";
import { MEBIBYTE } from "../../kit/rows.js";
import { INSTANCE_STATUS, VERSION_OF_TYPE } from "../words.js";

/** Memcached instances are in the same list. */
const MEMCACHED = "200";

const total = (payload: Row): number | null => count(payload, "TotalCount");

/**
 * Instances of a region: Tencent Redis, action DescribeInstances, version 2018-04-12.
 *
 * Order: by creation, oldest first, because it is asked for; a new instance then comes at the end.
 * Page:  Offset, a multiple of Limit, and Limit, 20 rows by default, 1000 at most. Window: none.
 * Times: `YYYY-MM-DD HH:mm:ss` without a zone; `0000-00-00 00:00:00` says nothing. Sizes: MB.
 * Source: https://cloud.tencent.com/document/api/239/20018, codes of Type at 239/20026, read 2026-11-21.
 *
 * Left out: Engine and ProductType (free text in the examples); RedisShardSize and ReplicasNum;
 * ProjectId, networks, ports, charges and tags.
 */
export function redisInstances(timeZone: string): Listing<MappedInstance> {
  const instant = instantIn(timeZone);
  return {
    name: "redis-instances",
    action: "DescribeInstances",
    scope: "region",
    shape: {
      page: { style: "offset", offset: "Offset", limit: "Limit", max: 1000, aligned: true },
      window: null,
      defaultSize: 20,
    },
    params: () => ({ OrderBy: "createtime", OrderType: 0 }),
    rows: (payload) => list(payload, "InstanceSet", total(payload)),
    total,
    keyOf: (row) => text(row, "InstanceId"),
    map: (row) =>
      optionalText(row, "Type") === MEMCACHED
        ? null
        : {
            nativeId: text(row, "InstanceId"),
            name: optionalText(row, "InstanceName"),
            zone: optionalText(row, "ZoneId"),
            status: word(row, "Status", INSTANCE_STATUS, "UNKNOWN"),
            vendorStatus: optionalText(row, "Status"),
            engineVersion: word(row, "Type", VERSION_OF_TYPE, null),
            memoryBytes: bytes(row, "Size", MEBIBYTE),
            createdAt: instant(row, "Createtime"),
            shardCount: count(row, "RedisShardNum"),
            listing: "redis-instance",
          },
  };
}
