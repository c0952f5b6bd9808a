import type { Logger } from "pino";
import type { Backup, BackupDownload } from "../domain/backup.js";
import { PassedReads } from "../loaders/passedReads.js";
import type { Reads } from "../domain/reads.js";
import type { ServerOptions } from "./options.js";

type LinksGiven = (backup: Backup, links: number) => void;

/** Reads that tell whenever links to a backup are given out. */
class AuditedReads extends PassedReads {
  constructor(
    reads: Reads,
    private readonly given: LinksGiven,
  ) {
    super(reads);
  }

  override async downloads(backup: Backup): Promise<readonly BackupDownload[]> {
    const links = await super.downloads(backup);
    this.given(backup, links.length);
    return links;
  }
}

/**
 * Writes a line for every backup whose links are given out: to whom, and of which backup, but never the
 * links themselves. It is written whatever level the log has.
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
