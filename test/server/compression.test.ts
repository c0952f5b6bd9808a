import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { serve } from "./harness.js";

const LONG = JSON.stringify({ query: "{ __schema { types { name description } } }" });
const SHORT = JSON.stringify({ query: "{ __typename }" });

/** The bytes of a response as they were sent: `fetch` would decompress them. */
function ask(url: string, body: string, encoding: string | null) {
  return new Promise<{ headers: Record<string, unknown>; bytes: Buffer }>((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      ...(encoding === null ? {} : { "accept-encoding": encoding }),
    };
    const sent = request(url, { method: "POST", headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ headers: answer.headers, bytes: Buffer.concat(chunks) }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

describe("answers", () => {
  test("are not compressed by default", async () => {
    const { url } = await serve();
    const { headers, bytes } = await ask(url, LONG, "gzip");
    expect(headers["content-encoding"]).toBeUndefined();
    expect(JSON.parse(bytes.toString())).toHaveProperty("data.__schema");
  });

  test.each([
    ["gzip", true],
    ["br, gzip;q=0.5", true],
    ["*", true],
    ["gzip;q=0, *", false],
    ["br", false],
    [null, false],
  ])("are compressed for Accept-Encoding %s: %s", async (encoding, compressed) => {
    const { url } = await serve({ compression: true });
    const plain = await ask(url, LONG, null);
    const { headers, bytes } = await ask(url, LONG, encoding);
    expect(headers["content-encoding"]).toBe(compressed ? "gzip" : undefined);
    expect(headers["vary"]).toBe("accept-encoding");
    expect(headers["content-length"]).toBe(String(bytes.length));
    expect((compressed ? gunzipSync(bytes) : bytes).equals(plain.bytes)).toBe(true);
    if (compressed) expect(bytes.length).toBeLessThan(plain.bytes.length / 2);
  });

  test("of more than 128 kB are compressed as a stream", async () => {
    const long = JSON.stringify({
      query: `{ ${Array.from({ length: 8 }, (_, i) => `a${i}: __schema { types { name description fields { name description args { name description } } } }`).join(" ")} }`,
    });
    const { url } = await serve({ compression: true });
    const plain = await ask(url, long, null);
    const { headers, bytes } = await ask(url, long, "gzip");
    expect(plain.bytes.length).toBeGreaterThan(131_072);
    expect([headers["content-encoding"], headers["content-length"]]).toEqual(["gzip", undefined]);
    expect(gunzipSync(bytes).equals(plain.bytes)).toBe(true);
  });

  test("are not compressed if they are short", async () => {
    const { url } = await serve({ compression: true });
    expect((await ask(url, SHORT, "gzip")).headers["content-encoding"]).toBeUndefined();
  });
});
