import type { Row } from "../../domain/row.js";
import type { Action, CloudContext } from "../vendorCloud.js";

/**
 * DescribeRegions. `RegionEndpoint` is this simulator's own host, which serves every region.
 *
 * As with the vendor, several rows may have the same RegionId, one for each group of zones.
 * Source: https://help.aliyun.com/document_detail/473753.html, read 2026-11-21.
 */
export const describeRegions: Action = (_call, context) => ({
  RegionIds: {
    KVStoreRegion: context.estate.regions.ALIBABA_KVSTORE.flatMap((region) => {
      const zones = zonesOf(region, context);
      const rows = [wireRow(region, zones, context)];
      return zones.length < 2 ? rows : [...rows, wireRow(region, [`${region}-MAZ1`], context)];
    }),
  },
});

const zonesOf = (region: string, { estate }: CloudContext): readonly string[] =>
  [...new Set(estate.instances("ALIBABA_KVSTORE", region).map(({ zone }) => zone))].sort();

const wireRow = (region: string, zones: readonly string[], { origin }: CloudContext): Row => ({
  RegionId: region,
  RegionEndpoint: new URL(origin).host,
  LocalName: region,
  ZoneIds: zones.join(","),
  ZoneIdList: { ZoneId: zones },
});
