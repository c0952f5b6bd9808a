import type { Logger } from "pino";
import type { ServerOptions } from "./options.js";

/**
 * Writes a line for every backup whose links are given out: to whom, and of which backup, but never the
 * links themselves. It is written whatever level the log has.
 *
 * The method is replaced in place: reads belong to one operation, and the rest of the object keeps its
 * `this`.
 */
export const auditDownloads = (
  makeReads: ServerOptions["makeReads"],
  logger: Pick<Logger, "child">,
): typeof makeReads => {
  const audit = logger.child({}, { level: "info" });
  return (principal, operation) => {
    const reads = makeReads(principal, operation);
    const { downloads } = reads;
    reads.downloads = async (backup) => {
      const links = await downloads.call(reads, backup);
      const { requestId } = operation;
      const { id, provider } = backup;
      audit.info(
        { requestId, principal: principal.name, backup: id, provider, links: links.length },
        "Links to a backup were given out.",
      );
      return links;
    };
    return reads;
  };
};
