import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, unzip, type InputType, type ZlibOptions } from "node:zlib";
import { TransportError } from "./faults.js";
import type { HttpResponse } from "./message.js";

type Inflate = (bytes: InputType, options: ZlibOptions) => Promise<Buffer>;

const inflateZip: Inflate = promisify<InputType, ZlibOptions, Buffer>(unzip);
const inflateBrotli: Inflate = promisify<InputType, ZlibOptions, Buffer>(brotliDecompress);

/** Compressed answers are not asked for, but come all the same from some gateways and proxies. */
const INFLATE: Readonly<Record<string, Inflate>> = {
  gzip: inflateZip,
  "x-gzip": inflateZip,
  deflate: inflateZip,
  br: inflateBrotli,
};

/** Whether only the end of the connection can tell where the body ends. */
export function isEndedByClose(status: number, headers: HttpResponse["headers"]): boolean {
  if (status === 204 || status === 304) return false;
  return headers["content-length"] === undefined && !/\bchunked\b/i.test(encodingOf(headers));
}

const encodingOf = (headers: HttpResponse["headers"]): string => headers["transfer-encoding"] ?? "";

/**
 * Reads a body as text, and never holds more of it than `maxBytes`, compressed or not.
 *
 * Errors: `TransportError`: `size`, `encoding`, `reset` for a body shorter than announced, `brokenOff`
 * for one that cannot be read and may be half; else what the stream threw.
 */
export async function readText(
  body: Readable,
  { status, headers }: Omit<HttpResponse, "body">,
  maxBytes: number,
): Promise<string> {
  const announced = headers["content-length"];
  if (announced !== undefined && Number(announced) > maxBytes) throw new TransportError("size");
  const sent = await readAll(body, maxBytes);
  if (announced !== undefined && Number(announced) !== sent.length)
    throw new TransportError("reset");
  const unreadable = isEndedByClose(status, headers) ? "brokenOff" : "encoding";
  const plain = await inflated(sent, headers["content-encoding"], maxBytes).catch((cause) => {
    throw isTooLarge(cause)
      ? new TransportError("size", { cause })
      : new TransportError(unreadable, { cause });
  });
  if (!isUtf8(plain)) throw new TransportError(unreadable);
  return plain.toString("utf8");
}

function readAll(body: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    body.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else body.destroy(new TransportError("size"));
    });
    body.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)));
    body.on("error", reject);
    body.on("close", () => reject(new TransportError("reset")));
  });
}

async function inflated(
  sent: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const name = (encoding ?? "").trim().toLowerCase();
  if (name === "" || name === "identity" || sent.length === 0) return sent;
  const inflate = Object.hasOwn(INFLATE, name) ? INFLATE[name] : undefined;
  if (inflate === undefined) throw new TransportError("encoding");
  return inflate(sent, { maxOutputLength: maxBytes });
}

const isTooLarge = (cause: unknown): boolean =>
  cause instanceof RangeError && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";
