import type { Backup, MappedBackup } from "../domain/backup.js";
import { backupId } from "../domain/id.js";
import type { Instance } from "../domain/instance.js";
import type { Row } from "../domain/row.js";
import { newestFirst, type Notice, type Slice } from "../paging/slice.js";
import type { SpanRead } from "../listing/read/layout.js";
import type { BackupListing, ShardRule } from "../listing/declaration.js";
import type { ListItem } from "../listing/askPage.js";
import { foldShards } from "./shardSets.js";

/** Of a list without shards. */
const NO_SETS: ShardRule = { withinMs: 0, settlesMs: 0 };

/** The place of a list's rows. */
export interface Home {
  readonly provider: string;
  readonly region: string;
  readonly listing: BackupListing;
  readonly shardCount: number | null;
  readonly byMember: ReadonlyMap<string, Pick<Instance, "nativeId">>;
  /** The clock by which rows start, minus ours. Units: milliseconds. */
  readonly offsetMs: number;
}

/**
 * Makes backups of the rows of a span.
 *
 * Order: newest first, each backup once. Rows of shards are folded. A row without a start, or one that
 * cannot be decoded, has no place in the order: it is left out with a notice that names it, or is among
 * `starting` while it is under way.
 */
export function backupsOf(
  { items, since, until, wholeFrom, notices }: SpanRead<ListItem<MappedBackup>>,
  home: Home,
  now: number,
): Required<Pick<Slice<Backup>, "rows" | "notices" | "starting">> {
  const rows: Backup[] = [];
  const starting: Backup[] = [];
  const faults: Notice[] = [];
  const shards: ListItem<MappedBackup>[] = [];
  const place = (backup: Backup | null): void => {
    if (backup !== null && backup.startedAt >= since && backup.startedAt < until) rows.push(backup);
  };
  for (const item of items) {
    const { known, mapped, row } = item;
    const fault = faultOf(item);
    if (fault !== null) faults.push({ code: "BAD_RESPONSE", message: fault });
    if (mapped === null) place(known);
    else if (isStarting(mapped)) {
      const backup = backupOf({ ...mapped, startedAt: now }, row, home);
      if (backup !== null) starting.push(backup);
    } else if (mapped.shard === null) place(backupOf(mapped, row, home));
    else if (item.startedAt === null || item.startedAt >= wholeFrom) shards.push(item);
  }
  const rule = home.listing.shards ?? NO_SETS;
  if (shards.length > 0) {
    const sets = foldShards(shards, rule, home.shardCount, now + home.offsetMs);
    for (const { mapped, items: set } of sets)
      place(backupOf(mapped, { shards: set.map(({ row }) => row) }, home));
  }
  return { rows: newestFirst(rows), notices: [...notices, ...faults], starting };
}

/** Whether a backup is under way and will get a start, and with it a place, later. */
const isStarting = ({ startedAt, status }: MappedBackup): boolean =>
  startedAt === null && status === "RUNNING";

function backupOf(mapped: MappedBackup, raw: Row, home: Home): Backup | null {
  const { startedAt } = mapped;
  if (startedAt === null) return null;
  const { provider, region, listing, byMember } = home;
  const { instanceNativeId, nativeId } = mapped;
  const owner = listing.ownedByMember?.(raw) ? byMember.get(instanceNativeId) : undefined;
  // Written out instead of spread: there are thousands of rows, and objects of one shape are small.
  return {
    // Of what the row names, because the owner of a member may leave its list.
    id: backupId({ provider, region, instanceNativeId, nativeId, startedAt }),
    startedAt,
    provider,
    region,
    zone: mapped.zone,
    instanceNativeId: owner?.nativeId ?? instanceNativeId,
    nativeId,
    name: mapped.name,
    status: mapped.status,
    vendorStatus: mapped.vendorStatus,
    trigger: mapped.trigger,
    method: mapped.method,
    kind: mapped.kind,
    finishedAt: mapped.finishedAt,
    expiresAt: mapped.expiresAt,
    sizeBytes: mapped.sizeBytes,
    shardCount: mapped.shardCount,
    engineVersion: mapped.engineVersion,
    locked: mapped.locked,
    encrypted: mapped.encrypted,
    remark: mapped.remark,
    failureReason: mapped.failureReason,
    listing: listing.name,
    raw,
  };
}

/** Why a row has no place; null if it has one or needs none. Native ids are no secret. */
function faultOf({ mapped, startedAt, fault }: ListItem<MappedBackup>): string | null {
  if (fault !== null) return `A row was left out. ${fault}`;
  if (mapped === null || startedAt !== null || isStarting(mapped)) return null;
  return `Backup ${mapped.nativeId} was left out because it has no start time yet.`;
}

/** The number of rows that are not backups. */
export const straysIn = (
  { isStray }: NonNullable<BackupListing["strays"]>,
  items: readonly ListItem<MappedBackup>[],
): number =>
  items.filter(
    ({ mapped, known, fault, row }) =>
      mapped === null && known === null && fault === null && isStray(row),
  ).length;
