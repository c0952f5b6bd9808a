import { subscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";
import type { Clock } from "../../src/http/bounds.js";
import { makeTransport, type Transport } from "../../src/http/transport.js";

/** Turns of the event loop without a sleeper coming or going, after which nothing is under way. */
const QUIET_TURNS = 12;
/** The same while a server has calls and has not answered: some are never answered. */
const SERVING_TURNS = 1_000;

/** How long an answer may take on a busy machine, in milliseconds: the clock does not go on meanwhile. */
const ANSWER_MS = 120_000;

/** The calls of this process that have no answer yet. */
const calls = new Set<unknown>();
/** The answers of servers of this process that are not closed. */
const answers = new Set<ServerResponse>();
/** Calls that a server has received and not answered. The bytes of all others are on their way. */
const servedCalls = (): number =>
  [...answers].filter(({ writableEnded, req }) => req.complete && !writableEnded).length;
type About = { readonly request: unknown };
subscribe("undici:request:create", (about) => calls.add((about as About).request));
for (const end of ["undici:request:trailers", "undici:request:error"])
  subscribe(end, (about) => calls.delete((about as About).request));
subscribe("http.server.request.start", (about) => {
  const { response } = about as { readonly response: ServerResponse };
  answers.add(response);
  response.once("close", () => answers.delete(response));
});

/** Connections for operations whose time is a clock's: the time that this machine takes ends no call. */
export function patientTransport(): Transport {
  const real = makeTransport();
  return {
    ...real,
    send: (request, limits, signal) =>
      real.send(request, { ...limits, timeoutMs: ANSWER_MS }, signal),
  };
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that goes on only when nothing else can happen: all waiting takes no time. */
export class VirtualClock implements Clock {
  #now: number;
  #stirred = 0;
  readonly #sleepers = new Set<Sleeper>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
    // What earlier tests have left says nothing about this one.
    for (const left of [calls, answers]) left.clear();
  }

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const end = (): void => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener("abort", abort);
        this.stir();
      };
      const abort = (): void => {
        end();
        reject(signal.reason as Error);
      };
      const sleeper = {
        at: this.#now + Math.max(0, ms),
        wake: () => {
          end();
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", abort);
      this.stir();
    });

  /** What a gateway needs to live by this clock. */
  parts() {
    return { now: this.now, sleep: this.sleep, transport: patientTransport() };
  }

  /** Says that something happens, for example that a call was answered. */
  stir(): void {
    this.#stirred += 1;
  }

  /** Lets time pass until the work is done. */
  async until<T>(work: Promise<T>): Promise<T> {
    const state = { done: false };
    const end = (): void => void (state.done = true);
    work.then(end, end);
    while (!state.done) {
      await this.#quiet();
      if (!state.done) this.#step(Number.POSITIVE_INFINITY);
    }
    return work;
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    do await this.#quiet();
    while (this.#step(until));
    this.#now = until;
  }

  /** Wakes all whose time comes next; false where nobody's comes by then. */
  #step(until: number): boolean {
    const at = Math.min(...[...this.#sleepers].map((sleeper) => sleeper.at));
    if (at > until || !Number.isFinite(at)) return false;
    this.#now = Math.max(this.#now, at);
    for (const sleeper of [...this.#sleepers]) if (sleeper.at <= at) sleeper.wake();
    return true;
  }

  async #quiet(): Promise<void> {
    // A busy machine may bring bytes late, but it brings them.
    const isAwaited = () => calls.size > servedCalls();
    const needed = () => (calls.size > 0 ? SERVING_TURNS : QUIET_TURNS);
    for (let turns = 0, seen = this.#stirred; isAwaited() || turns < needed(); turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (seen === this.#stirred) continue;
      seen = this.#stirred;
      turns = 0;
    }
  }
}
