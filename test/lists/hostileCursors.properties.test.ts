import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import { ClientError } from "../../src/errors.js";
import { ByteWriter } from "../../src/paging/bytes.js";
import { listBackups } from "../../src/lists/backups.js";
import { ModelEstate } from "../model/modelEstate.js";
import { accounts, EPOCH, PATIENCE_MS, walks } from "../model/scenarios.js";
import { CURSOR_KEY, ModelGateway, queryOf } from "../model/walker.js";
import { wanted } from "../wantedPage.js";

/** Direction and fingerprint, with which the body of a cursor begins. */
const HEAD = 9;

const instant = fc.oneof(
  fc.constantFrom(
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    -1,
    0,
    2 ** 46,
    -(2 ** 46),
    // The last that a date can be, and the next.
    8.64e15,
    8.64e15 + 1,
    EPOCH,
  ),
  fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }),
);

const key = fc.record({
  startedAt: instant,
  id: fc.oneof(
    fc.constantFrom("", "\u007f", "Q".repeat(12), `${"Q".repeat(12)}\u007f`, "a0/model\0g0"),
    fc.string({ unit: "binary", maxLength: 30 }),
  ),
});

/** A span of pending rows as bytes, of a few sources or of very many, most of them unknown. */
const debt = fc
  .record({
    from: key,
    to: fc.option(key),
    names: fc.uniqueArray(fc.nat(2 ** 32 - 1), { maxLength: 300 }),
    long: fc.array(fc.uint8Array({ minLength: 16, maxLength: 16 }), { maxLength: 3 }),
    claimed: fc.option(fc.nat(2 ** 24 - 1), { freq: 5 }),
  })
  .map(({ from, to, names, long, claimed }) => {
    const writer = new ByteWriter().key(from).uint(to === null ? 0 : 1, 1);
    if (to !== null) writer.key(to);
    writer.numberSet(names).uint(claimed ?? long.length, 3);
    for (const name of long) writer.bytes(name);
    return writer.toBuffer();
  });

/** What could follow a valid head in a cursor with a valid HMAC. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc
    .record({ walkStart: instant, position: key, debts: fc.array(debt, { maxLength: 4 }) })
    .map(({ walkStart, position, debts }) =>
      Buffer.concat([new ByteWriter().instant(walkStart).key(position).toBuffer(), ...debts]),
    ),
);

describe("a cursor with a valid HMAC", () => {
  test("makes a page or is refused, whatever it contains", { timeout: PATIENCE_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(accounts, content, fc.boolean(), async (estates, tail, isLast) => {
        const estate = new ModelEstate(estates, EPOCH);
        const gateway = new ModelGateway(estate);
        const query = queryOf({ order: "STARTED_AT_DESC", backwards: false, filter: EVERY_BACKUP });
        const first = await listBackups(gateway.open(), {
          ...query,
          page: wanted({ first: 1 }),
        });
        const own = first.endCursor === null ? null : CURSOR_KEY.open(first.endCursor);
        if (own === null) return;
        const cursor = CURSOR_KEY.seal((writer) => {
          writer.bytes(own.subarray(0, HEAD)).bytes(tail);
        });
        const page = isLast ? { last: 3, before: cursor } : { first: 3, after: cursor };
        try {
          const read = await listBackups(gateway.open(), {
            ...query,
            page: wanted(page),
          });
          const flags = [await read.hasNextPage(), await read.hasPreviousPage()];
          expect(flags.every((flag) => typeof flag === "boolean")).toBe(true);
          expect(read.edges.length).toBeLessThanOrEqual(3);
          for (const edge of read.edges) expect(edge.cursor.length).toBeLessThanOrEqual(131_072);
          await read.totalCount();
        } catch (error) {
          expect(error).toBeInstanceOf(ClientError);
          expect(error).toMatchObject({ code: "CURSOR_INVALID" });
        }
      }),
      walks(0.1),
    );
  });
});
