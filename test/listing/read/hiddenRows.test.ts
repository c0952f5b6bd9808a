import { describe, expect, test } from "vitest";
import {
  newListingMemory,
  type ListingMemory,
  newSourceMemory,
  type SourceMemory,
} from "../../../src/listing/read/evidence.js";
import type {
  Item,
  ListShape,
  PageAnswer,
  PageQuestion,
  PageShape,
} from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { DAY, requestOf, rowsOf } from "./request.js";

const OFFSETS = { style: "offset", offset: "o", limit: "l", max: 4, aligned: false } as const;
const NUMBERS = { style: "pageNumber", page: "p", size: "s", max: 4 } as const;

/** A vendor that takes rows out of pages after it has cut them, and counts them. */
interface Vendor {
  readonly page: PageShape;
  readonly length: number;
  /** How often each row is listed. */
  readonly copies: number;
  /** Whether the copies of two rows are mixed: `a b b a a b`. */
  readonly apart?: boolean;
  /** Whether the answer to a call lacks a row. The first call is 1. */
  readonly hides: (row: number, call: number) => boolean;
  /** A hidden limit on the rows of a page, in the answer to a call. */
  readonly cap?: (call: number) => number;
  /** Pages beyond the end repeat the last page. */
  readonly repeats?: boolean;
}

/** Reads a list, and gives its keys, its issue if it has one, and the number of calls. */
async function read(
  { page, length, copies, apart = false, hides, cap = () => 100, repeats = false }: Vendor,
  memory: ListingMemory = newListingMemory(),
  source: SourceMemory = newSourceMemory(),
) {
  const all = rowsOf(length, DAY).map((row, place) => ({ row, place }));
  const groups = all.flatMap((_, at) =>
    apart ? (at % 2 === 0 ? [all.slice(at, at + 2)] : []) : [all.slice(at, at + 1)],
  );
  const listed = groups.flatMap((group) =>
    Array.from({ length: copies }, (_, copy) =>
      copy % 2 === 0 ? group : [...group].reverse(),
    ).flat(),
  );
  let calls = 0;
  const ask = async ({ at, size }: PageQuestion): Promise<PageAnswer<Item>> => {
    calls += 1;
    const most = Math.min(size, cap(calls));
    const asked = page.style === "offset" ? Number(at) : (Number(at) - 1) * most;
    const last = Math.floor((listed.length - 1) / most) * most;
    const from = repeats && asked >= listed.length ? last : asked;
    const rows = listed
      .slice(from, from + most)
      .filter(({ place }) => !hides(place, calls))
      .map(({ row }) => row);
    return { rows, total: listed.length, next: null };
  };
  const counts = copies === 1 ? "rows" : "backups";
  const shape: ListShape = { page, window: null, defaultSize: 2, order: "unknown", counts };
  const { items, notices } = await readSpan(requestOf({ ask, shape, memory, source }));
  return {
    keys: items.map(({ key }) => key).sort(),
    issues: notices.map(({ code }) => code),
    calls,
  };
}

const keys = (length: number, lacks: readonly number[] = []): string[] =>
  rowsOf(length, DAY)
    .map(({ key }) => key)
    .filter((_, place) => !lacks.includes(place))
    .sort();

describe("a list whose pages lack rows that its vendor counts", () => {
  test("that shows each row three times is read to its end", async () => {
    const { keys: shown, issues } = await read({
      page: OFFSETS,
      length: 8,
      copies: 3,
      hides: (row) => row === 2,
    });
    expect(shown).toEqual(keys(8, [2]));
    expect(issues).toEqual(["SHORT"]);
  });

  test("that shows each row three times is short if its first row is missing", async () => {
    const { keys: shown, issues } = await read({
      page: { ...OFFSETS, max: 5 },
      length: 5,
      copies: 3,
      hides: (row) => row === 0,
      cap: () => 4,
    });
    expect(shown).toEqual(keys(5, [0]));
    expect(issues).toEqual(["SHORT"]);
  });

  test("that shows each row twice is short if its last page is repeated beyond the end", async () => {
    const { keys: shown, issues } = await read({
      page: { ...OFFSETS, max: 3 },
      length: 2,
      copies: 2,
      hides: (row) => row === 0,
      repeats: true,
    });
    expect(shown).toEqual(keys(2, [0]));
    expect(issues).toEqual(["SHORT"]);
  });

  test("is not short if a hidden limit below the smallest page divides the copies of a row", async () => {
    const vendor = { page: { ...NUMBERS, sizes: [4] }, length: 2, copies: 2, hides: () => false };
    const { keys: shown, issues } = await read({ ...vendor, cap: () => 3 });
    expect(shown).toEqual(keys(2));
    expect(issues).toEqual([]);
  });

  test("is not short if a hidden limit begins after its first page, and ends before it was read again", async () => {
    const { keys: shown, issues } = await read({
      page: { ...NUMBERS, max: 5 },
      length: 4,
      copies: 2,
      hides: () => false,
      cap: (call) => (call > 1 && call < 5 ? 3 : 100),
    });
    expect(shown).toEqual(keys(4));
    expect(issues).toEqual([]);
  });

  test("shows the rows of an earlier page if a later pass begins with an empty page", async () => {
    const { keys: shown, issues } = await read({
      page: { ...OFFSETS, max: 12 },
      length: 3,
      copies: 3,
      apart: true,
      hides: (_, call) => call === 3,
      cap: () => 6,
    });
    expect(shown).toEqual(keys(3));
    expect(issues).toEqual([]);
  });

  test("shows all of them again when it is read again", async () => {
    const memory = newListingMemory();
    const source = newSourceMemory();
    const vendor = {
      page: OFFSETS,
      length: 9,
      copies: 1,
      hides: (row: number) => row === 3 || row === 4 || row === 5,
    };
    for (let readings = 0; readings < 3; readings += 1) {
      const { keys: shown, issues } = await read(vendor, memory, source);
      expect(shown).toEqual(keys(9, [3, 4, 5]));
      expect(issues).toEqual(["SHORT"]);
    }
  });

  test("is read again, also after another list was short three times", async () => {
    const memory = newListingMemory();
    const source = newSourceMemory();
    const vendor = { page: NUMBERS, length: 4, copies: 1 };
    for (const lacking of [0, 1, 2])
      await read({ ...vendor, hides: (row) => row === lacking }, memory, source);
    const { keys: shown, issues } = await read(
      { ...vendor, hides: (row, call) => row === 3 && call < 3 },
      memory,
    );
    expect(shown).toEqual(keys(4));
    expect(issues).toEqual([]);
  });

  test("is read to its end, also after three lists of the listing lacked rows", async () => {
    const memory = newListingMemory();
    const short = { page: NUMBERS, length: 3, copies: 1, hides: (row: number) => row === 2 };
    for (let lists = 0; lists < 3; lists += 1)
      expect((await read(short, memory)).issues).toEqual(["SHORT"]);
    const { keys: shown, issues } = await read(
      { ...short, length: 12, hides: (row) => row > 2 && row < 8 },
      memory,
    );
    expect(shown).toEqual(keys(12, [3, 4, 5, 6, 7]));
    expect(issues).toEqual(["SHORT"]);
  });
});
