import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe } from "vitest";
import { unpack, type Seal } from "../../src/shared/seal.js";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../src/http/bounds.js";
import { COMMAND_MS } from "../../src/shared/link.js";
import { freePort } from "../freePort.js";
import { MOMENT } from "../stillClouds.js";

const isInstalled = spawnSync("redis-server", ["--version"]).status === 0;

/** A suite that needs redis-server. Without it, the suite is skipped and says why. */
export const describeWithRedis = (name: string, tests: () => void): void => {
  if (isInstalled) describe(name, tests);
  else describe.skip(`${name} (skipped: there is no redis-server here)`, tests);
};

/** A redis-server for one test file. */
export class RedisServer {
  #stoppedMs = 0;
  #stoppedAt: number | null = null;

  private constructor(
    readonly port: number,
    private process: ChildProcess,
    /** Looks at the server from outside. */
    readonly inspector: Redis,
  ) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  static async start(): Promise<RedisServer> {
    for (;;) {
      const port = await freePort();
      const process = await launch(port);
      // Another program may have taken the port.
      if (process === null) continue;
      const inspector = new Redis(port, { host: "127.0.0.1" });
      // It connects again by itself when the server comes back.
      inspector.on("error", () => undefined);
      return new RedisServer(port, process, inspector);
    }
  }

  /** How long it has been frozen or dead in total, in milliseconds. */
  get stoppedMs(): number {
    return this.#stoppedMs + (this.#stoppedAt === null ? 0 : Date.now() - this.#stoppedAt);
  }

  /**
   * The clock of a gateway that uses this server. Time passes only while the server is stopped, so that
   * an answer of it is late only then, however busy the machine is. Other waiting takes real time.
   */
  clock(ahead: () => number = () => 0): Clock {
    const now = (): number => MOMENT + ahead() + this.stoppedMs;
    return {
      now,
      sleep: async (ms, signal) => {
        if (ms !== COMMAND_MS) return void (await delay(ms, undefined, { signal }));
        for (const end = now() + ms; now() < end;) await delay(5, undefined, { signal });
      },
    };
  }

  /** Stops it from answering; its connections stay open. */
  freeze(): void {
    this.process.kill("SIGSTOP");
    this.#stoppedAt ??= Date.now();
  }

  thaw(): void {
    this.process.kill("SIGCONT");
    this.#run();
  }

  #run(): void {
    this.#stoppedMs = this.stoppedMs;
    this.#stoppedAt = null;
  }

  async kill(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
    this.#stoppedAt ??= Date.now();
  }

  /** Starts it again, empty, after it was killed. */
  async revive(): Promise<void> {
    const process = await launch(this.port);
    if (process === null) throw new Error("The port was taken meanwhile.");
    this.process = process;
    this.#run();
  }

  /** Everything on the server, by key, as text; values that `seal` opens also as what they contain. */
  async dump(seal?: Seal): Promise<Map<string, string>> {
    const keys = await this.inspector.keys("*");
    const values = keys.map(async (key): Promise<[string, string]> => {
      const type = await this.inspector.type(key);
      if (type === "string") {
        const value = (await this.inspector.getBuffer(key)) ?? Buffer.alloc(0);
        const plain = seal?.open(key, value) ?? Buffer.alloc(0);
        return [key, `${value.toString("latin1")}${(await unpack(plain)) ?? ""}`];
      }
      if (type === "list") return [key, (await this.inspector.lrange(key, 0, -1)).join(" ")];
      if (type === "zset") return [key, (await this.inspector.zrange(key, 0, -1)).join(" ")];
      return [key, JSON.stringify(await this.inspector.hgetall(key))];
    });
    return new Map(await Promise.all(values));
  }

  async close(): Promise<void> {
    this.inspector.disconnect();
    if (this.process.exitCode === null && this.process.signalCode === null) await this.kill();
  }
}

/** Null if the server ended before it was ready. */
async function launch(port: number): Promise<ChildProcess | null> {
  const options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const directory = mkdtempSync(join(tmpdir(), "redis-"));
  const args = ["--port", String(port), "--dir", directory, ...options];
  const process = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  const ready = new Promise<true>((resolve) => {
    let text = "";
    process.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.includes("Ready to accept connections")) resolve(true);
    });
  });
  const isReady = await Promise.race([ready, once(process, "exit").then(() => false)]);
  return isReady ? process : null;
}
