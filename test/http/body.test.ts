import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { isEndedByClose, textOf } from "../../src/http/exchange.js";

const TEXT = '{"名":"备份"}';
const bytes = Buffer.from(TEXT);

const read = (
  body: Buffer,
  headers: Record<string, string> = {},
  maxBytes = 1_000,
): Promise<string> => textOf(body, { status: 200, headers }, maxBytes);

const sized = (
  body: Buffer,
  more: Record<string, string> = {},
): [Buffer, Record<string, string>] => [body, { "content-length": String(body.length), ...more }];

describe("a body is read", () => {
  test("in one piece", async () => expect(await read(...sized(bytes))).toBe(TEXT));
  test("if it is empty", async () => expect(await read(...sized(Buffer.alloc(0)))).toBe(""));
  test("inflated to exactly the cap", async () => {
    const body = gzipSync(Buffer.alloc(1_000, 0x20));
    expect(await read(...sized(body, { "content-encoding": "gzip" }))).toHaveLength(1_000);
  });
  test.each([
    ["gzip", gzipSync(TEXT)],
    ["x-gzip", gzipSync(TEXT)],
    ["deflate", deflateSync(TEXT)],
    ["br", brotliCompressSync(TEXT)],
    ["identity", bytes],
    ["GZIP", gzipSync(TEXT)],
  ])("with the encoding %s", async (name, body) =>
    expect(await read(...sized(body, { "content-encoding": name }))).toBe(TEXT),
  );
});

test("bytes that are not UTF-8 are replaced, and the rest of the body is kept", async () => {
  const parts = [Buffer.from('["a'), Buffer.of(0xb1, 0xff), Buffer.from('","备份"]')];
  expect(await read(...sized(Buffer.concat(parts)))).toBe('["a\uFFFD\uFFFD","备份"]');
});

describe("a body is refused", () => {
  const big = Buffer.alloc(1_001, 0x20);
  test.each<[string, () => Promise<string>, string]>([
    [
      "inflated above the cap",
      () => read(...sized(gzipSync(big), { "content-encoding": "gzip" })),
      "size",
    ],
    [
      "inflated above the cap by brotli",
      () => read(...sized(brotliCompressSync(big), { "content-encoding": "br" })),
      "size",
    ],
    ["shorter than announced", () => read(bytes, { "content-length": "99" }), "reset"],
    ["longer than announced", () => read(bytes, { "content-length": "3" }), "reset"],
    [
      "in an unknown encoding",
      () => read(...sized(bytes, { "content-encoding": "exi" })),
      "encoding",
    ],
    [
      "in an encoding named like a method",
      () => read(...sized(bytes, { "content-encoding": "constructor" })),
      "encoding",
    ],
    [
      "in two encodings",
      () => read(...sized(bytes, { "content-encoding": "gzip, br" })),
      "encoding",
    ],
    [
      "that is not what its encoding says",
      () => read(...sized(bytes, { "content-encoding": "gzip" })),
      "encoding",
    ],
    ["cut inside a character by its connection", () => read(bytes.subarray(0, 4)), "brokenOff"],
    [
      "cut inside gzip by its connection",
      () => read(gzipSync(TEXT).subarray(0, 20), { "content-encoding": "gzip" }),
      "brokenOff",
    ],
  ])("%s", async (_, reading, fault) => {
    await expect(reading()).rejects.toMatchObject({ fault });
  });
});

test.each<[string, number, Record<string, string>, boolean]>([
  ["nothing that shows its end", 200, {}, true],
  ["a length", 200, { "content-length": "5" }, false],
  ["chunks", 200, { "transfer-encoding": "gzip, Chunked" }, false],
  ["another transfer encoding", 200, { "transfer-encoding": "gzip" }, true],
  ["no body at all", 204, {}, false],
])("an answer with %s", (_, status, headers, ended) => {
  expect(isEndedByClose({ status, headers })).toBe(ended);
});
