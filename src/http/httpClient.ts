import { SourceError } from "../errors.js";
import { AccountState } from "./accountState.js";
import type { BreakerNews } from "./breakerNews.js";
import type { AccountLimits, HttpClient } from "./client.js";
import { transportErrorOf } from "./faults.js";
import type { HttpObserver } from "./observer.js";
import { MemoryQuota, type Quota } from "./quota.js";
import { Sending, type SendingParts } from "./sending.js";
import { makeTransport, type Transport } from "./transport.js";

/** What the client is made of; clock and randomness are arguments so that tests are exact. */
export interface HttpClientParts {
  settingsOf(account: string): AccountLimits;
  /** Epoch milliseconds. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Resolves after `ms`; rejects as soon as `signal` aborts, also when it has aborted before. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Unique text of 32 hex digits. */
  nonce(): string;
  readonly observer?: HttpObserver;
  /** Counts in this process by default. */
  readonly quota?: Quota;
  /** None by default: no other replica is known. */
  readonly news?: BreakerNews;
  readonly transport?: Transport;
}

/** Makes the client that all vendor calls go through. */
export function makeHttpClient(parts: HttpClientParts): HttpClient {
  const clock = { now: () => parts.now(), sleep: parts.sleep };
  const sending: SendingParts = {
    clock,
    random: () => parts.random(),
    nonce: () => parts.nonce(),
    quota: parts.quota ?? new MemoryQuota(clock),
    transport: parts.transport ?? makeTransport(),
    observer: parts.observer ?? {},
    ...(parts.news === undefined ? {} : { news: parts.news }),
  };
  const accounts = new Map<string, AccountState>();
  const stateOf = (id: string): AccountState => {
    let state = accounts.get(id);
    if (state === undefined)
      accounts.set(id, (state = new AccountState(id, parts.settingsOf(id), sending)));
    return state;
  };
  return {
    async send(call, context) {
      const account = stateOf(call.account);
      try {
        const value = await new Sending(sending, account, call, context).run();
        account.succeeded();
        return value;
      } catch (thrown) {
        const error = thrown instanceof SourceError ? thrown : transportErrorOf(thrown);
        account.failed(error);
        throw error;
      }
    },
    health: (account) => stateOf(account).health(),
    isFailing: (account) => stateOf(account).isFailing,
    close: () => sending.transport.close(),
  };
}
