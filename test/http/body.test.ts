import { Readable } from "node:stream";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { isEndedByClose, readText } from "../../src/http/body.js";

const TEXT = '{"名":"备份"}';
const bytes = Buffer.from(TEXT);

const read = (
  chunks: Buffer[],
  headers: Record<string, string> = {},
  maxBytes = 1_000,
): Promise<string> => readText(Readable.from(chunks), { status: 200, headers }, maxBytes);

const sized = (
  body: Buffer,
  more: Record<string, string> = {},
): [Buffer[], Record<string, string>] => [
  [body],
  { "content-length": String(body.length), ...more },
];

describe("a body is read", () => {
  test("in one piece", async () => expect(await read(...sized(bytes))).toBe(TEXT));
  test("in pieces that cut a character", async () =>
    expect(await read([...bytes].map((byte) => Buffer.of(byte)))).toBe(TEXT));
  test("where it is empty", async () => expect(await read([], { "content-length": "0" })).toBe(""));
  test("up to exactly the cap", async () =>
    expect(await read([Buffer.alloc(1_000, 0x20)])).toHaveLength(1_000));
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

describe("a body is refused", () => {
  const big = Buffer.alloc(1_001, 0x20);
  test.each<[string, () => Promise<string>, string]>([
    ["one byte above the cap", () => read([big]), "size"],
    [
      "above the cap in many pieces",
      () => read(Array.from({ length: 11 }, () => Buffer.alloc(100))),
      "size",
    ],
    ["announced above the cap", () => read([], { "content-length": "1001" }), "size"],
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
    ["shorter than announced", () => read([bytes], { "content-length": "99" }), "reset"],
    ["longer than announced", () => read([bytes], { "content-length": "3" }), "reset"],
    ["in another charset", () => read(...sized(Buffer.of(0xb1, 0xb8, 0xb7, 0xdd))), "encoding"],
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
    ["cut inside a character by its connection", () => read([bytes.subarray(0, 4)]), "brokenOff"],
    [
      "cut inside gzip by its connection",
      () => read([gzipSync(TEXT).subarray(0, 20)], { "content-encoding": "gzip" }),
      "brokenOff",
    ],
  ])("%s", async (_, reading, fault) => {
    await expect(reading()).rejects.toMatchObject({ fault });
  });

  test("whose stream breaks, with what the stream says", async () => {
    const broken = new Error("broken");
    const body = new Readable({ read: () => body.destroy(broken) });
    await expect(readText(body, { status: 200, headers: {} }, 10)).rejects.toBe(broken);
  });

  test("whose stream closes without a word", async () => {
    const body = new Readable({ read: () => body.destroy() });
    const reading = readText(body, { status: 200, headers: {} }, 10);
    await expect(reading).rejects.toMatchObject({ fault: "reset" });
  });

  test("without reading on once the cap is passed", async () => {
    let given = 0;
    const body = new Readable({
      read() {
        given += 1;
        this.push(Buffer.alloc(1_000));
      },
    });
    await readText(body, { status: 200, headers: {} }, 5_000).catch(() => undefined);
    expect(body.destroyed).toBe(true);
    expect(given).toBeLessThan(100);
  });
});

test.each<[string, number, Record<string, string>, boolean]>([
  ["nothing that tells its end", 200, {}, true],
  ["a length", 200, { "content-length": "5" }, false],
  ["chunks", 200, { "transfer-encoding": "gzip, Chunked" }, false],
  ["another transfer encoding", 200, { "transfer-encoding": "gzip" }, true],
  ["no body at all", 204, {}, false],
])("an answer with %s", (_, status, headers, ended) => {
  expect(isEndedByClose(status, headers)).toBe(ended);
});
