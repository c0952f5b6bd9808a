import type { BackupFilter, BackupOrder } from "../../domain/filter.js";
import type { BackupStatus, BackupTrigger } from "../../domain/words.js";
import { instantShown } from "../columns.js";
import { makeRowWriter } from "../formats.js";
import { issueText } from "../issueText.js";
import type { ReadFlags } from "../options.js";
import { writeOut } from "../output.js";
import { startProgress } from "../progress.js";
import { scopeOf } from "../scope.js";
import { READ_DEADLINE_MS, withSession, type Session } from "../session.js";
import type { Surroundings } from "../surroundings.js";
import { BACKUP_COLUMNS } from "./backupColumns.js";
import { instanceIdsOf, type NamedInstances } from "./instanceIds.js";
import { walkBackups, type TakePage, type WalkedList } from "./walk.js";

/** Rows of one page, where the config allows that many. */
const PAGE_SIZE = 200;

/** The exit code of a list that is not complete. */
const INCOMPLETE = 3;

/** What `list` is given; instants are epoch milliseconds. */
export interface ListFlags extends ReadFlags {
  readonly status?: readonly BackupStatus[];
  readonly trigger?: readonly BackupTrigger[];
  readonly since?: number;
  readonly until?: number;
  readonly order: BackupOrder;
}

/** Writes all backups that the flags select; resolves to the exit code. */
export const list = (flags: ListFlags, surroundings: Surroundings): Promise<number> =>
  withSession(flags, surroundings, (session) => listIn(session, flags));

async function listIn(session: Session, flags: ListFlags): Promise<number> {
  const { config, surroundings, open } = session;
  const { stdout, stderr, ended } = surroundings;
  const pageSize = Math.min(PAGE_SIZE, config.limits.first);
  const writer = makeRowWriter(flags.format, BACKUP_COLUMNS);
  const seen = { rows: 0, at: null as number | null, missing: 0 };
  const progress = await startProgress(surroundings, () => progressText(seen));
  const take: TakePage = async (edges, issues) => {
    seen.rows += edges.length;
    seen.at = edges.at(-1)?.node.startedAt ?? seen.at;
    seen.missing = issues.length;
    await progress.aside(() => writeOut(stdout, writer.rows(edges)));
  };
  try {
    const named = await namedInstances(session, flags, pageSize);
    if (named !== null && named.unlisted.length > 0)
      stderr.write(`Not in the instance lists: ${named.unlisted.join(", ")}.\n`);
    const walked: WalkedList = { filter: filterOf(flags, named), order: flags.order, pageSize };
    const ports = { ...surroundings, open, signal: ended, deadlineMs: READ_DEADLINE_MS };
    const missing = [...(named?.issues ?? []), ...(await walkBackups(ports, walked, take))];
    progress.stop();
    await writeOut(stdout, writer.end());
    if (seen.rows === 0 && missing.length === 0) stderr.write("No backup matches.\n");
    if (missing.length === 0) return 0;
    stderr.write(`The list is not complete:\n${issueText(missing)}`);
    return INCOMPLETE;
  } finally {
    progress.stop();
  }
}

const progressText = ({
  rows,
  at,
  missing,
}: {
  readonly rows: number;
  readonly at: number | null;
  readonly missing: number;
}): string => {
  const reached = at === null ? "" : `, at ${instantShown(at)}`;
  const without = missing === 0 ? "" : `, ${missing} sources missing`;
  return `${rows} backups${reached}${without}`;
};

/** The instances that `--instance` names; null where it is not given. */
async function namedInstances(
  { open }: Session,
  flags: ListFlags,
  pageSize: number,
): Promise<NamedInstances | null> {
  const reads = open();
  const scope = await scopeOf(reads, flags);
  return flags.instance === undefined
    ? null
    : instanceIdsOf(flags.instance, reads, scope, pageSize);
}

const filterOf = (flags: ListFlags, named: NamedInstances | null): BackupFilter => ({
  vendors: flags.vendor ?? null,
  providers: flags.provider ?? null,
  regions: flags.region ?? null,
  instanceIds: named?.ids ?? null,
  statuses: flags.status ?? null,
  triggers: flags.trigger ?? null,
  startedAfter: flags.since ?? null,
  startedBefore: flags.until ?? null,
});
