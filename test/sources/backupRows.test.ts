import { expect, test } from "vitest";
import type { MappedBackup } from "../../src/domain/backup.js";
import type { ListItem } from "../../src/listing/askPage.js";
import type { BackupListing } from "../../src/listing/declaration.js";
import { backupsOf } from "../../src/sources/backupRows.js";

const STARTED = 1e12;

const item = (key: string, shard: string | null, sizeBytes: number): ListItem<MappedBackup> => ({
  key,
  startedAt: STARTED,
  finishedAt: STARTED,
  row: {},
  known: null,
  fault: null,
  mapped: {
    instanceNativeId: "i",
    nativeId: key,
    status: "SUCCEEDED",
    startedAt: STARTED,
    finishedAt: STARTED,
    shard,
    sizeBytes,
  } as MappedBackup,
});

test.each([null, "r-db-0"])(
  "a row that a page repeats is one backup, as the later one says (shard: %s)",
  (shard) => {
    const read = {
      items: [item("a", shard, 1), item("b", null, 1), item("a", shard, 2)],
      since: 0,
      until: Infinity,
      wholeFrom: 0,
      notices: [],
    };
    const listing = { name: "backups", shards: { withinMs: 1_000, settlesMs: 0 } };
    const home = {
      provider: "ops/redis",
      region: "here",
      listing: listing as unknown as BackupListing,
      shardCount: 1,
      byMember: new Map(),
    };
    const { rows } = backupsOf(read, home, STARTED + 1);
    expect(rows.map(({ sizeBytes }) => sizeBytes).sort()).toEqual([1, 2]);
  },
);
