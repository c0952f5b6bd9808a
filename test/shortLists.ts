import type { Clouds } from "../src/clouds/clouds.js";
import type { CloudVendor } from "../src/clouds/vendorCloud.js";

/** A list of a vendor, and an answer to it that counts rows and shows none. */
export interface ShortList {
  readonly vendor: CloudVendor;
  readonly action: string;
  /** The product whose list it is. */
  readonly provider: string;
  readonly counted: number;
  readonly body: object;
}

/** The vendors' lists of instances, which count three and show none. */
export const INSTANCE_LISTS: readonly ShortList[] = [
  {
    vendor: "alibaba",
    action: "DescribeInstances",
    provider: "demo-alibaba/kvstore",
    counted: 3,
    body: { TotalCount: 3, PageNumber: 1, PageSize: 50, Instances: { KVStoreInstance: [] } },
  },
  {
    vendor: "tencent",
    action: "DescribeInstances",
    provider: "demo-tencent/redis",
    counted: 3,
    body: { Response: { TotalCount: 3, InstanceSet: [], RequestId: "r" } },
  },
  {
    vendor: "ucloud",
    action: "DescribeURedisGroup",
    provider: "demo-ucloud/uredis",
    counted: 3,
    body: { Action: "DescribeURedisGroupResponse", RetCode: 0, TotalCount: 3, DataSet: [] },
  },
  {
    vendor: "ucloud",
    action: "DescribeUMemSpace",
    provider: "demo-ucloud/umem",
    counted: 3,
    body: { Action: "DescribeUMemSpaceResponse", RetCode: 0, TotalCount: 3, DataSet: [] },
  },
];

/** The lists of backups whose count is documented, which count seven and show none. */
export const BACKUP_LISTS: readonly ShortList[] = [
  {
    vendor: "alibaba",
    action: "DescribeBackups",
    provider: "demo-alibaba/kvstore",
    counted: 7,
    body: { TotalCount: 7, PageNumber: 1, PageSize: 300, Backups: { Backup: [] } },
  },
  {
    vendor: "tencent",
    action: "DescribeInstanceBackups",
    provider: "demo-tencent/redis",
    counted: 7,
    body: { Response: { TotalCount: 7, BackupSet: [], RequestId: "r" } },
  },
];

/** What the issue of such a list says. */
export const shortText = ({ counted }: ShortList): string =>
  `The vendor counts ${counted}, its pages show 0.`;

/** Whether backups are listed for a whole region, whatever instances there are. */
export const hasWideList = ({ provider }: ShortList): boolean =>
  provider === "demo-tencent/redis" || provider === "demo-ucloud/uredis";

/** Makes a list answer so, always or a number of times. */
export function makeShort(
  { knobs }: Pick<Clouds, "knobs">,
  { vendor, action, body }: ShortList,
  times?: number,
): void {
  const effect = { kind: "body" as const, body: JSON.stringify(body) };
  knobs.faults.add({ vendor, action, effect, ...(times === undefined ? {} : { times }) });
}
