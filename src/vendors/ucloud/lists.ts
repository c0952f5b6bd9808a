import type { UCloudAccount } from "../../domain/account.js";
import type { Row } from "../../domain/row.js";
import { SourceError } from "../../errors.js";
import type { BackupStatus, BackupTrigger, InstanceStatus } from "../../domain/words.js";
import type { MappedInstance, Region, WholeListing } from "../../listing/declaration.js";
import type { ListShape } from "../../listing/shape.js";
import { bytes, count, instantSeconds, list, optionalText, text, word } from "../kit/decode.js";
import type { LinkRules } from "../kit/links.js";
import { GIBIBYTE, tableOf } from "../kit/rows.js";

/*
 * What all lists of UCloud share. `Limit` has no documented maximum for these products; 100 is that of 39
 * other actions and of the vendor's own tools. The order is not documented.
 */

type Words<T> = Readonly<Record<string, T>>;

/** Row offset and limit, no window. `counts`: `TotalCount` is "of the user" in one document. */
export const pagedBy = (defaultSize: number, counts: ListShape["counts"]): ListShape => ({
  page: { style: "offset", offset: "Offset", limit: "Limit", max: 100, aligned: false },
  window: null,
  defaultSize,
  order: "unknown",
  counts,
});

/** `TotalCount`, which older answers of DescribeUMemBackup lack. */
export const totalOf = (payload: Row): number | null => count(payload, "TotalCount");

/**
 * The rows of a list action.
 * @throws {SourceError} BAD_RESPONSE for the answer to another action, or without rows.
 */
export const dataSetOf =
  (action: string) =>
  (payload: Row): readonly unknown[] => {
    const answered = optionalText(payload, "Action");
    if (answered !== null && answered !== `${action}Response`)
      throw new SourceError("BAD_RESPONSE", "The vendor answered another action.");
    return list(payload, "DataSet", totalOf(payload));
  };

/** States of master-replica and of distributed backups; only the former can fail or expire. */
export const BACKUP_STATE: Words<BackupStatus> = tableOf({
  RUNNING: ["backuping", "starting"],
  SUCCEEDED: ["success", "done"],
  FAILED: ["error"],
  EXPIRED: ["expired"],
});

/** Older documents show numbers; they mean the same as in the sister product UDB, where 1 is manual. */
export const BACKUP_TYPE: Words<BackupTrigger> = tableOf({
  AUTOMATIC: ["auto", 0],
  MANUAL: ["manual", 1],
});

/** States of groups and of spaces. */
export const INSTANCE_STATE: Words<InstanceStatus> = tableOf({
  CREATING: ["creating", "starting"],
  RUNNING: ["running"],
  CHANGING: ["resizing", "configing", "sslswitching", "deleting"],
  FAILED: ["fail", "createfail", "deletefail", "resizefail", "configfail", "sslswitchfail"],
});

/** The facts that groups and spaces share. Sizes are GB. */
export const instanceFacts = (row: Row): Omit<MappedInstance, "nativeId" | "name" | "listing"> => ({
  zone: optionalText(row, "Zone"),
  status: word(row, "State", INSTANCE_STATE, "UNKNOWN"),
  vendorStatus: optionalText(row, "State"),
  engineVersion: optionalText(row, "Version"),
  memoryBytes: bytes(row, "Size", GIBIBYTE) ?? bytes(row, "MemorySize", GIBIBYTE),
  createdAt: instantSeconds(row, "CreateTime"),
  // A master-replica group has one shard; the backups of a space state theirs row by row.
  shardCount: null,
});

/** Whether a field holds a word, in any case. */
export const hasWord = (row: Row, name: string, expected: string): boolean =>
  optionalText(row, name)?.toLowerCase() === expected;

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

/**
 * Links of US3, the storage of backups. The documents' example begins with http although its host serves
 * https, so public links are shown as https. US3 has http hosts for its own network.
 *
 * Source: https://docs.ucloud.cn/ufile/introduction/region, read 2026-11-21.
 */
export const linkRules = ({ endpoint }: UCloudAccount): LinkRules => ({
  publicHosts: [".ufileos.com", ".ufile.ucloud.cn", ".ufile.ucloud.com.cn"],
  internalHost: /(^|\.)internal-[a-z0-9-]+\.ufileos\.com$|\.ufile\.[a-z0-9-]+\.ucloud\.cn$/,
  upgrade: true,
  endpoint,
});
