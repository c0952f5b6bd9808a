import type { Instance } from "../../domain/instance.js";
import type { Row } from "../../domain/row.js";
import type { InstanceStatus } from "../../domain/words.js";
import { SourceError } from "../../errors.js";
import type { FactsDeclaration, Region, WholeListing } from "../../listing/declaration.js";
import {
  count,
  days,
  flag,
  list,
  MEBIBYTE,
  optionalText,
  tagsAt,
  text,
  word,
} from "../kit/decode.js";
import { instanceList } from "../kit/lists.js";
import { REGION_ID } from "./api.js";

/** The gateway calls hosts of the vendor's own domain only; for others the rule of the SDKs applies. */
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

/** States of instances. */
const INSTANCE_STATUS: Readonly<Record<string, InstanceStatus>> = Object.freeze({
  normal: "RUNNING",
  creating: "CREATING",
  changing: "CHANGING",
  flushing: "CHANGING",
  transforming: "CHANGING",
  migrating: "CHANGING",
  backuprecovering: "CHANGING",
  minorversionupgrading: "CHANGING",
  majorversionupgrading: "CHANGING",
  networkmodifying: "CHANGING",
  sslmodifying: "CHANGING",
  inactive: "STOPPED",
  unavailable: "STOPPED",
  // Its creation failed.
  error: "FAILED",
  released: "DELETED",
});

/**
 * Instances of a region: Alibaba R-kvstore, action DescribeInstances, version 2015-01-01.
 *
 * Order: not documented. Page: PageNumber from 1, PageSize 30 by default, 50 at most. Window: none.
 * Times: `YYYY-MM-DDTHH:mm:ssZ`. Sizes: MB.
 * Source: https://help.aliyun.com/document_detail/473754.html, read 2026-11-21.
 *
 * Left out: InstanceClass, NodeType, CloudType, EndTime, networks, ports and charges. That
 * "cluster, and not IsRds" means cloud-native is read from examples: no page states the rule.
 */
export const kvstoreInstances = instanceList({
  name: "kvstore-instances",
  action: "DescribeInstances",
  scope: "region",
  shape: {
    page: { style: "pageNumber", page: "PageNumber", size: "PageSize", max: 50 },
    window: null,
    defaultSize: 30,
    order: "unknown",
    counts: "rows",
  },
  asksFor: { region: "RegionId" },
  rows: "Instances.KVStoreInstance",
  total: "TotalCount",
  leftOut: { InstanceType: "memcache" },
  fields: {
    nativeId: "InstanceId",
    name: "InstanceName",
    zone: "ZoneId",
    status: "InstanceStatus",
    engineVersion: "EngineVersion",
    memoryBytes: "Capacity",
    createdAt: "CreateTime",
    project: "ResourceGroupId",
  },
  words: { status: INSTANCE_STATUS },
  unit: MEBIBYTE,
  derived(row) {
    // Clusters outside the classic architecture have a backup list of their own; DescribeBackups refuses them.
    const isCloudNative =
      optionalText(row, "ArchitectureType") === "cluster" && flag(row, "IsRds") === false;
    return {
      shardCount: count(row, "ShardCount") || null,
      tags: tagsAt(row, "Tags.Tag", { key: "Key", value: "Value" }),
      listing: isCloudNative ? "kvstore-cluster" : "kvstore-backups",
    };
  },
});

const aboutOne = (instances: readonly Instance[]): string => instances[0]?.nativeId ?? "";

/**
 * The schedule of one instance: Alibaba R-kvstore, action DescribeBackupPolicy, version 2015-01-01.
 *
 * PreferredBackupPeriod names the days of automatic backups, with commas between them; BackupRetentionPeriod
 * is in days. Left out: the times of day, the next backup, and EnableBackupLog (of the incremental log).
 * Source: https://www.alibabacloud.com/help/en/redis/describebackuppolicy, read 2026-11-29.
 */
export const kvstoreSchedule: FactsDeclaration = {
  name: "kvstore-schedule",
  action: "DescribeBackupPolicy",
  shows: ["automaticBackups", "retentionMs"],
  most: 1,
  params: (instances) => ({ InstanceId: aboutOne(instances) }),
  map: (payload, instances) => {
    const period = payload["PreferredBackupPeriod"];
    const facts = {
      automaticBackups: typeof period === "string" ? period.trim() !== "" : null,
      retentionMs: days(payload, "BackupRetentionPeriod"),
    };
    return new Map([[aboutOne(instances), facts]]);
  },
};

const TDE_STATUS = Object.freeze({ enabled: true, disable: false, disabled: false });

/**
 * Whether the files of one instance are encrypted: Alibaba R-kvstore, action DescribeInstanceTDEStatus,
 * version 2015-01-01.
 *
 * Source: the models of the vendor's SDK (r-kvstore-20150101), read 2026-11-29.
 */
export const kvstoreEncryption: FactsDeclaration = {
  name: "kvstore-encryption",
  action: "DescribeInstanceTDEStatus",
  shows: ["encrypted"],
  most: 1,
  params: (instances) => ({ InstanceId: aboutOne(instances) }),
  map: (payload, instances) =>
    new Map([[aboutOne(instances), { encrypted: word(payload, "TDEStatus", TDE_STATUS, null) }]]),
};
