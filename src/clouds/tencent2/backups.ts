import type { Row } from "../../domain/row.js";
import { beijingTextOf } from "../beijingTime.js";
import { isInTencent2List } from "../estate/truth.js";
import type { BackupRow, EstateInstance } from "../estate/types.js";
import { claimedTotal, pageOf, windowed } from "../lists.js";
import type { Action, CloudCall, CloudContext } from "../vendorCloud.js";
import { requiredText, timeOf, wholeNumber } from "./params.js";
import { refused } from "./refusals.js";

const BACKUP_TYPES: Readonly<Record<string, string>> = {
  "0": "manualBackupInstance",
  "1": "systemBackupInstance",
};

/**
 * GetRedisBackupList: the backups of one existing instance in the last seven days.
 *
 * `offset` counts rows: the document calls it a page, but its example skips rows. The bounds of the
 * window are inclusive and apply to the start. Rows have no size, no end and no instance.
 * Source: Tencent Cloud's API 2.0 document of GetRedisBackupList, read 2026-11-21.
 */
export const getRedisBackupList: Action = (call, context) => {
  const limit = wholeNumber(call.params, "limit", 1);
  const offset = wholeNumber(call.params, "offset", 0);
  const window = {
    since: timeOf(call.params, "beginTime"),
    until: timeOf(call.params, "endTime"),
  };
  const { knobs } = context;
  const rows = windowed(keptRows(call, context), window, knobs.tencent);
  return {
    totalCount: claimedTotal(rows.length, knobs.tencent),
    data: { redisBackupSet: pageOf(rows, { offset, limit }, knobs.tencent).map(wireRow) },
  };
};

/**
 * GetBackupDownloadUrl: both links are plain HTTP with private addresses, as in the document.
 *
 * Source: Tencent Cloud's API 2.0 document of GetBackupDownloadUrl, read 2026-11-21.
 */
export const getBackupDownloadUrl: Action = (call, context) => {
  const backupId = requiredText(call.params, "backupId");
  const row = keptRows(call, context).find(({ nativeId }) => nativeId === backupId);
  if (row === undefined) throw refused("11213", "backup does not exist");
  if (row.status === "-1") throw refused("10711", "backup status is abnormal");
  const path = `/download/dump.rdb?${Buffer.from(`${row.instanceNativeId} ${backupId}`).toString("base64")}`;
  return {
    data: {
      intranet: `http://10.66.183.31:5500${path}`,
      extranet: `http://10.195.128.115:9097${path}`,
    },
  };
};

/** The rows of the instance that API 2.0 still shows, in the order of the knob. */
function keptRows(call: CloudCall, context: CloudContext): readonly BackupRow[] {
  const { region, nativeId } = instanceOf(call, context);
  const rows = context.rows({ product: "TENCENT_REDIS", region, instance: nativeId });
  return rows.filter((row) => isInTencent2List(row, context.now));
}

function instanceOf({ params, region }: CloudCall, { estate }: CloudContext): EstateInstance {
  const instance = estate.instance("TENCENT_REDIS", requiredText(params, "redisId"));
  if (instance === null || instance.deletedAt !== null || instance.region !== region)
    throw refused("10701", "instance does not exist");
  return instance;
}

const wireRow = (row: BackupRow): Row => ({
  startTime: beijingTextOf(row.startedAt),
  backupId: row.nativeId,
  // This API has no word for a backup made by a resize, so the number of the newer API is used.
  backupType: BACKUP_TYPES[row.trigger] ?? row.trigger,
  status: Number(row.status),
  remark: row.remark,
  locked: row.locked ? 1 : 0,
});
