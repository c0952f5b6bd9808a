import { setTimeout as sleep } from "node:timers/promises";
import type { AttemptNote, BreakerNote } from "../../src/domain/observation.js";
import { SourceError } from "../../src/errors.js";
import type { AccountLimits, HttpCall, HttpClient } from "../../src/http/client.js";
import type { ConnectOptions } from "../../src/http/connect.js";
import { makeHttpClient, type HttpClientParts } from "../../src/http/httpClient.js";
import type { HttpResponse } from "../../src/http/message.js";
import { makeTransport } from "../../src/http/transport.js";

/** No attempt of a test that is not about time ends by its timeout, however busy the machine is. */
export const LIMITS: AccountLimits = {
  timeoutMs: 120_000,
  concurrency: 16,
  rate: 1_000,
  retries: 2,
  maxResponseBytes: 100_000,
};

/** A moment that an attempt was signed with. */
export interface Moment {
  readonly now: number;
  readonly nonce: string;
}

export interface Harness {
  readonly client: HttpClient;
  readonly attempts: AttemptNote[];
  readonly breakers: BreakerNote[];
  readonly waits: number[];
  /** Every moment that was signed, in order. */
  readonly moments: Moment[];
  /** A call that posts its moment. `path` follows the origin unchanged. */
  call(origin: string, changes?: Partial<HttpCall<unknown>> & { path?: string }): HttpCall<unknown>;
}

/** A client that retries at once and records everything that it reports. */
export function makeHarness(
  limits: Partial<AccountLimits> = {},
  parts: Partial<HttpClientParts> & { readonly connect?: ConnectOptions } = {},
): Harness {
  const attempts: AttemptNote[] = [];
  const breakers: BreakerNote[] = [];
  const waits: number[] = [];
  const moments: Moment[] = [];
  let nonces = 0;
  const client = makeHttpClient({
    settingsOf: () => ({ ...LIMITS, ...limits }),
    now: Date.now,
    random: () => 0,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    nonce: () => String((nonces += 1)).padStart(32, "0"),
    transport: makeTransport(parts.connect),
    observer: {
      onAttempt: (note) => attempts.push(note),
      onBreaker: (note) => breakers.push(note),
      onWait: (ms) => waits.push(ms),
    },
    ...parts,
  });
  const call: Harness["call"] = (origin, { path = "/", ...changes } = {}) => ({
    account: "ops",
    action: "List",
    rate: 20,
    request: (moment) => {
      moments.push(moment);
      const body = JSON.stringify(moment);
      return {
        method: "POST",
        url: origin + path,
        headers: { "content-type": "application/json", "x-secret": CANARY },
        body,
      };
    },
    open: openLikeAVendor,
    ...changes,
  });
  return { client, attempts, breakers, waits, moments, call };
}

/** Stands for a credential, which no report may contain. */
export const CANARY = "canary-5d41402abc4b2a76b9719d911017c592";

/** The kinds of a vendor's own codes, as a declaration's table has them. */
const KINDS: Readonly<Record<string, SourceError["kind"]>> = {
  Busy: "UNAVAILABLE",
  Missing: "NOT_FOUND",
  NotYours: "FORBIDDEN",
  SlowDown: "THROTTLED",
  WrongTime: "UNAUTHENTICATED",
};

/** Opens an answer as a vendor's declaration does, with a parser that throws what it likes. */
export function openLikeAVendor({ body }: HttpResponse): unknown {
  const value: unknown = JSON.parse(body);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new SourceError("BAD_RESPONSE", "The answer is no object.");
  if (!("Code" in value)) return value;
  const code = String(value.Code);
  throw new SourceError(KINDS[code] ?? "BAD_RESPONSE", "The vendor refused.", {
    code,
    ...(code === "WrongTime" ? { clockSkew: true } : {}),
  });
}

/** A context that ends after `ms`, or when `abort` is called. */
export function contextFor(ms = 600_000): {
  signal: AbortSignal;
  deadline: number;
  abort: () => void;
} {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    deadline: Date.now() + ms,
    abort: () => controller.abort(),
  };
}

/** The error that a call ended with. */
export async function failureOf(sent: Promise<unknown>): Promise<SourceError> {
  try {
    await sent;
  } catch (thrown) {
    if (thrown instanceof SourceError) return thrown;
    throw thrown;
  }
  throw new Error("The call succeeded.");
}
