import type { Backup, MappedBackup } from "../domain/backup.js";
import { backupId } from "../domain/id.js";
import type { Instance } from "../domain/instance.js";
import type { Row } from "../domain/row.js";
import { newestFirst, type Notice, type Slice } from "../paging/slice.js";
import type { SpanRead } from "../listing/read/span.js";
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
  const unique = [...new Map(items.map((item) => [item.key, item])).values()];
  const groupable = unique.filter(({ startedAt }) => startedAt === null || startedAt >= wholeFrom);
  const sets = foldShards(groupable, home.listing.shards ?? NO_SETS, home.shardCount, now).map(
    ({ mapped, items: shards }) => backupOf(mapped, { shards: shards.map(({ row }) => row) }, home),
  );
  const single = unique.flatMap(({ known, mapped, row }) => {
    if (known !== null) return [known];
    return mapped === null || mapped.shard !== null ? [] : [backupOf(mapped, row, home)];
  });
  const placed = [...sets, ...single].filter((backup) => backup !== null);
  const inside = placed.filter(({ startedAt }) => startedAt >= since && startedAt < until);
  const starting = unique.flatMap(({ mapped, row }) =>
    mapped === null || !isStarting(mapped)
      ? []
      : backupOf({ ...mapped, startedAt: now }, row, home),
  );
  return {
    rows: newestFirst(inside),
    notices: [...notices, ...faultsOf(unique)],
    starting: starting.filter((backup) => backup !== null),
  };
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

/** Notices for rows without a place. Native ids are no secret. */
function faultsOf(items: readonly ListItem<MappedBackup>[]): Notice[] {
  const unplaced = items.flatMap(({ mapped, startedAt, fault }) => {
    if (fault !== null) return [`A row was left out. ${fault}`];
    if (mapped === null || startedAt !== null || isStarting(mapped)) return [];
    return [`Backup ${mapped.nativeId} was left out because it has no start time yet.`];
  });
  return unplaced.map((message) => ({ code: "BAD_RESPONSE", message }));
}
