import type { Dispatcher } from "undici";
import { onAbort, type CallSignal } from "./abort.js";
import { isEndedByClose, textOf, type Head } from "./body.js";
import { TransportError, transportErrorOf } from "./faults.js";
import type { HttpResponse } from "./message.js";

/** What bounds one exchange. */
export interface ExchangeLimits {
  /** Connections are never shared between accounts. */
  readonly account: string;
  readonly connections: number;
  readonly timeoutMs: number;
  /** What the end of that time means: a slow vendor, or a caller whose own time is over. */
  readonly onTimeout: "timeout" | "cut";
  readonly maxResponseBytes: number;
}

type Headers = Record<string, string | string[] | undefined>;
type Controller = Dispatcher.DispatchController;

/** Where the outcome goes. */
export interface Settle {
  resolve(response: HttpResponse): void;
  reject(error: TransportError): void;
}

/**
 * One request and its answer, as the HTTP client reports them.
 *
 * The outcome is settled at the very moment of the timeout or of the signal's abort, whatever the HTTP
 * client is waiting for; the socket of an exchange that did not end by itself is destroyed.
 *
 * Cost: no stream and no abort controller; they would be half of what a small exchange costs.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #settle: Settle;
  readonly #timer: NodeJS.Timeout;
  readonly #forget: () => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #head: Head | null = null;
  #controller: Controller | null = null;
  #failed: TransportError | null = null;

  /** `signal` has not aborted. */
  constructor(limits: ExchangeLimits, signal: CallSignal, settle: Settle) {
    this.#limits = limits;
    this.#settle = settle;
    this.#timer = setTimeout(
      () => this.fail(new TransportError(limits.onTimeout)),
      limits.timeoutMs,
    );
    this.#forget = onAbort(signal, () => this.fail(new TransportError("cut")));
  }

  /** Ends the exchange; one that has ended stays as it is. */
  fail(thrown: unknown): void {
    this.#end();
    if (this.#failed !== null) return;
    this.#failed = transportErrorOf(thrown);
    this.#settle.reject(this.#failed);
    this.#controller?.abort(this.#failed);
  }

  /** Called once there is a connection, which may be after the end. */
  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#failed !== null) controller.abort(this.#failed);
  }

  onResponseStart(_: Controller, status: number, headers: Headers): void {
    // Hints come before the answer, and are none.
    if (status < 200) return;
    this.#head = { status, headers: joined(headers) };
    const announced = Number(this.#head.headers["content-length"] ?? 0);
    if (status >= 300 && status < 400) this.fail(new TransportError("redirect"));
    else if (announced > this.#limits.maxResponseBytes) this.fail(new TransportError("size"));
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxResponseBytes) this.fail(new TransportError("size"));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#read().then(
      (response) => {
        this.#end();
        this.#settle.resolve(response);
      },
      (thrown: unknown) => this.fail(thrown),
    );
  }

  onResponseError(_: Controller, error: Error): void {
    this.fail(error);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#forget();
  }

  async #read(): Promise<HttpResponse> {
    const head = this.#head;
    if (head === null) throw new TransportError("protocol");
    const [first] = this.#chunks;
    const sent =
      this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks, this.#bytes);
    const body = await textOf(sent, head, this.#limits.maxResponseBytes);
    return isEndedByClose(head) ? { ...head, body, endedByClose: true } : { ...head, body };
  }
}

function joined(headers: Headers): HttpResponse["headers"] {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(", ");
  }
  return headers as Record<string, string>;
}
