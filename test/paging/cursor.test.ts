import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeId, type Key } from "../../src/domain/id.js";
import {
  type CursorContent,
  CursorKey,
  Cursors,
  fingerprintOf,
  type HashName,
} from "../../src/paging/cursor.js";
import type { Debt } from "../../src/paging/debt.js";
import { closingKey, compareWalk, type Direction } from "../../src/paging/direction.js";
import { debtsOf, hasUnknown, type Owing } from "../../src/paging/owed.js";
import { runs } from "../runs.js";

const SECRET = Buffer.alloc(32, 1);
const LIMIT = 131_072;
const cursors = new Cursors([SECRET], LIMIT);
const fingerprint = fingerprintOf(["backups", "x"]);

const key: fc.Arbitrary<Key> = fc
  .record({ startedAt: fc.integer({ min: 1, max: 2e12 }), part: fc.string({ maxLength: 40 }) })
  .map(({ startedAt, part }) => ({ startedAt, id: encodeId("B", [part]) }));
const direction = fc.constantFrom<Direction>("newestFirst", "oldestFirst");

const owingOf = (names: readonly string[], more: Partial<Owing> = {}): Owing => ({
  sources: names.map((name) => ({ name })),
  debtors: [],
  aliases: new Map(),
  unsure: false,
  ...more,
});

const POSITION = { startedAt: 1, id: "" };
const FROM = { startedAt: 5, id: "" };

const contentOf = (debts: readonly Debt[], position = POSITION): CursorContent => ({
  fingerprint,
  direction: "newestFirst",
  walkStart: 7,
  state: { position, debts },
});

const debtOf = (source: string, from: Key = FROM): Debt => ({ source, from, to: null });

const bySource = (debts: readonly Debt[]): Debt[] =>
  [...debts].sort((a, b) => (a.source < b.source ? -1 : 1));

/** A cursor with these debts, made among `maker` and read among `reader`. */
function carried(debts: readonly Debt[], maker: Owing, reader = maker, using = cursors): Debt[] {
  const text = using.encode(contentOf(debts), maker) as string;
  const { owed, position } = using.decode(text, fingerprint, "newestFirst");
  return debtsOf(owed, reader, { direction: "newestFirst", position });
}

const invalid = expect.objectContaining({ code: "CURSOR_INVALID" });

describe("a cursor", () => {
  test("keeps its row's place, in either direction", () => {
    fc.assert(
      fc.property(key, key, direction, direction, (row, other, made, used) => {
        const content = { ...contentOf([], closingKey(made, row)), direction: made };
        const cursor = cursors.encode(content, owingOf([])) as string;
        const { position, walkStart } = cursors.decode(cursor, fingerprint, used);
        expect(walkStart).toBe(7);
        expect(cursor.length).toBeLessThan(100);
        // The row itself has been passed if the walk goes on, and is not met if the walk turns.
        const before = compareWalk(used, other, row) < 0;
        if (other.id !== row.id) expect(compareWalk(used, other, position) < 0).toBe(before);
        expect(compareWalk(used, row, position) <= 0).toBe(true);
      }),
    );
  });

  test("brings back the debts of any sources, in the same text whatever their order", () => {
    const debt = fc.record({
      source: fc.string({ minLength: 1, maxLength: 20 }).filter((name) => !name.startsWith("#")),
      from: key.filter(({ startedAt }) => startedAt > 2),
      bound: fc.option(fc.integer({ min: 1, max: 2e12 })),
    });
    const debts = fc
      .uniqueArray(debt, { selector: ({ source }) => source, maxLength: 40 })
      .map((list) =>
        list.map(({ source, from, bound }): Debt => {
          const to = bound === null ? null : { startedAt: bound % from.startedAt, id: "" };
          return { source, from: { ...from, id: from.id.slice(0, 12) }, to };
        }),
      );
    fc.assert(
      fc.property(debts, fc.array(fc.string(), { maxLength: 20 }), (list, others) => {
        const owing = owingOf([...list.map(({ source }) => source), ...others]);
        expect(bySource(carried(list, owing))).toEqual(bySource(list));
        const [text, reversed] = [list, [...list].reverse()].map((some) =>
          cursors.encode(contentOf(some), owing),
        );
        expect(text).toBe(reversed);
      }),
    );
  });

  /** Names of sources begin with the key of a provider. */
  const sourcePrefix = fc.string({ maxLength: 10 }).map((text) => `p${text}`);

  test("names 2,000 sources that are owed from one key within 8,000 characters", () => {
    fc.assert(
      fc.property(sourcePrefix, fc.nat(4_000), (prefix, extra) => {
        const names = Array.from({ length: 2_000 + extra }, (_, index) => `${prefix}|g|i${index}`);
        const debts = names.slice(0, 2_000).map((name) => debtOf(name));
        const owing = owingOf(names);
        expect(cursors.encode(contentOf(debts), owing)?.length).toBeLessThan(8_000);
        expect(bySource(carried(debts, owing))).toEqual(bySource(debts));
      }),
      runs(5),
    );
  });

  test("is never longer than the limit", () => {
    const names = Array.from({ length: 300 }, (_, index) => `p|g|i${index}`);
    const owing = owingOf(names);
    const content = contentOf(names.map((name, at) => debtOf(name, { startedAt: at + 5, id: "" })));
    const { length } = cursors.encode(content, owing) as string;
    expect(new Cursors([SECRET], length).encode(content, owing)).toHaveLength(length);
    expect(new Cursors([SECRET], length - 1).encode(content, owing)).toBeNull();
    const text = cursors.encode(content, owing) as string;
    expect(() =>
      new Cursors([SECRET], length - 1).decode(text, fingerprint, "newestFirst"),
    ).toThrow(invalid);
  });

  test("survives a restart and a new first secret", () => {
    const cursor = cursors.encode(contentOf([debtOf("a")]), owingOf(["a"])) as string;
    const rotated = new Cursors([Buffer.alloc(32, 2), SECRET], LIMIT);
    const { position, owed } = rotated.decode(cursor, fingerprint, "newestFirst");
    const standing = { direction: "newestFirst", position } as const;
    expect(debtsOf(owed, owingOf(["a", "b"]), standing)).toEqual([debtOf("a")]);
    // The next cursor needs the first secret only.
    const next = rotated.encode(contentOf([debtOf("a")]), owingOf(["a"])) as string;
    const later = new Cursors([Buffer.alloc(32, 2)], LIMIT);
    expect(later.decode(next, fingerprint, "newestFirst").position).toEqual(POSITION);
    expect(() => later.decode(cursor, fingerprint, "newestFirst")).toThrow(invalid);
  });

  test("of another list is a mismatch", () => {
    const cursor = cursors.encode(contentOf([]), owingOf([])) as string;
    expect(() => cursors.decode(cursor, fingerprintOf("other"), "newestFirst")).toThrow(
      expect.objectContaining({ code: "CURSOR_MISMATCH" }),
    );
  });

  test("with any changed byte, or of any other version, is invalid", () => {
    const cursor = cursors.encode(contentOf([debtOf("a")]), owingOf(["a"])) as string;
    const bytes = Buffer.from(cursor, "base64url");
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      expect(() =>
        cursors.decode(changed.toString("base64url"), fingerprint, "newestFirst"),
      ).toThrow(invalid);
    }
  });

  test("that never was one is invalid", () => {
    const cursor = cursors.encode(contentOf([]), owingOf([])) as string;
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
        expect(() => cursors.decode(text, fingerprint, "newestFirst")).toThrow(invalid);
      }),
      runs(400),
    );
  });

  test("with a valid HMAC and a meaningless body is invalid", () => {
    const ownKey = new CursorKey(SECRET);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const body = Buffer.concat([Buffer.from([0]), fingerprint, Buffer.from(bytes)]);
        try {
          const text = ownKey.seal((writer) => void writer.bytes(body));
          cursors.decode(text, fingerprint, "newestFirst");
        } catch (error) {
          expect(error).toMatchObject({ code: "CURSOR_INVALID" });
        }
      }),
      runs(400),
    );
  });
});

describe("the names of sources in a cursor", () => {
  /** A hash whose first 32 bits are the same for all names that share the first letter. */
  const colliding: HashName = (name) =>
    createHash("sha256").update(name.slice(0, 1)).digest("hex").slice(0, 8) +
    createHash("sha256").update(name).digest("hex").slice(8);
  const clashing = new Cursors([SECRET], LIMIT, colliding);

  test("distinguish sources even if their short hashes are equal", () => {
    const name = fc.string({ unit: fc.constantFrom(..."abc"), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 30 }), fc.nat(), (names, chosen) => {
        const debts = names.filter((_, at) => (at + chosen) % 3 > 0).map((each) => debtOf(each));
        const found = carried(debts, owingOf(names), undefined, clashing);
        expect(bySource(found)).toEqual(bySource(debts));
      }),
    );
  });

  test("refuse to guess which of two sources is meant if one appeared later", () => {
    const maker = owingOf(["a1"]);
    const reader = owingOf(["a1", "a2"]);
    expect(() => carried([debtOf("a1")], maker, reader, clashing)).toThrow(invalid);
  });

  test("follow a place to the sources that replace it", () => {
    const aliases = new Map([["p|g", ["p|g|i1", "p|g|i2"]]]);
    const reader = owingOf(["p|g|i1", "p|g|i2", "p|h"], { aliases });
    const found = carried([debtOf("p|g"), debtOf("p|h")], owingOf(["p|g", "p|h"]), reader);
    expect(bySource(found)).toEqual(["p|g|i1", "p|g|i2", "p|h"].map((name) => debtOf(name)));
  });

  test("end with the source, unless some sources are unknown at the moment", () => {
    const maker = owingOf(["p|g|i1"]);
    expect(carried([debtOf("p|g|i1")], maker, owingOf([]))).toEqual([]);
    const unsure = owingOf(["p|g"], { unsure: true });
    const unknown = carried([debtOf("p|g|i1")], maker, unsure);
    expect(unknown).toMatchObject([{ from: FROM, to: POSITION }]);
    // Carried on by a cursor that is made among other sources, the name finds its source again.
    expect(carried(unknown, unsure, maker)).toEqual([{ ...debtOf("p|g|i1"), to: POSITION }]);
  });

  test("are carried on under the secret that made them", () => {
    const old = cursors.encode(contentOf([debtOf("i1")]), owingOf(["i1"])) as string;
    const rotated = new Cursors([Buffer.alloc(32, 2), SECRET], LIMIT);
    const standing = { direction: "newestFirst", position: POSITION } as const;
    const opened = rotated.decode(old, fingerprint, "newestFirst");
    const unsure = owingOf(["i2"], { unsure: true });
    const unknown = debtsOf(opened.owed, unsure, standing);
    const next = rotated.encode(contentOf([...unknown, debtOf("i2")]), unsure) as string;
    const { owed } = rotated.decode(next, fingerprint, "newestFirst");
    expect(bySource(debtsOf(owed, owingOf(["i1", "i2"]), standing))).toEqual([
      { ...debtOf("i1"), to: POSITION },
      debtOf("i2"),
    ]);
  });

  test("are unknown if no source and no alias has them", () => {
    const text = cursors.encode(contentOf([debtOf("i1")]), owingOf(["i1"])) as string;
    const { owed } = cursors.decode(text, fingerprint, "newestFirst");
    expect(hasUnknown(owed, owingOf(["i2"]))).toBe(true);
    expect(hasUnknown(owed, owingOf(["i1"]))).toBe(false);
    expect(hasUnknown(owed, owingOf([], { aliases: new Map([["i1", ["i2"]]]) }))).toBe(false);
  });

  test("of a part of a source owe only rows up to where the walk stands", () => {
    const reader = owingOf(["p|g"], { debtors: [{ name: "p|g|i1" }] });
    const found = carried([debtOf("p|g|i1")], owingOf(["p|g|i1"]), reader);
    expect(found).toEqual([{ ...debtOf("p|g|i1"), to: POSITION }]);
  });

  test("cannot be guessed without the secret", () => {
    const [own, other] = [new CursorKey(SECRET), new CursorKey(Buffer.alloc(32, 2))];
    expect(own.nameHash("p|g|i1")).not.toBe(other.nameHash("p|g|i1"));
  });
});
