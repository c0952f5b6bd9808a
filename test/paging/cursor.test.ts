import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeId } from "../../src/domain/id.js";
import type { Key } from "../../src/domain/key.js";
import {
  CURSOR_LIMIT,
  decodeCursor,
  encodeCursor,
  fingerprintOf,
} from "../../src/paging/cursor.js";
import type { Debt } from "../../src/paging/debt.js";
import { closingKey, compareWalk, type Direction } from "../../src/paging/direction.js";
import { debtsOf } from "../../src/paging/owed.js";
import { makeSealer } from "../../src/paging/seal.js";

const KEY = Buffer.alloc(32, 1);
const sealer = makeSealer([KEY]);
const fingerprint = fingerprintOf(["backups", "x"]);
const NO_GROUPS = { groups: new Map<string, string[]>() };

const key: fc.Arbitrary<Key> = fc
  .record({ startedAt: fc.integer({ min: 1, max: 2e12 }), part: fc.string({ maxLength: 40 }) })
  .map(({ startedAt, part }) => ({ startedAt, id: encodeId("B", [part]) }));
const direction = fc.constantFrom<Direction>("newestFirst", "oldestFirst");

const cursorOf = (way: Direction, position: Key, debts: readonly Debt[] = [], groups = NO_GROUPS) =>
  encodeCursor(
    sealer,
    { fingerprint, direction: way, walkStart: 7, state: { position, debts } },
    groups,
  );

describe("a cursor", () => {
  test("keeps its row's place, in either direction", () => {
    fc.assert(
      fc.property(key, key, direction, direction, (row, other, made, used) => {
        const cursor = cursorOf(made, closingKey(made, row));
        const { position, walkStart } = decodeCursor(sealer, cursor, fingerprint, used);
        expect(walkStart).toBe(7);
        expect(cursor.length).toBeLessThan(200);
        // The row itself has been passed where the walk goes on, and is not met where it turns.
        const before = compareWalk(used, other, row) < 0;
        if (other.id !== row.id) expect(compareWalk(used, other, position) < 0).toBe(before);
        expect(compareWalk(used, row, position) <= 0).toBe(true);
      }),
    );
  });

  test("brings back what 100 sources owe from keys of their own, in 4,096 characters", () => {
    fc.assert(
      fc.property(fc.array(key, { minLength: 100, maxLength: 100 }), direction, (froms, way) => {
        const sources = froms.map((_, index) => ({ name: `p|g|i${index}` }));
        const far = { startedAt: way === "newestFirst" ? 0 : 3e12, id: "" };
        const debts = froms.map((from, index) => ({
          source: `p|g|i${index}`,
          from: closingKey(way, { ...from, id: from.id.slice(0, 12) }),
          to: null,
        }));
        const cursor = cursorOf(way, far, debts);
        expect(cursor.length).toBeLessThanOrEqual(CURSOR_LIMIT);
        const { owed, position } = decodeCursor(sealer, cursor, fingerprint, way);
        const owing = { sources, debtors: [], groups: new Map(), unsure: false };
        const back = debtsOf(owed, owing, { direction: way, position });
        const named = (list: readonly Debt[]) => new Map(list.map((debt) => [debt.source, debt]));
        expect(named(back)).toEqual(named(debts));
      }),
      { numRuns: 30 },
    );
  });

  describe("owing for groups of sources", () => {
    const many = Array.from({ length: 600 }, (_, index) => `p|g|i${index}`);
    const few = ["p|h|a", "p|h|b"];
    const groups = new Map([
      ["p|g|*", many],
      ["p|h|*", few],
    ]);
    const from = { startedAt: 5, id: "" };
    const position = { startedAt: 1, id: "" };
    const debtOf = (source: string, at = from): Debt => ({ source, from: at, to: null });
    const namedBy = (debts: Debt[]): number => {
      const cursor = cursorOf("newestFirst", position, debts, { groups });
      expect(cursor.length).toBeLessThanOrEqual(CURSOR_LIMIT);
      const { owed } = decodeCursor(sealer, cursor, fingerprint, "newestFirst");
      const sources = [...many, ...few].map((name) => ({ name }));
      const owing = { sources, debtors: [], groups, unsure: false };
      const found = debtsOf(owed, owing, { direction: "newestFirst", position });
      expect(new Set(found)).toEqual(new Set(debts));
      return owed.length;
    };

    test("names each source: whoever goes on may know of others in the group", () => {
      expect(namedBy(few.map((source) => debtOf(source)))).toBe(2);
    });

    test("names a group where it would be too long else, and all of its members owe the same", () => {
      const whole = many.map((source) => debtOf(source));
      expect(namedBy(whole)).toBe(1);
      expect(namedBy([...whole, debtOf("p|h|a"), debtOf("p|h|b")])).toBe(2);
      expect(namedBy([...whole, debtOf("p|h|a")])).toBe(2);
      const most = Array.from({ length: 70_000 }, (_, index) => debtOf(`p|m|i${index}`));
      const all = { groups: new Map([["p|m|*", most.map(({ source }) => source)]]) };
      expect(cursorOf("newestFirst", position, most, all).length).toBeLessThan(200);
      const other = { startedAt: 4, id: "" };
      expect(namedBy([...whole, debtOf("p|h|a"), debtOf("p|h|b", other)])).toBe(3);
    });
  });

  test("survives a restart, and a change of the sealing key", () => {
    const cursor = cursorOf("newestFirst", { startedAt: 5, id: "" });
    const rotated = makeSealer([Buffer.alloc(32, 2), KEY]);
    expect(decodeCursor(rotated, cursor, fingerprint, "newestFirst").position.startedAt).toBe(5);
    expect(() =>
      decodeCursor(makeSealer([Buffer.alloc(32, 2)]), cursor, fingerprint, "newestFirst"),
    ).toThrow(expect.objectContaining({ code: "CURSOR_INVALID" }));
  });

  test("of another list is a mismatch", () => {
    const cursor = cursorOf("newestFirst", { startedAt: 5, id: "" });
    expect(() => decodeCursor(sealer, cursor, fingerprintOf("other"), "newestFirst")).toThrow(
      expect.objectContaining({ code: "CURSOR_MISMATCH" }),
    );
  });

  test("that was changed anywhere, or never was one, is invalid", () => {
    const cursor = cursorOf("newestFirst", { startedAt: 5, id: "" });
    const changed = fc
      .record({ at: fc.nat(cursor.length - 1), letter: fc.constantFrom(..."AZaz09-_") })
      .map(({ at, letter }) => cursor.slice(0, at) + letter + cursor.slice(at + 1))
      .filter((text) => text !== cursor);
    const anything = fc.oneof(
      changed,
      fc.string(),
      fc.base64String(),
      fc.string({ size: "large" }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(() => decodeCursor(sealer, text, fingerprint, "newestFirst")).toThrow(
          expect.objectContaining({ code: "CURSOR_INVALID" }),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test("with a sealed body that means nothing is invalid and never a crash", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const body = Buffer.concat([Buffer.from([0]), fingerprint, Buffer.from(bytes)]);
        try {
          decodeCursor(sealer, sealer.seal(body), fingerprint, "newestFirst");
        } catch (error) {
          expect(error).toMatchObject({ code: "CURSOR_INVALID" });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
