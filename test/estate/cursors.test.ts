import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ByteWriter } from "../../src/paging/bytes.js";
import { CursorKey } from "../../src/paging/cursor.js";
import { codesOf } from "../server/harness.js";
import { makeStack, type Stack } from "../server/stack.js";
import { askPage, pageOf } from "./graphqlWalk.js";
import { runs } from "../runs.js";

const OWN_KEY = new CursorKey(Buffer.alloc(32, 7));
const OTHER_KEY = new CursorKey(Buffer.alloc(32, 8));
/** Direction and fingerprint, with which the body of a cursor begins. */
const HEAD = 9;

/** Writes the body of a cursor. */
const writing =
  (...parts: readonly Uint8Array[]) =>
  (writer: ByteWriter): void => {
    for (const part of parts) writer.bytes(part);
  };

let stack: Stack;
let cursor: string;
beforeAll(async () => {
  stack = await makeStack();
  cursor = (await pageOf(stack.url, { first: 3 })).pageInfo.endCursor as string;
});
afterAll(() => stack.close());

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Texts that this gateway did not make. */
const forged = fc.oneof(
  fc.record({ at: fc.nat(), letter: fc.constantFrom(...LETTERS) }).map(({ at, letter }) => {
    const place = at % cursor.length;
    return cursor.slice(0, place) + letter + cursor.slice(place + 1);
  }),
  fc.nat().map((at) => cursor.slice(0, at % cursor.length)),
  fc.string({ maxLength: 50 }).map((more) => cursor + more),
  fc.integer({ min: 0, max: 255 }).map((version) => {
    const bytes = Buffer.from(cursor, "base64url");
    bytes[0] = version;
    return bytes.toString("base64url");
  }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => OTHER_KEY.seal(writing(bytes))),
  fc.constant(null).map(() => OTHER_KEY.seal(writing(OWN_KEY.open(cursor) as Buffer))),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.base64String({ maxLength: 8_000 }),
);

/** Cursors with a valid HMAC and an arbitrary body. */
const hostile = fc
  .record({ tail: fc.uint8Array({ maxLength: 3_000 }), isOwn: fc.boolean() })
  .map(({ tail, isOwn }) => {
    const own = OWN_KEY.open(cursor) as Buffer;
    const head = isOwn ? own.subarray(0, HEAD) : Buffer.alloc(HEAD, 3);
    return OWN_KEY.seal(writing(head, tail));
  });

describe("over HTTP", () => {
  test("a cursor that was not made here is invalid, and no vendor is called", async () => {
    const before = stack.calls();
    await fc.assert(
      fc.asyncProperty(forged, async (after) => {
        if (after === cursor) return;
        const answer = await askPage(stack.url, { first: 3, after });
        expect([answer.status, codesOf(answer)]).toEqual([200, ["CURSOR_INVALID"]]);
      }),
      runs(60),
    );
    expect(stack.calls()).toBe(before);
  });

  test("a cursor with a valid HMAC and any body is refused or gives a page", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (after) => {
        const answer = await askPage(stack.url, { first: 3, after });
        const codes = codesOf(answer);
        expect(answer.status).toBe(200);
        expect([[], ["CURSOR_INVALID"], ["CURSOR_MISMATCH"]]).toContainEqual(codes);
      }),
      runs(60),
    );
    expect((await pageOf(stack.url, { first: 3, after: cursor })).edges).toHaveLength(3);
  });

  test("a cursor of another filter is a mismatch, and no vendor is called", async () => {
    const before = stack.calls();
    const answer = await askPage(stack.url, {
      first: 3,
      after: cursor,
      filter: { vendors: ["UCLOUD"] },
    });
    expect([codesOf(answer), stack.calls()]).toEqual([["CURSOR_MISMATCH"], before]);
  });
});
