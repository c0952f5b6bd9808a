import type { Backup } from "../../domain/backup.js";
import type { Edge, SourceIssue } from "../../domain/connection.js";
import { durationOf } from "../../domain/duration.js";
import { type BackupFilter, type BackupOrder, EVERY_BACKUP } from "../../domain/filter.js";
import { UsageError, type CommandContext } from "../context.js";
import { issueText } from "../issueText.js";
import { checkRange, type BackupFlags } from "../options.js";
import { writeOut } from "../output.js";
import {
  instantColumn,
  instantShown,
  instantText,
  makeRowWriter,
  sizeColumn,
  type Column,
} from "../rows.js";
import {
  everywhere,
  idsOf,
  namedInstances,
  namesOf,
  nearestHint,
  scopeOf,
  type NamedInstances,
} from "../scope.js";
import { READ_DEADLINE_MS, unreadText, withSession, type Session } from "../session.js";
import { followBackups, walkBackups, type TakePage, type WalkedList } from "./walk.js";

/** Rows of one page, unless the config allows fewer. */
const PAGE_SIZE = 200;

/** The exit code of an incomplete list. */
const INCOMPLETE = 3;

/** The flags of `list`. */
interface ListFlags extends BackupFlags {
  /** Newest first by default; with `follow`, only oldest first. */
  readonly order?: BackupOrder;
  readonly follow?: boolean;
}

/** A backup as the command writes it. */
interface BackupRow extends Edge<Backup> {
  readonly instanceName: string | null;
}

const pageSizeOf = ({ limits }: Session["config"]): number => Math.min(PAGE_SIZE, limits.first);

/** What the command has written so far. */
interface Written {
  rows: number;
  /** The start of the last row. */
  at: number | null;
  missing: number;
}

/**
 * Writes all backups that match the flags. Returns the exit code.
 * @throws {UsageError} if the flags contradict each other.
 */
export async function list(flags: ListFlags, context: CommandContext): Promise<number> {
  checkRange(flags, context.now());
  if (flags.follow === true && flags.until !== undefined)
    throw new UsageError("--follow has no end, so it does not work together with --until.");
  if (flags.follow === true && flags.order === "STARTED_AT_DESC")
    throw new UsageError(
      "--follow writes the oldest backups first, so --order desc is impossible.",
    );
  return withSession(flags, context, (session) => listIn(session, flags));
}

/** The shortest time between two polls, in milliseconds. */
const SHORTEST_POLL_MS = 1_000;

async function listIn(session: Session, flags: ListFlags): Promise<number> {
  const { config, context, open } = session;
  const { stdout, stderr, interrupted } = context;
  const pageSize = pageSizeOf(config);
  const writer = makeRowWriter(flags.format, BACKUP_COLUMNS, stdout);
  const written: Written = { rows: 0, at: null, missing: 0 };
  const progress = await session.progress(() => progressText(written) + unreadText(session, flags));
  const names = namesOf(open);
  const take: TakePage = async (edges, issues) => {
    const refs = edges.map(({ node }) => ({ ...node, nativeId: node.instanceNativeId }));
    const named = await names(refs);
    const rows = edges.map((edge, at) => ({ ...edge, instanceName: named[at] ?? null }));
    written.rows += edges.length;
    written.at = edges.at(-1)?.node.startedAt ?? written.at;
    written.missing = issues.length;
    await progress.aside(() => writeOut(stdout, writer(rows)));
  };
  const selected = await selectedInstances(session, flags);
  const { order = flags.follow === true ? "STARTED_AT_ASC" : "STARTED_AT_DESC" } = flags;
  const waitMs = flags.follow === true ? 0 : flags.wait;
  const walked: WalkedList = { filter: filterOf(flags, selected), order, pageSize, waitMs };
  const ports = { ...context, open, signal: interrupted, deadlineMs: READ_DEADLINE_MS };
  if (flags.follow === true) {
    const pollMs = Math.max(SHORTEST_POLL_MS, config.cache.ttlMs);
    const onRound = reportChanges(stderr, selected?.issues ?? []);
    return followBackups(ports, { list: walked, take, onRound, pollMs });
  }
  const issues = await walkBackups(ports, walked, take);
  progress.stop();
  return endOf(context, { what: "The list is", count: written.rows, issues }, flags, selected);
}

/** What a command has read. */
interface Ended {
  /** The subject and verb of a message about what is missing. */
  readonly what: string;
  /** The number of backups. */
  readonly count: number;
  readonly issues: readonly SourceIssue[];
}

/**
 * Says what is missing, or that there is nothing. Returns the exit code.
 * @throws {UsageError} if the only named instances are in no list and have no backup at all.
 */
export function endOf(
  { stderr }: CommandContext,
  { what, count, issues }: Ended,
  flags: BackupFlags,
  selected: SelectedInstances | null,
): number {
  const missing = [...(selected?.issues ?? []), ...issues];
  if (missing.length > 0) {
    stderr.write(`${what} incomplete:\n${issueText(missing)}`);
    return INCOMPLETE;
  }
  if (count > 0) return 0;
  const { status, trigger, since, until, instance, tag } = flags;
  const [name] = selected?.unlisted ?? [];
  const isFiltered = [status, trigger, since, until, tag].some((flag) => flag !== undefined);
  if (name !== undefined && selected?.unlisted.length === instance?.length && !isFiltered)
    throw new UsageError(
      `There is no instance ${name}, and no backup of one.${nearestHint(name, selected?.known ?? [])}`,
    );
  stderr.write("No backup matches.\n");
  return 0;
}

/** Reports what is missing from a list that is followed, whenever that changes. */
function reportChanges(
  stderr: CommandContext["stderr"],
  always: readonly SourceIssue[],
): (issues: readonly SourceIssue[]) => void {
  let reported = "";
  return (issues) => {
    const text = issueText([...always, ...issues]);
    if (text === reported) return;
    reported = text;
    stderr.write(
      text === "" ? "The list is complete again.\n" : `The list is incomplete:\n${text}`,
    );
  };
}

function progressText({ rows, at, missing }: Written): string {
  const reached = at === null ? "" : `, at ${instantShown(at)}`;
  const without = missing === 0 ? "" : `, ${missing} sources missing`;
  return `${rows} backups${reached}${without}`;
}

/** The instances that `--instance` selects, as the filter names them. */
interface SelectedInstances extends Omit<NamedInstances, "found"> {
  readonly ids: readonly string[];
}

/** Null without `--instance`. A deleted instance is in no list, so its id is tried everywhere. */
export async function selectedInstances(
  { open, config, context: { stderr, interrupted } }: Session,
  flags: BackupFlags,
): Promise<SelectedInstances | null> {
  const reads = open();
  const scope = await scopeOf(reads, flags);
  if (flags.instance === undefined) return null;
  const pageSize = pageSizeOf(config);
  const named = await namedInstances(flags.instance, reads, { scope, pageSize });
  interrupted.throwIfAborted();
  const { found, unlisted } = named;
  if (unlisted.length > 0) stderr.write(`Not in the instance lists: ${unlisted.join(", ")}.\n`);
  const refs = [...found, ...unlisted.flatMap((nativeId) => everywhere(nativeId, scope))];
  return {
    ...named,
    ids: idsOf(refs),
    issues: unlisted.length === 0 ? [] : named.issues,
  };
}

/** The filter of the flags. */
export const filterOf = (flags: BackupFlags, selected: SelectedInstances | null): BackupFilter => ({
  ...EVERY_BACKUP,
  vendors: flags.vendor ?? null,
  providers: flags.provider ?? null,
  regions: flags.region ?? null,
  tags: flags.tag ?? null,
  instanceIds: selected?.ids ?? null,
  statuses: flags.status ?? null,
  triggers: flags.trigger ?? null,
  startedAfter: flags.since ?? null,
  startedBefore: flags.until ?? null,
});

const field = (name: keyof Omit<Backup, "raw">): Column<BackupRow> => ({
  name,
  of: ({ node }) => node[name],
});

const instant = (name: "finishedAt" | "expiresAt"): Column<BackupRow> => ({
  name,
  of: ({ node }) => instantText(node[name]),
});

const durationText = ({ startedAt, finishedAt }: Backup): string | null =>
  finishedAt === null ? null : durationOf(finishedAt - startedAt);

/** The columns of `list`, named as in the GraphQL schema. */
export const BACKUP_COLUMNS: readonly Column<BackupRow>[] = [
  instantColumn("startedAt", "STARTED", ({ node }) => node.startedAt),
  { ...field("provider"), title: "PROVIDER" },
  { ...field("region"), title: "REGION" },
  { ...field("instanceNativeId"), title: "INSTANCE" },
  { name: "instanceName", title: "NAME", of: ({ instanceName }) => instanceName },
  { ...field("nativeId"), title: "BACKUP" },
  { ...field("status"), title: "STATUS" },
  { ...field("trigger"), title: "TRIGGER" },
  sizeColumn(({ node }) => node.sizeBytes),
  field("id"),
  field("zone"),
  field("name"),
  field("vendorStatus"),
  field("method"),
  field("kind"),
  instant("finishedAt"),
  instant("expiresAt"),
  { name: "duration", of: ({ node }) => durationText(node) },
  field("shardCount"),
  field("engineVersion"),
  field("locked"),
  field("remark"),
  { name: "late", of: ({ late }) => late },
];
