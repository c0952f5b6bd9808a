import { createHash } from "node:crypto";

const VALID_SECONDS = 3600;

/** A backup file's two links, as the backup lists carry them. */
export interface Links {
  readonly BackupDownloadURL: string;
  readonly BackupIntranetDownloadURL: string;
}

/** The file that links lead to. */
export interface LinkedFile {
  readonly region: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Links to a file, for as long as the vendor lets them live; no document says how long that is. */
export function linksOf(file: LinkedFile): Links {
  const path = signedPath(file);
  return {
    BackupDownloadURL: `https://${bucket(file.region, "")}/${path}`,
    BackupIntranetDownloadURL: `http://${bucket(file.region, "-internal")}/${path}`,
  };
}

/** The document's third example: the internal link stands behind the public host. */
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
