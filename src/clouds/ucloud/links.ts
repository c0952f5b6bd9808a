import { hashOf } from "../estate/random.js";
import type { BackupRow } from "../estate/types.js";
import { secondsOf } from "./params.js";

const LIFETIME_MS = 4 * 3_600_000;

/** A public link to a backup's file, with the scheme of the documented example. */
export const linkOf = (row: BackupRow, file: string, now: number): string =>
  `http://umem-${row.region}.cn-bj.ufileos.com/${pathOf(row, file, now)}`;

/** The link to the same file inside the vendor's network. */
export const internalLinkOf = (row: BackupRow, file: string, now: number): string =>
  `http://umem-${row.region}.internal-cn-bj-01.ufileos.com/${pathOf(row, file, now)}`;

function pathOf(row: BackupRow, file: string, now: number): string {
  const expires = secondsOf(now + LIFETIME_MS);
  const signature = hashOf(`${row.nativeId} ${file} ${expires}`).toString(16);
  return `${row.instanceNativeId}/${file}?UCloudPublicKey=TOKEN_demo&Expires=${expires}&Signature=${signature}`;
}
