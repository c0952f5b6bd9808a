import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Clock } from "../../src/http/bounds.js";
import { RedisLink, type LinkState } from "../../src/shared/link.js";
import { RedisServer } from "./redisServer.js";

/** When all movable clocks start. */
const START = Date.now();

/** A clock that shows another time only when a test moves it. Sleeps take real time. */
export class MovableClock implements Clock {
  skipped = 0;

  readonly now = (): number => START + this.skipped;

  readonly sleep = async (ms: number, signal: AbortSignal): Promise<void> =>
    void (await delay(ms, undefined, { signal }));

  skip(ms: number): void {
    this.skipped += ms;
  }
}

/** A link to a real server, and the states that it reported. */
export interface TestLink {
  readonly link: RedisLink;
  /** For what uses the link. */
  readonly clock: MovableClock;
  readonly states: LinkState[];
  /** Resolves when the link next reports that state. */
  next(state: LinkState): Promise<void>;
}

/** A client that reconnects at once, and waits for a server on a busy machine. */
const clientOf = ({ port }: RedisServer): Redis =>
  new Redis(port, {
    host: "127.0.0.1",
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 20,
  });

/** For a link, time passes while the server is stopped, so that an answer is late only then. */
function clockOf(server: RedisServer, movable: MovableClock): Clock {
  const now = (): number => movable.skipped + server.stoppedMs;
  return {
    now,
    sleep: async (ms, signal) => {
      for (const end = now() + ms; now() < end;) await delay(5, undefined, { signal });
    },
  };
}

function linkTo(server: RedisServer): TestLink {
  const clock = new MovableClock();
  const states: LinkState[] = [];
  const waiting: { state: LinkState; resolve: () => void }[] = [];
  const link = new RedisLink(clientOf(server), clockOf(server, clock), (state) => {
    states.push(state);
    for (const one of waiting) if (one.state === state) one.resolve();
  });
  const next = (state: LinkState): Promise<void> =>
    new Promise((resolve) => waiting.push({ state, resolve }));
  return { link, clock, states, next };
}

/** A server that is empty before each test of a suite, and links to it that are closed after each. */
export class SharedServer {
  /** The open links. */
  readonly links: TestLink[] = [];
  #server: RedisServer | null = null;

  constructor() {
    beforeAll(async () => {
      this.#server = await RedisServer.start();
    });
    beforeEach(() => this.inspector.flushall());
    afterEach(() => {
      this.server.thaw();
      for (const { link } of this.links.splice(0)) link.close();
    });
    afterAll(() => this.server.close());
  }

  get server(): RedisServer {
    if (this.#server === null) throw new Error("The server starts before the first test.");
    return this.#server;
  }

  get inspector(): Redis {
    return this.server.inspector;
  }

  link(): TestLink {
    const link = linkTo(this.server);
    this.links.push(link);
    return link;
  }
}
