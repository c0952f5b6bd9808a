import { describe, expect, test } from "vitest";
import { makeRandom } from "../../../src/clouds/estate/random.js";
import { rowOf } from "../../../src/clouds/estate/rows.js";
import { shardSetsOf } from "../../../src/clouds/estate/shardSets.js";
import type { BackupRow } from "../../../src/clouds/estate/types.js";
import { alibabaInstance } from "../askCloud.js";

const START = Date.parse("2026-03-10T03:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const random = makeRandom(3);
const cluster = alibabaInstance({ architecture: "cluster", shardCount: 3, nativeId: "r-c" });
const shard = (number: number, startedAt = START, status = "Success"): BackupRow =>
  rowOf(cluster, { startedAt, status, shard: `r-c-db-${number}` }, random);

const shown = (rows: readonly BackupRow[], now: number, shards = 3) =>
  shardSetsOf(rows, shards, now).map(({ lead, status, rows: parts }) => ({
    node: lead.shard,
    at: lead.startedAt,
    status,
    parts: parts.length,
  }));

describe("a set of shards", () => {
  test.each([
    {
      what: "is one good backup when every shard is there",
      rows: [shard(2), shard(0, START + MINUTE), shard(1)],
      now: START + HOUR,
      set: { node: "r-c-db-0", at: START + MINUTE, status: "SUCCEEDED", parts: 3 },
    },
    {
      what: "is failed when one shard is, however young",
      rows: [shard(0), shard(1, START, "Failed")],
      now: START + MINUTE,
      set: { node: "r-c-db-0", at: START, status: "FAILED", parts: 2 },
    },
    {
      what: "with shards to come is running for six hours",
      rows: [shard(0), shard(2)],
      now: START + 6 * HOUR - 1,
      set: { node: "r-c-db-0", at: START, status: "RUNNING", parts: 2 },
    },
    {
      what: "with shards missing after six hours is failed",
      rows: [shard(0), shard(2)],
      now: START + 6 * HOUR,
      set: { node: "r-c-db-0", at: START, status: "FAILED", parts: 2 },
    },
    {
      what: "without its first node is named after the lowest that is there, once it is old",
      rows: [shard(2), shard(1)],
      now: START + 6 * HOUR,
      set: { node: "r-c-db-1", at: START, status: "FAILED", parts: 2 },
    },
  ])("$what", ({ rows, now, set }) => {
    expect(shown(rows, now)).toEqual([set]);
  });

  test("without its first node is not listed while it is young", () => {
    expect(shown([shard(1), shard(2)], START + 6 * HOUR - 1)).toEqual([]);
  });

  test("counts its six hours from the earliest start", () => {
    const rows = [shard(0, START + 9 * MINUTE), shard(1)];
    expect(shown(rows, START + 6 * HOUR)).toMatchObject([{ status: "FAILED" }]);
  });

  test("takes node 2 for lower than node 10", () => {
    const rows = [shard(10), shard(2)];
    expect(shown(rows, START + 7 * HOUR, 12)).toMatchObject([{ node: "r-c-db-2" }]);
  });

  test("spans ten minutes and not a second more", () => {
    const now = START + 7 * HOUR;
    expect(shown([shard(0), shard(1, START + 10 * MINUTE)], now, 2)).toHaveLength(1);
    expect(shown([shard(0), shard(1, START + 10 * MINUTE + 1000)], now, 2)).toHaveLength(2);
  });

  test("never holds a node twice", () => {
    const rows = [shard(0), shard(0, START + MINUTE), shard(1), shard(1, START + MINUTE)];
    expect(shown(rows, START + 7 * HOUR, 2)).toEqual([
      { node: "r-c-db-0", at: START, status: "SUCCEEDED", parts: 2 },
      { node: "r-c-db-0", at: START + MINUTE, status: "SUCCEEDED", parts: 2 },
    ]);
  });
});
