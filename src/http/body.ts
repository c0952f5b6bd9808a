import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { brotliDecompress, unzip, type InputType, type ZlibOptions } from "node:zlib";
import { TransportError } from "./faults.js";
import type { HttpResponse } from "./message.js";

/** An answer without its body. */
export type Head = Pick<HttpResponse, "status" | "headers">;

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
export function isEndedByClose({ status, headers }: Head): boolean {
  if (status === 204 || headers["content-length"] !== undefined) return false;
  return !/\bchunked\b/i.test(headers["transfer-encoding"] ?? "");
}

/**
 * The text of a whole body, which inflates to no more than `maxBytes`.
 *
 * Errors: `TransportError`: `reset` for a body of another length than announced, `size`, `encoding`, or
 * `brokenOff` where what cannot be read may be half of something that can.
 */
export async function textOf(sent: Buffer, head: Head, maxBytes: number): Promise<string> {
  const announced = head.headers["content-length"];
  if (announced !== undefined && Number(announced) !== sent.length)
    throw new TransportError("reset");
  const encoding = head.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const isPlain = encoding === "identity" || encoding === "" || sent.length === 0;
  const unreadable = isEndedByClose(head) ? "brokenOff" : "encoding";
  const plain = isPlain
    ? sent
    : await inflated(sent, encoding, maxBytes).catch((cause: unknown) => {
        throw new TransportError(isTooLarge(cause) ? "size" : unreadable, { cause });
      });
  if (!isUtf8(plain)) throw new TransportError(unreadable);
  return plain.toString("utf8");
}

async function inflated(sent: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const inflate = Object.hasOwn(INFLATE, encoding) ? INFLATE[encoding] : undefined;
  if (inflate === undefined) throw new TransportError("encoding");
  return inflate(sent, { maxOutputLength: maxBytes });
}

const isTooLarge = (cause: unknown): boolean =>
  cause instanceof RangeError && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";
