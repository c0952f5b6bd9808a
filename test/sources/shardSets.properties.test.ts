import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MappedBackup } from "../../src/domain/backup.js";
import type { ListItem } from "../../src/listing/askPage.js";
import { foldShards } from "../../src/sources/shardSets.js";

const HOUR = 3_600_000;
const RULE = { withinMs: 10 * 60_000, settlesMs: 6 * HOUR };

const rowOf = (set: number, node: number, lag: number, status: "SUCCEEDED" | "FAILED") => {
  const startedAt = 1e12 + set * HOUR + lag;
  const key = `${set}/${node}`;
  const mapped = {
    nativeId: key,
    status,
    vendorStatus: status,
    startedAt,
    finishedAt: startedAt,
    sizeBytes: 1,
    shard: `r-db-${node}`,
  };
  return {
    key,
    startedAt,
    finishedAt: startedAt,
    row: {},
    fault: null,
    mapped: mapped as unknown as MappedBackup,
  } as ListItem<MappedBackup>;
};

/** A set's nodes in the order in which they are listed, and how late each started. */
const lags = fc.array(fc.nat(9 * 60_000), { minLength: 3, maxLength: 3 });

/** Rows that say which backup they belong to, and how many shards it should have. */
const namedRow = (set: string, shard: string, at: number, instanceNativeId = "i") => {
  const row = rowOf(0, 0, at, "SUCCEEDED");
  const facts = { nativeId: set, shard, set, shardCount: 3, instanceNativeId };
  return {
    ...row,
    key: `${instanceNativeId}/${set}/${shard}`,
    mapped: { ...row.mapped, ...facts } as unknown as MappedBackup,
  };
};

describe("shard sets that have a name", () => {
  const fold = (rows: readonly ListItem<MappedBackup>[], now: number) =>
    foldShards(rows, RULE, null, now).map(({ mapped, items }) => [
      mapped.instanceNativeId,
      mapped.nativeId,
      mapped.startedAt,
      mapped.status,
      items.length,
    ]);

  test("are kept apart by name and instance, and keep their identity whichever row comes first", () => {
    const at = 1e12;
    fc.assert(
      fc.property(fc.shuffledSubarray(["0", "1", "2"], { minLength: 1 }), (shards) => {
        const rows = shards.flatMap((shard) => [
          namedRow("a", shard, 0),
          namedRow("b", shard, 0),
          namedRow("a", shard, 0, "j"),
        ]);
        const status = shards.length === 3 ? "SUCCEEDED" : "RUNNING";
        expect(fold(rows, at + HOUR).sort()).toEqual([
          ["i", "a", at, status, shards.length],
          ["i", "b", at, status, shards.length],
          ["j", "a", at, status, shards.length],
        ]);
      }),
    );
  });

  test("have failed if shards are still missing after a time, and start with their first shard", () => {
    const rows = [namedRow("a", "2", 0), namedRow("a", "1", 60_000)];
    expect(fold(rows, 1e12 + 7 * HOUR)).toEqual([["i", "a", 1e12, "FAILED", 2]]);
  });
});

describe("shard sets", () => {
  test("keep their id from the first time they are shown, in whatever order their rows are listed", () => {
    fc.assert(
      fc.property(lags, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (late, order) => {
        const rows = late.map((lag, node) => rowOf(0, node, lag, "SUCCEEDED"));
        const ids = order.flatMap((_, count) => {
          const listed = order.slice(0, count + 1).map((node) => rows[node] as (typeof rows)[0]);
          return foldShards(listed, RULE, 3, 1e12 + HOUR).map(({ mapped }) => mapped.nativeId);
        });
        expect(new Set(ids)).toEqual(new Set(["0/0"]));
      }),
    );
  });

  test("are ten minutes apart, and each is folded once", () => {
    fc.assert(
      fc.property(fc.array(lags, { minLength: 1, maxLength: 6 }), (sets) => {
        const rows = sets.flatMap((late, set) =>
          late.map((lag, node) => rowOf(set, node, lag, "SUCCEEDED")),
        );
        const now = 1e12 + 30 * HOUR;
        const folded = foldShards(rows, RULE, 3, now).map(({ mapped }) => [
          mapped.nativeId,
          mapped.shardCount,
        ]);
        expect(folded.sort()).toEqual(sets.map((_, set) => [`${set}/0`, 3]));
      }),
    );
  });

  test.each([
    { what: "without its first node waits", nodes: [1, 2], after: HOUR, shown: [] },
    {
      what: "that lacks a row is running",
      nodes: [0, 1],
      after: HOUR,
      shown: [["0/0", "RUNNING"]],
    },
    {
      what: "that lacks a row for six hours has failed",
      nodes: [1, 2],
      after: RULE.settlesMs + HOUR,
      shown: [["0/1", "FAILED"]],
    },
  ])("a set $what", ({ nodes, after, shown }) => {
    const rows = nodes.map((node) => rowOf(0, node, node, "SUCCEEDED"));
    const folded = foldShards(rows, RULE, 3, 1e12 + after).map(({ mapped }) => [
      mapped.nativeId,
      mapped.status,
    ]);
    expect(folded).toEqual(shown);
  });

  test("a failed shard makes the set a failure", () => {
    const rows = [rowOf(0, 0, 0, "SUCCEEDED"), rowOf(0, 1, 1, "FAILED")];
    expect(foldShards(rows, RULE, 2, 1e12)[0]?.mapped.status).toBe("FAILED");
  });
});
