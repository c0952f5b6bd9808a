import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Clock } from "../../src/http/bounds.js";
import { RedisLink, type LinkState, type RedisClient } from "../../src/shared/link.js";
import type { RedisServer } from "./redisServer.js";

/** The system's clock, which a test may move forward. */
export class MovableClock implements Clock {
  #ahead = 0;

  readonly now = (): number => Date.now() + this.#ahead;

  readonly sleep = async (ms: number, signal: AbortSignal): Promise<void> =>
    void (await delay(ms, undefined, { signal }));

  skip(ms: number): void {
    this.#ahead += ms;
  }
}

/** A link to a real server, and the states that it reported. */
export interface TestLink {
  readonly link: RedisLink;
  readonly clock: MovableClock;
  readonly states: LinkState[];
  /** Resolves when the link next reports that state. */
  next(state: LinkState): Promise<void>;
}

/** A client as the gateway makes it, which reconnects without delay. */
export const clientOf = (server: Pick<RedisServer, "port">): Redis =>
  new Redis(server.port, {
    host: "127.0.0.1",
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 500,
    commandTimeout: 1_000,
    retryStrategy: () => 20,
  });

export function linkTo(client: RedisClient, clock = new MovableClock()): TestLink {
  const states: LinkState[] = [];
  const waiting: { state: LinkState; resolve: () => void }[] = [];
  const link = new RedisLink(client, clock, (state) => {
    states.push(state);
    for (const one of waiting) if (one.state === state) one.resolve();
  });
  const next = (state: LinkState): Promise<void> =>
    new Promise((resolve) => waiting.push({ state, resolve }));
  return { link, clock, states, next };
}
