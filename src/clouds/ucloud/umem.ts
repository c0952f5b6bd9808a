import type { Row } from "../../domain/row.js";
import type { BackupRow, UMemInstance } from "../estate/types.js";
import { claimedTotal, pageOf } from "../lists.js";
import { textOf } from "../texts.js";
import type { Action, CloudContext } from "../vendorCloud.js";
import { linkOf } from "./links.js";
import { askedRows, notValid, regionOf, requiredText, secondsOf } from "./params.js";
import { gigabytes, scheduleOf, tagOf } from "./uredis.js";

const PRODUCT = "UCLOUD_UMEM";
const YEAR_MS = 365 * 86_400_000;

/**
 * DescribeUMemBackup: the backups of one space.
 *
 * The document describes an element of `DataSet` both as a backup and as the part of one shard. A knob
 * selects one, and whether `TotalCount` is sent.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_umem_backup, read 2026-11-21.
 */
export const describeUMemBackup: Action = ({ params }, context) => {
  const region = regionOf(params, context.estate.regions[PRODUCT]);
  const zone = requiredText(params, "Zone");
  const spaceId = requiredText(params, "SpaceId");
  const asked = askedRows(params, 10);
  const { ucloud } = context.knobs;
  const rows = spacesRows({ region, zone, spaceId }, context);
  const shown = ucloud.umemRows === "perShard" ? rows.flatMap(oncePerShard) : rows;
  const total = claimedTotal(shown.length, ucloud);
  return {
    ...(ucloud.umemTotal === "given" ? { TotalCount: total } : {}),
    DataSet: pageOf(shown, asked, ucloud).map((row) => wireRow(row, context)),
  };
};

interface SpaceAddress {
  readonly region: string;
  readonly zone: string;
  readonly spaceId: string;
}

/** A space has backups only in its own zone. */
function spacesRows({ region, zone, spaceId }: SpaceAddress, context: CloudContext) {
  const space = context.estate.instance(PRODUCT, spaceId);
  if (space === null || space.zone !== zone) return [];
  return context.rows({ product: PRODUCT, region, instance: spaceId });
}

const oncePerShard = (row: BackupRow): readonly BackupRow[] =>
  Array.from({ length: row.blockCount ?? 1 }, () => row);

const wireRow = (row: BackupRow, { estate }: CloudContext): Row => ({
  BackupId: row.nativeId,
  BackupName: row.name,
  BackupType: row.trigger,
  CreateTime: secondsOf(row.startedAt),
  State: row.status,
  ...(row.blockCount === null ? {} : { BlockCount: row.blockCount }),
  // The unit is not documented.
  ...(row.sizeBytes === null ? {} : { BlockSize: gigabytes(row.sizeBytes / 1_048_576) }),
  // These two are in the documented example but not in the table.
  Protocol: (estate.instance(PRODUCT, row.instanceNativeId) as UMemInstance | null)?.protocol,
  SpaceId: row.instanceNativeId,
});

/**
 * DescribeUMemSpace: the existing spaces of a region, including Memcached ones.
 *
 * Source: https://docs.ucloud.cn/api/umem-api/describe_umem_space, read 2026-11-21.
 */
export const describeUMemSpace: Action = ({ params }, { estate, knobs }) => {
  const region = regionOf(params, estate.regions[PRODUCT]);
  const asked = askedRows(params, 20);
  const filters = { zone: textOf(params, "Zone"), nativeId: textOf(params, "SpaceId") };
  const protocol = textOf(params, "Protocol");
  if (protocol !== null && !["redis", "memcache"].includes(protocol)) throw notValid("Protocol");
  const spaces = (estate.instances(PRODUCT, region) as readonly UMemInstance[]).filter(
    (space) =>
      (filters.zone ?? space.zone) === space.zone &&
      (filters.nativeId ?? space.nativeId) === space.nativeId &&
      (protocol ?? space.protocol) === space.protocol,
  );
  return {
    TotalCount: claimedTotal(spaces.length, knobs.ucloud),
    DataSet: pageOf(spaces, asked, knobs.ucloud).map(wireSpace),
  };
};

const wireSpace = (space: UMemInstance): Row => ({
  SpaceId: space.nativeId,
  Name: space.name,
  Zone: space.zone,
  Protocol: space.protocol,
  Type: "double",
  Size: gigabytes(space.memoryMb),
  UsedSize: Math.round(space.memoryMb / 3),
  State: space.status,
  CreateTime: secondsOf(space.createdAt),
  ExpireTime: secondsOf(space.createdAt + 2 * YEAR_MS),
  ChargeType: "Month",
  Address: [{ IP: "10.9.121.15", Port: 6379 }],
  Tag: tagOf(space),
});

/**
 * DescribeUMem: instances of both products in one list. Only spaces are listed here, of one protocol.
 *
 * Source: https://docs.ucloud.cn/api/umem-api/describe_umem, read 2026-11-29.
 */
export const describeUMem: Action = ({ params }, { estate, knobs }) => {
  const region = regionOf(params, estate.regions[PRODUCT]);
  const asked = askedRows(params, 20);
  const protocol = requiredText(params, "Protocol");
  const zone = textOf(params, "Zone");
  const nativeId = textOf(params, "ResourceId");
  const spaces = (estate.instances(PRODUCT, region) as readonly UMemInstance[]).filter(
    (space) =>
      space.protocol === protocol &&
      (zone ?? space.zone) === space.zone &&
      (nativeId ?? space.nativeId) === space.nativeId,
  );
  return {
    TotalCount: claimedTotal(spaces.length, knobs.ucloud),
    DataSet: pageOf(spaces, asked, knobs.ucloud).map((space) => ({
      ...wireSpace(space),
      ResourceId: space.nativeId,
      ResourceType: "distributed",
      AutoBackup: scheduleOf(space),
    })),
  };
};

/**
 * DescribeUMemBackupURL: one link for each shard. `BlockId` selects one of them.
 *
 * Source: https://docs.ucloud.cn/api/umem-api/describe_umem_backup_url, read 2026-11-21.
 */
export const describeUMemBackupUrl: Action = ({ params }, context) => {
  const region = regionOf(params, context.estate.regions[PRODUCT]);
  const zone = requiredText(params, "Zone");
  const spaceId = requiredText(params, "SpaceId");
  const backupId = requiredText(params, "BackupId");
  const block = textOf(params, "BlockId");
  const rows = spacesRows({ region, zone, spaceId }, context);
  const row = rows.find(({ nativeId }) => nativeId === backupId);
  if (row?.status !== "Done") throw notValid("BackupId");
  const shards = Array.from({ length: row.blockCount ?? 1 }, (_, shard) => String(shard));
  return {
    BackupURL: shards
      .filter((shard) => (block ?? shard) === shard)
      .map((shard) => linkOf(row, `${row.nativeId}-${shard}.rdb`, context.now)),
  };
};
