import { createHash } from "node:crypto";

const VALID_SECONDS = 3600;

/** The two links to a backup file, as in the backup lists. */
export interface Links {
  readonly BackupDownloadURL: string;
  readonly BackupIntranetDownloadURL: string;
}

/** The file of the links. */
export interface LinkedFile {
  readonly region: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Links to a file. No document says how long they are valid. */
export function linksOf(file: LinkedFile): Links {
  const path = signedPath(file);
  return {
    BackupDownloadURL: `https://${bucket(file.region, "")}/${path}`,
    BackupIntranetDownloadURL: `http://${bucket(file.region, "-internal")}/${path}`,
  };
}

/** As in the document's third example, the internal link follows the public host. */
export function gluedLinksOf(file: LinkedFile): Links {
  const { BackupIntranetDownloadURL: internal } = linksOf(file);
  return {
    BackupDownloadURL: `https://${bucket(file.region, "")}/${internal}`,
    BackupIntranetDownloadURL: internal,
  };
}

const bucket = (region: string, network: "" | "-internal"): string =>
  `rdsbak-v2.oss-${region}${network}.aliyuncs.com`;

function signedPath({ name, now }: LinkedFile): string {
  const expires = Math.floor(now / 1000) + VALID_SECONDS;
  const signature = createHash("sha1").update(`${name} ${expires}`, "utf8").digest("base64url");
  return `custins/${name}.rdb?Expires=${expires}&OSSAccessKeyId=LTAIexample&Signature=${signature}`;
}
