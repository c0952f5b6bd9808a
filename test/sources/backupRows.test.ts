import { expect, test } from "vitest";
import type { MappedBackup } from "../../src/domain/backup.js";
import type { ListItem } from "../../src/listing/askPage.js";
import type { BackupListing } from "../../src/listing/declaration.js";
import { newListingMemory, newSourceMemory } from "../../src/listing/read/evidence.js";
import { readSpan } from "../../src/listing/read/readSpan.js";
import { backupsOf } from "../../src/sources/backupRows.js";

const STARTED = 1e12;

const item = (
  key: string,
  shard: string | null,
  sizeBytes: number,
  startedAt = STARTED,
): ListItem<MappedBackup> => ({
  key,
  startedAt,
  finishedAt: STARTED,
  row: {},
  known: null,
  fault: null,
  mapped: {
    instanceNativeId: "i",
    nativeId: key,
    status: "SUCCEEDED",
    startedAt,
    finishedAt: STARTED,
    shard,
    sizeBytes,
  } as MappedBackup,
});

test.each([
  { shard: null, order: "unknown", next: null },
  { shard: "r-db-0", order: "unknown", next: null },
  { shard: null, order: "newestFirst", next: "more" },
] as const)(
  "a row that a page repeats is one backup, as the later one says (shard: $shard, order: $order)",
  async ({ shard, order, next }) => {
    const rows = [item("a", shard, 1), item("b", null, 1), item("a", shard, 2)];
    const last = item("c", null, 3, STARTED - 1);
    const read = await readSpan({
      ask: async () => ({ rows: next === null ? rows : [...rows, last], total: null, next }),
      shape: {
        page: { style: "token", token: "token", size: "size", max: 100 },
        window: null,
        defaultSize: 100,
        order,
        counts: "none",
      },
      memory: newListingMemory(),
      scanRows: 100,
      source: newSourceMemory(),
      instant: Infinity,
      direction: "newestFirst",
      bounds: { lowest: 0, newest: Infinity },
      groupMs: 0,
      isTooWide: () => false,
    });
    const listing = { name: "backups", shards: { withinMs: 1_000, settlesMs: 0 } };
    const home = {
      provider: "ops/redis",
      region: "here",
      listing: listing as unknown as BackupListing,
      shardCount: 1,
      byMember: new Map(),
      offsetMs: 0,
    };
    const backups = backupsOf(read, home, STARTED + 1).rows;
    expect(backups.map(({ sizeBytes }) => sizeBytes).sort()).toEqual([1, 2]);
  },
);
