import { isUtf8 } from "node:buffer";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { brotliDecompress, unzip, type InputType, type ZlibOptions } from "node:zlib";
import type { Dispatcher } from "undici";
import { onAbort, type CallSignal } from "./bounds.js";
import { TransportError, transportErrorOf } from "./faults.js";
import type { HttpResponse } from "./message.js";

/** What bounds one exchange. */
export interface ExchangeLimits {
  /** Connections are never shared between accounts. */
  readonly account: string;
  readonly connections: number;
  readonly timeoutMs: number;
  /** What reaching that time means: a slow vendor, or a caller that is out of time. */
  readonly onTimeout: "timeout" | "cut";
  readonly maxResponseBytes: number;
}

/** Characters. */
const LARGE = 1_000_000;

type RawHeaders = Record<string, string | string[] | undefined>;
type Controller = Dispatcher.DispatchController;

/** Where the outcome goes. */
interface Settle {
  resolve(response: HttpResponse): void;
  reject(error: TransportError): void;
}

/**
 * One request and its answer, as the HTTP client reports them.
 *
 * The outcome is settled at the moment of the timeout or of the signal's abort, whatever the HTTP client is
 * waiting for. The socket of an exchange that did not end by itself is destroyed.
 *
 * Cost: no stream and no abort controller. They would double the cost of a small exchange.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private readonly forget: () => void;
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private head: Head | null = null;
  private controller: Controller | null = null;
  private failed: TransportError | null = null;

  /** `signal` has not aborted. */
  constructor(
    private readonly limits: ExchangeLimits,
    signal: CallSignal,
    private readonly settle: Settle,
  ) {
    this.timer = setTimeout(
      () => this.fail(new TransportError(limits.onTimeout)),
      limits.timeoutMs,
    );
    this.forget = onAbort(signal, () => this.fail(new TransportError("cut")));
  }

  /** Ends the exchange, unless it has ended. */
  fail(thrown: unknown): void {
    this.end();
    if (this.failed !== null) return;
    this.failed = transportErrorOf(thrown);
    this.settle.reject(this.failed);
    this.controller?.abort(this.failed);
  }

  /** Called when there is a connection, which may be after the end. */
  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.failed !== null) controller.abort(this.failed);
  }

  onResponseStart(_: Controller, status: number, headers: RawHeaders): void {
    // Hints (1xx) precede the answer.
    if (status < 200) return;
    this.head = { status, headers: joined(headers) };
    const announced = Number(this.head.headers["content-length"] ?? 0);
    if (announced > this.limits.maxResponseBytes) this.fail(new TransportError("size"));
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > this.limits.maxResponseBytes) this.fail(new TransportError("size"));
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const head = this.head;
    if (head === null) return this.fail(new TransportError("protocol"));
    const [first] = this.chunks;
    const sent = this.chunks.length === 1 && first ? first : Buffer.concat(this.chunks, this.bytes);
    this.read(sent, head).catch((thrown: unknown) => this.fail(thrown));
  }

  onResponseError(_: Controller, error: Error): void {
    this.fail(error);
  }

  private end(): void {
    clearTimeout(this.timer);
    this.forget();
  }

  private async read(sent: Buffer, head: Head): Promise<void> {
    const body = await textOf(sent, head, this.limits.maxResponseBytes);
    // Other work gets its turn before a long body is decoded.
    if (body.length > LARGE) await setImmediate();
    this.end();
    const endedByClose = isEndedByClose(head);
    this.settle.resolve(endedByClose ? { body, endedByClose, ...head } : { body, ...head });
  }
}

function joined(headers: RawHeaders): HttpResponse["headers"] {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(", ");
  }
  return headers as Record<string, string>;
}

/** An answer without its body. */
type Head = Pick<HttpResponse, "status" | "headers">;

type Inflate = (bytes: InputType, options: ZlibOptions) => Promise<Buffer>;

const inflateZip: Inflate = promisify<InputType, ZlibOptions, Buffer>(unzip);
const inflateBrotli: Inflate = promisify<InputType, ZlibOptions, Buffer>(brotliDecompress);

/** Compressed answers are not requested, but some gateways and proxies send them. */
const INFLATE: Readonly<Record<string, Inflate>> = {
  gzip: inflateZip,
  "x-gzip": inflateZip,
  deflate: inflateZip,
  br: inflateBrotli,
};

/** Whether only the end of the connection shows where the body ends. */
export function isEndedByClose({ status, headers }: Head): boolean {
  if (status === 204 || headers["content-length"] !== undefined) return false;
  return !/\bchunked\b/i.test(headers["transfer-encoding"] ?? "");
}

/**
 * The text of a body, which may inflate to `maxBytes` at most. U+FFFD replaces bytes that are not UTF-8, so
 * that one such text in a list spoils none of the others.
 *
 * Errors: `TransportError`: `reset` for a body of another length than announced, `size`, `encoding`, or
 * `brokenOff` if the body cannot be read and may be incomplete.
 */
export async function textOf(sent: Buffer, head: Head, maxBytes: number): Promise<string> {
  const { "content-length": announced, "content-encoding": encoded = "" } = head.headers;
  if (announced !== undefined && Number(announced) !== sent.length)
    throw new TransportError("reset");
  const encoding = encoded.trim().toLowerCase();
  const isPlain = encoding === "identity" || encoding === "" || sent.length === 0;
  const mayBeBroken = isEndedByClose(head);
  const plain = isPlain
    ? sent
    : await inflated(sent, encoding, maxBytes).catch((cause: unknown) => {
        const unreadable = mayBeBroken ? "brokenOff" : "encoding";
        throw new TransportError(isTooLarge(cause) ? "size" : unreadable, { cause });
      });
  if (mayBeBroken && !isUtf8(plain)) throw new TransportError("brokenOff");
  return plain.toString("utf8");
}

async function inflated(sent: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const inflate = Object.hasOwn(INFLATE, encoding) ? INFLATE[encoding] : undefined;
  if (inflate === undefined) throw new TransportError("encoding");
  return inflate(sent, { maxOutputLength: maxBytes });
}

const isTooLarge = (cause: unknown): boolean =>
  cause instanceof RangeError && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";
