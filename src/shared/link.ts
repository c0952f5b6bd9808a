import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Clock } from "../http/bounds.js";

/** The longest that a command waits for the server. */
export const COMMAND_MS = 100;
/** How long the gateway waits before it tries a lost server again; doubles with every failed try. */
const FIRST_REST_MS = 250;
const LONGEST_REST_MS = 10_000;
/** Commands that may run at once. With more, the last of many large answers would come too late. */
const MOST_SENT = 32;

/** The part of a Redis client that is used. */
export type RedisClient = Pick<
  Redis,
  "status" | "ping" | "getrangeBuffer" | "set" | "del" | "eval" | "evalsha" | "on" | "disconnect"
>;

/** Whether the server answers. */
export type LinkState = "up" | "lost";

/** What everything that replicas share through the server works with. */
export interface SharingParts {
  readonly link: RedisLink;
  readonly clock: Clock;
  /** Unique among all replicas. */
  readonly replica: string;
  /** Names the caller whom a vendor limits. */
  readonly callerOf: (account: string) => string;
}

interface Sent {
  readonly at: number;
  /** Resolves the command with null. */
  giveUp(): void;
}

/**
 * Sends commands to a server that may be down or frozen.
 *
 * A command that fails or gets no answer in time returns null. After the first that gets no answer in time,
 * the server counts as lost: all running commands return null, and so does every later one, at once, until
 * the server answers again. One ping in the background after each rest finds out whether it does.
 */
export class RedisLink {
  private state: LinkState | "opening" | "closed" = "opening";
  private restMs = FIRST_REST_MS;
  private triesAt = 0;
  private upSince = 0;
  private pinging = false;
  private watching = false;
  /** Resolves when an attempt to connect has ended. */
  private readonly tried: Promise<void>;
  private opened: Promise<void> | null = null;
  /** Oldest first. */
  private readonly sent = new Set<Sent>();
  private readonly queue: (() => void)[] = [];
  private readonly end = new AbortController();

  constructor(
    private readonly redis: RedisClient,
    private readonly clock: Clock,
    private readonly onState: (state: LinkState) => void = () => undefined,
  ) {
    redis.on("ready", () => this.rise());
    redis.on("close", () => this.lose());
    // Commands report what goes wrong. An error event without a listener would end the process.
    redis.on("error", () => undefined);
    this.tried = new Promise<void>((resolve) => {
      redis.on("ready", resolve);
      redis.on("close", resolve);
    });
  }

  get isUp(): boolean {
    return this.state === "up" || this.state === "opening";
  }

  /** Starts to find out whether a lost server is back, if it is time to. */
  check(): void {
    if (this.state === "lost") void this.ping();
  }

  /** The result of a command, or null if it fails or the server is lost. */
  async run<T>(command: (redis: RedisClient) => Promise<T>): Promise<T | null> {
    if (this.state === "opening") await this.open();
    while (this.state === "up" && this.sent.size >= MOST_SENT)
      await new Promise<void>((resolve) => this.queue.push(resolve));
    if (this.state === "up") return this.send(command);
    this.check();
    return null;
  }

  close(): void {
    this.state = "closed";
    this.giveUp();
    this.end.abort();
    this.redis.disconnect();
  }

  private send<T>(command: (redis: RedisClient) => Promise<T>): Promise<T | null> {
    return new Promise((resolve) => {
      const sent = { at: this.clock.now(), giveUp: () => resolve(null) };
      const answer = (value: T | null): void => {
        this.sent.delete(sent);
        this.queue.shift()?.();
        resolve(value);
      };
      this.sent.add(sent);
      if (!this.watching) void this.watch();
      command(this.redis).then(answer, () => answer(null));
    });
  }

  /** Waits for the oldest command, then for the next, until none is running. */
  private async watch(): Promise<void> {
    this.watching = true;
    for (let [oldest] = this.sent; oldest !== undefined; [oldest] = this.sent) {
      const leftMs = oldest.at + COMMAND_MS - this.clock.now();
      if (leftMs > 0) await this.sleep(leftMs);
      // An answer that arrived while this process was busy is read only now.
      else await turn();
      if (leftMs <= 0 && this.sent.has(oldest)) this.lose();
    }
    this.watching = false;
  }

  /** Waits for the connection, from the first command on: a process that starts is too busy to open it. */
  private open(): Promise<void> {
    return (this.opened ??= this.within(this.tried).then(() => this.lose("opening")));
  }

  private rise(): void {
    if (this.state === "closed" || this.state === "up") return;
    this.state = "up";
    this.upSince = this.clock.now();
    this.onState("up");
  }

  private lose(from: LinkState | "opening" = "up"): void {
    if (this.state !== from) return;
    // A server that comes and goes is tried less and less often.
    const wasSteady = this.clock.now() - this.upSince > 3 * LONGEST_REST_MS;
    if (from === "up" && wasSteady) this.restMs = FIRST_REST_MS;
    this.state = "lost";
    this.rest();
    this.giveUp();
    this.onState("lost");
  }

  private rest(): void {
    this.triesAt = this.clock.now() + this.restMs;
    this.restMs = Math.min(2 * this.restMs, LONGEST_REST_MS);
  }

  private giveUp(): void {
    for (const sent of this.sent) sent.giveUp();
    this.sent.clear();
    for (const go of this.queue.splice(0)) go();
  }

  /** Finds out whether a server that stayed connected answers again. A new connection is an event. */
  private async ping(): Promise<void> {
    const waits = this.clock.now() < this.triesAt || this.redis.status !== "ready";
    if (this.pinging || waits) return;
    this.pinging = true;
    const answered = await this.within(this.redis.ping().then(isPong, () => false));
    this.pinging = false;
    if (this.state !== "lost") return;
    if (answered === true) this.rise();
    else this.rest();
  }

  private async within<T>(answer: Promise<T>): Promise<T | undefined> {
    const late = this.sleep(COMMAND_MS).then(turn);
    return (await Promise.race([answer, late])) ?? undefined;
  }

  private sleep(ms: number): Promise<void> {
    return this.clock.sleep(ms, this.end.signal).catch(() => undefined);
  }
}

const isPong = (answer: unknown): boolean => answer === "PONG";

/** Lets the process read what has arrived. */
const turn = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(() => resolve())));

/** A script that the server runs in one step. */
export class Script {
  private readonly sha: string;

  constructor(private readonly lua: string) {
    this.sha = createHash("sha1").update(lua).digest("hex");
  }

  /** Runs the script by its digest, and sends its text if the server does not know it. */
  async run(
    redis: RedisClient,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await redis.evalsha(this.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return redis.eval(this.lua, keys.length, ...keys, ...args);
    }
  }
}
