import {
  areDimensions,
  type BackupDimension,
  type BackupStats,
  type StatsBucket,
  type StatsKey,
} from "../domain/stats.js";
import type { Reads } from "../domain/reads.js";
import { totalOf } from "../server/observe/notes.js";
import { UsageError, type CommandContext } from "./context.js";
import { endOf, filterOf, selectedInstances } from "./list/list.js";
import { Patience } from "./list/walk.js";
import { checkRange, type BackupFlags } from "./options.js";
import { writeOut } from "./output.js";
import {
  foldedLines,
  instantColumn,
  makeRowWriter,
  sizeColumn,
  sizeShown,
  type Column,
} from "./rows.js";
import { namesOf } from "./scope.js";
import { unreadText, withSession, type Session } from "./session.js";

/** The flags of `stats`. */
interface StatsFlags extends BackupFlags {
  readonly by: readonly BackupDimension[];
  readonly timeZone: string;
}

/** A group as the command writes it. */
interface StatsRow extends StatsBucket {
  readonly instanceName: string | null;
}

/**
 * Counts the backups that match the flags, by group. Returns the exit code.
 * @throws {UsageError} if the flags contradict each other.
 */
export const stats = async (flags: StatsFlags, context: CommandContext): Promise<number> => {
  checkRange(flags, context.now());
  if (!areDimensions(flags.by))
    throw new UsageError("Expected --by to have one to three different dimensions.");
  return withSession(flags, context, (session) => statsIn(session, flags));
};

async function statsIn(session: Session, flags: StatsFlags): Promise<number> {
  const { stdout } = session.context;
  const made: Reads[] = [];
  const progress = await session.progress(() => {
    const { calls } = totalOf(made.flatMap((reads) => reads.calls()));
    return `${calls} vendor calls${unreadText(session, flags)}`;
  });
  const selected = await selectedInstances(session, flags);
  const query = { filter: filterOf(flags, selected), by: flags.by, timeZone: flags.timeZone };
  const counted = await completeStats(session, flags, (reads) => {
    made.push(reads);
    return reads.backupStats(query);
  });
  const rows = await namedRows(session, counted.buckets);
  progress.stop();
  await writeOut(stdout, makeRowWriter(flags.format, columnsOf(flags.by), stdout)(rows));
  const { count } = counted.total;
  if (count > 0 && flags.format === "table")
    await writeOut(stdout, foldedLines(totalText(counted), stdout));
  const { issues } = counted;
  return endOf(session.context, { what: "The figures are", count, issues }, flags, selected);
}

async function namedRows(
  { open }: Session,
  buckets: readonly StatsBucket[],
): Promise<readonly StatsRow[]> {
  const refs = buckets.map(({ keys }) => keys.find(({ instance }) => instance)?.instance ?? null);
  const known = refs.filter((ref) => ref !== null);
  const found = await namesOf(open)(known);
  return buckets.map((bucket, at) => {
    const ref = refs[at];
    return { ...bucket, instanceName: ref ? (found[known.indexOf(ref)] ?? null) : null };
  });
}

/** Repeats a query for a limited time while sources are missing that may be read later. */
async function completeStats(
  { open, context }: Session,
  { wait }: BackupFlags,
  read: (reads: Reads) => Promise<BackupStats>,
): Promise<BackupStats> {
  const { now, sleep, interrupted: signal } = context;
  const patience = new Patience({ now, sleep, signal }, wait);
  for (;;) {
    const counted = await read(open());
    signal.throwIfAborted();
    if (counted.complete) return counted;
    if (!(await patience.waitFor(counted.issues))) return counted;
  }
}

function totalText({ total }: BackupStats): string {
  const { count, sizeBytes, sizedCount } = total;
  const size = count > 0 && sizedCount === 0 ? "" : `, ${sizeShown(sizeBytes)}`;
  const unsized = sizedCount < count ? `, ${count - sizedCount} of unknown size` : "";
  return `Total: ${count} backup${count === 1 ? "" : "s"}${size}${unsized}\n`;
}

/** The columns of `stats`, named as in the GraphQL schema. */
const columnsOf = (by: readonly BackupDimension[]): readonly Column<StatsRow>[] => [
  ...by.flatMap((dimension, index) => keyColumns(dimension, index, by)),
  { name: "count", title: "BACKUPS", align: "right", of: ({ count }) => count },
  {
    ...sizeColumn(({ sizeBytes }) => sizeBytes),
    shown: ({ sizeBytes, sizedCount }) => sizeShown(sizedCount === 0 ? null : sizeBytes),
  },
  { name: "sizedCount", of: ({ sizedCount }) => sizedCount },
  instantColumn("firstStartedAt", "FIRST STARTED", ({ firstStartedAt }) => firstStartedAt),
  instantColumn("lastStartedAt", "LAST STARTED", ({ lastStartedAt }) => lastStartedAt),
];

/** An instance has its provider beside it, because only both together name it. */
function keyColumns(
  dimension: BackupDimension,
  index: number,
  by: readonly BackupDimension[],
): readonly Column<StatsRow>[] {
  const column = (name: string, of: (key: StatsKey) => string | null): Column<StatsRow> => ({
    name,
    title: name.replace(/[A-Z]/, " $&").toUpperCase(),
    of: ({ keys }) => {
      const key = keys[index];
      return key === undefined ? null : of(key);
    },
  });
  if (dimension !== "INSTANCE") return [column(NAMES[dimension], ({ value }) => value)];
  const provider = column("provider", (key) => key.provider);
  return [
    ...(by.includes("PROVIDER") ? [] : [provider]),
    {
      ...column("instanceNativeId", ({ instance }) => instance?.nativeId ?? null),
      title: "INSTANCE",
    },
    { name: "instanceName", title: "NAME", of: ({ instanceName }) => instanceName },
    { name: "instanceId", of: ({ keys }) => keys[index]?.value ?? null },
  ];
}

const NAMES: Readonly<Record<Exclude<BackupDimension, "INSTANCE">, string>> = {
  DAY: "day",
  WEEK: "week",
  MONTH: "month",
  STATUS: "status",
  TRIGGER: "trigger",
  VENDOR: "vendor",
  PROVIDER: "provider",
  REGION: "region",
  ENGINE_VERSION: "engineVersion",
};
