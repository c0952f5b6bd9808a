import type { Row } from "../../domain/row.js";
import type { BackupRow } from "../estate/types.js";
import { claimedTotal, pageOf, windowed } from "../lists.js";
import { textOf } from "../texts.js";
import type { Action } from "../vendorCloud.js";
import { instanceOf, isCloudNativeCluster } from "./instances.js";
import { gluedLinksOf, linksOf } from "./links.js";
import type { Links } from "./links.js";
import { askedPage, isOn, requiredText, stampOf, stampOrEmpty, windowOf } from "./params.js";
import { malformed, notForThisKind } from "./refusals.js";

const PAGE_SIZES = new Set([30, 50, 100, 200, 300]);

/** One in this many rows has the malformed link of the document's third example. */
const GLUED_EVERY = 7;

/**
 * DescribeBackups: the rows of one instance, with one row for each node of a classic cluster.
 *
 * A running backup is not listed. The window is mandatory. The document does not say which instant it
 * applies to, so a knob does. Cloud-native clusters have their own action.
 * Source: https://help.aliyun.com/document_detail/473823.html, read 2026-11-21.
 */
export const describeBackups: Action = (call, context) => {
  const { params } = call;
  requiredText(params, "InstanceId");
  const window = windowOf(params);
  const page = askedPage(params, (size) => PAGE_SIZES.has(size));
  const isAsked = askedIds(params);
  // There are no append-only files, which NeedAof would add.
  isOn(params, "NeedAof", ["0", "1"]);
  const instance = instanceOf(call, context.estate);
  if (isCloudNativeCluster(instance)) throw notForThisKind();
  const { region, nativeId, product, memoryMb } = instance;
  const all = context.rows({ product, region, instance: nativeId });
  const rows = windowed(all, window, context.knobs.alibaba).filter(isAsked);
  const asked = { offset: page.offset, limit: page.size };
  return {
    PageNumber: page.number,
    PageSize: page.size,
    TotalCount: claimedTotal(rows.length, context.knobs.alibaba),
    FullStorageSize: all.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    LogStorageSize: 0,
    FreeSize: memoryMb * 2 * 1_048_576,
    Backups: {
      Backup: pageOf(rows, asked, context.knobs.alibaba).map((row) => wireRow(row, context.now)),
    },
  };
};

function askedIds(params: Row): (row: BackupRow) => boolean {
  const backupId = integerOf(params, "BackupId");
  const jobId = integerOf(params, "BackupJobId");
  return (row) =>
    (backupId === null || row.nativeId === backupId) &&
    (jobId === null || String(jobIdOf(row)) === jobId);
}

function integerOf(params: Row, name: string): string | null {
  const text = textOf(params, name);
  if (text !== null && !/^\d{1,19}$/.test(text)) throw malformed(name);
  return text;
}

/** The part of each node is a separate job. */
const jobIdOf = ({ nativeId }: BackupRow): number => Number(nativeId.slice(-7));

const wireRow = (row: BackupRow, now: number): Row => ({
  BackupId: Number(row.nativeId),
  BackupJobID: jobIdOf(row),
  BackupStatus: row.status,
  BackupStartTime: stampOf(row.startedAt),
  BackupEndTime: stampOrEmpty(row.finishedAt),
  BackupType: row.kind,
  BackupMode: row.trigger,
  BackupMethod: row.method,
  ...(row.sizeBytes === null ? {} : { BackupSize: row.sizeBytes }),
  BackupDBNames: "all",
  EngineVersion: row.engineVersion,
  NodeInstanceId: row.shard ?? row.instanceNativeId,
  ExpectExpireTime: stampOrEmpty(row.expiresAt),
  // The document shows an object, but the official SDK fails on one, so the vendor must send text.
  RecoverConfigMode: '{"whitelist":true,"config":true,"account":true}',
  ...linksOfRow(row, now),
});

function linksOfRow(row: BackupRow, now: number): Links {
  const { region, nativeId: name, status } = row;
  if (status !== "Success") return { BackupDownloadURL: "", BackupIntranetDownloadURL: "" };
  const isGlued = Number(name.slice(-4)) % GLUED_EVERY === 0;
  return (isGlued ? gluedLinksOf : linksOf)({ region, name, now });
}
