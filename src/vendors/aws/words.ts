import type { Row } from "../../domain/row.js";
import type { BackupStatus, BackupTrigger, InstanceStatus } from "../../domain/words.js";
import type { ListShape } from "../../listing/shape.js";
import { optionalText, tableOf, type Words } from "../kit/decode.js";

/**
 * States of snapshots. There is none for a failed one: it is not listed. While a snapshot is restored or copied
 * it is whole, but `copying` may also be the copy that is being made.
 */
export const SNAPSHOT_STATUS: Words<BackupStatus> = Object.freeze({
  creating: "RUNNING",
  available: "SUCCEEDED",
  restoring: "SUCCEEDED",
  exporting: "SUCCEEDED",
  copying: "LOCKED",
  deleting: "DELETED",
  failed: "FAILED",
  "create-failed": "FAILED",
});

/** Rows say `automated`, although the filter for them is called `system`. */
export const SNAPSHOT_SOURCE: Words<BackupTrigger> = Object.freeze({
  automated: "AUTOMATIC",
  automatic: "AUTOMATIC",
  system: "AUTOMATIC",
  manual: "MANUAL",
  user: "MANUAL",
});

/** States of replication groups, cache clusters, serverless caches and MemoryDB clusters. */
export const INSTANCE_STATUS: Words<InstanceStatus> = tableOf({
  RUNNING: ["available", "snapshotting"],
  CREATING: ["creating"],
  CHANGING: ["modifying", "updating", "rebooting cluster nodes", "upgrading"],
  DELETED: ["deleting", "deleted"],
  FAILED: ["create-failed", "restore-failed", "incompatible-network"],
});

/**
 * Pages by an opaque token, at most 100 rows of ElastiCache's older lists and 50 of all others. No document says
 * that a token names a row, states an order or offers a window, and no answer has a count.
 */
export const shapeOf = (token: "Marker" | "NextToken", max: 50 | 100): ListShape => ({
  page: { style: "token", token, size: token === "Marker" ? "MaxRecords" : "MaxResults", max },
  window: null,
  defaultSize: max,
  order: "unknown",
  counts: "none",
});

/** Memcached shares the API, and is left out. */
export const isMemcached = (row: Row): boolean =>
  optionalText(row, "Engine")?.toLowerCase() === "memcached";

const DAY = 86_400_000;

/** The end of an automatic snapshot, which is kept for a number of days; 0 days say nothing. */
export const expiryOf = (
  startedAt: number | null,
  trigger: BackupTrigger,
  days: number | null,
): number | null =>
  startedAt === null || trigger !== "AUTOMATIC" || days === null || days === 0
    ? null
    : startedAt + days * DAY;
