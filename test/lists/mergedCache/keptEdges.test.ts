import { expect, test } from "vitest";
import type { Key } from "../../../src/domain/key.js";
import type { Walk } from "../../../src/lists/walk.js";
import { KeptEdges, RowEdge } from "../../../src/lists/mergedCache/keptEdges.js";

const walk = (parts: Partial<Walk> = {}): Walk => ({
  direction: "newestFirst",
  backwards: false,
  size: 1,
  walkStart: 1_000,
  position: { startedAt: 0, id: "" },
  first: null,
  end: null,
  owed: [],
  fingerprint: Buffer.from("12345678"),
  resumed: false,
  ...parts,
});

const row = (startedAt: number): Key => ({ startedAt, id: "a" });

test("an edge is made once for all pages of a walk, and its cursor when it is asked for", () => {
  const kept = new KeptEdges(10);
  let sealed = 0;
  const make = (one: Key) => new RowEdge(one, false, one, () => `cursor ${(sealed += 1)}`);
  const a = row(1);
  const first = kept.of(walk(), make)(a);
  expect(sealed).toBe(0);
  const again = kept.of(walk({ size: 5, resumed: true }), make)(a);
  expect([again, first.cursor, again.cursor, sealed]).toEqual([first, "cursor 1", "cursor 1", 1]);
});

test.each([
  ["another list", { fingerprint: Buffer.from("87654321") }],
  ["another start", { walkStart: 2_000 }],
  ["the other direction", { direction: "oldestFirst" }],
] as const)("an edge of %s is another", (_, parts) => {
  const kept = new KeptEdges(10);
  const make = (one: Key) => new RowEdge(one, false, one, () => "");
  const a = row(1);
  expect(kept.of(walk(parts), make)(a)).not.toBe(kept.of(walk(), make)(a));
});

test("no more edges are kept than are allowed", () => {
  const kept = new KeptEdges(3);
  const make = (one: Key) => new RowEdge(one, false, one, () => "");
  const rows = [1, 2, 3, 4, 5].map(row);
  const edges = rows.map((one) => kept.of(walk(), make)(one));
  const again = rows.toReversed().map((one) => kept.of(walk(), make)(one));
  expect(again.map((edge, i) => edge === edges.at(-1 - i))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
