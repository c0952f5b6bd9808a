import type { Logger } from "pino";
import type { Backup, BackupDownload } from "../domain/backup.js";
import type { Reads } from "../domain/reads.js";
import { PassedReads } from "../loaders/loaders.js";
import type { ServerOptions } from "./options.js";

/** Reads that report every backup whose download links are given out. */
class AuditedReads extends PassedReads {
  constructor(
    reads: Reads,
    private readonly report: (backup: Backup, links: number) => void,
  ) {
    super(reads);
  }

  override async downloads(backup: Backup): Promise<readonly BackupDownload[]> {
    const links = await super.downloads(backup);
    this.report(backup, links.length);
    return links;
  }
}

/**
 * Logs who received download links of which backup, but never the links. These lines are written at
 * every log level.
 */
export const auditDownloads = (
  makeReads: ServerOptions["makeReads"],
  logger: Pick<Logger, "child">,
): typeof makeReads => {
  const audit = logger.child({}, { level: "info" });
  return (principal, operation) =>
    new AuditedReads(makeReads(principal, operation), ({ id, provider }, links) => {
      const { requestId } = operation;
      audit.info(
        { requestId, principal: principal.name, backup: id, provider, links },
        "Links to a backup were given out.",
      );
    });
};
