import type { Row } from "../../domain/row.js";
import type { Action, CloudContext } from "../vendorCloud.js";

/** The account's only project. */
export const DEMO_PROJECT = "org-demo01";

const REGION_IDS: Readonly<Record<string, number>> = { "cn-bj2": 1_000_001, hk: 1_000_003 };

/**
 * GetRegion: one row for each zone, so a region can have several.
 *
 * Source: https://docs.ucloud.cn/api/uaccount-api/get_region, read 2026-11-21.
 */
export const getRegion: Action = (_call, context) => ({
  Regions: context.estate.regions.UCLOUD_UREDIS.flatMap((region, index) =>
    zonesOf(region, context).map((zone): Row => ({
      RegionId: REGION_IDS[region] ?? 1_000_100 + index,
      RegionName: region,
      IsDefault: index === 0,
      BitMaps: "001111111111111111111",
      Region: region,
      Zone: zone,
    })),
  ),
});

function zonesOf(region: string, { estate }: CloudContext): readonly string[] {
  const instances = [
    ...estate.instances("UCLOUD_UREDIS", region),
    ...estate.instances("UCLOUD_UMEM", region),
  ];
  const zones = [...new Set(instances.map(({ zone }) => zone))].sort();
  return zones.length > 0 ? zones : [`${region}-02`];
}

/**
 * GetProjectList: the account's projects.
 *
 * Source: https://docs.ucloud.cn/api/summary/get_project_list, read 2026-11-21.
 */
export const getProjectList: Action = () => ({
  ProjectCount: 1,
  ProjectSet: [
    {
      ProjectId: DEMO_PROJECT,
      ProjectName: "Default",
      ParentId: "",
      ParentName: "",
      CreateTime: 1_500_000_000,
      IsDefault: true,
      MemberCount: 1,
      ResourceCount: 24,
    },
  ],
});
