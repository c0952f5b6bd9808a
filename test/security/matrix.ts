import type { FaultEffect } from "../../src/clouds/knobs/faults.js";

/** What a vendor may say in an answer that went wrong. */
export const SAID = "CaNaRySaidByTheVendor7Qx9";

/** A signed link, as no answer of a gateway may hold it. */
export const LINK = `https://b.oss-cn-hangzhou.aliyuncs.com/x.rdb?Expires=1&OSSAccessKeyId=${SAID}&Signature=${SAID}`;

/** What vendors write into errors: the keys and links that they were sent. */
export const ECHO = `AccessKeyId ${SAID} and Signature=${SAID} of ${LINK} do not match`;

const rows = JSON.stringify({
  RetCode: 0,
  DataSet: [{ BackupId: SAID, BackupURL: LINK, State: LINK }],
  TotalCount: SAID,
  Response: {
    Error: { Code: SAID, Message: LINK },
    BackupSet: [{ BackupId: LINK }],
    RequestId: LINK,
  },
  Backups: { Backup: [{ BackupId: SAID, BackupDownloadURL: LINK, BackupStatus: LINK }] },
  Message: ECHO,
});

const xml = `<DescribeSnapshotsResponse><DescribeSnapshotsResult><Snapshots><Snapshot>
  <SnapshotName>${SAID}</SnapshotName><SnapshotStatus>${SAID}</SnapshotStatus>
  <NodeSnapshots><NodeSnapshot><SnapshotCreateTime>${SAID}</SnapshotCreateTime></NodeSnapshot></NodeSnapshots>
  </Snapshot></Snapshots></DescribeSnapshotsResult></DescribeSnapshotsResponse>`;

/** All that can go wrong with a vendor's answer, each with secrets where the answer can hold any. */
export const FAULTS: readonly (readonly [string, FaultEffect])[] = [
  ["refuses connections half way", { kind: "reset" }],
  ["breaks off", { kind: "halfBody" }],
  ["cuts its JSON", { kind: "shortBody" }],
  ["does not answer", { kind: "hang" }],
  ["never ends", { kind: "endless" }],
  ["sends a page", { kind: "html" }],
  ["sends its own credentials and links in rows", { kind: "body", body: rows }],
  ["sends its own credentials in XML", { kind: "body", body: xml }],
  ["sends text", { kind: "body", body: `${ECHO}: {"token":"${SAID}"}` }],
  ["redirects to a link", { kind: "redirect", location: LINK }],
  ["is down", { kind: "status", status: 503 }],
  ["is forbidden", { kind: "status", status: 403 }],
  ["is gone", { kind: "status", status: 404 }],
  ["throttles", { kind: "status", status: 429 }],
  ["quotes the keys in an error", { kind: "vendorError", code: SAID, message: ECHO, status: 400 }],
  ["quotes the keys in a code", { kind: "vendorError", code: LINK, message: LINK, status: 403 }],
  ["refuses the signature", { kind: "vendorError", code: "SignatureDoesNotMatch", message: ECHO }],
];
