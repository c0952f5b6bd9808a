import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { cpuClockOf, type CpuClock } from "./cpu.js";
import type { CloudAccount } from "./clouds.js";

/** The built gateway. */
export const main = fileURLToPath(new URL("../../../../../dist/main.js", import.meta.url));
/** Arguments of Node for a server, which make it report its CPU time and end with the benchmark. */
export const PRELOADED = ["--import", new URL("./preload.js", import.meta.url).href];
const READY_WITHIN_MS = 20_000;

/** A server in a separate process. */
export interface Server {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
  readonly cpu: CpuClock;
  close(): Promise<void>;
}

/** Starts one of the peers with the data that it serves; it sends its address when it is ready. */
export async function startPeer(name: string, data: unknown): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const file = join(folder, "given.json");
  writeFileSync(file, JSON.stringify(data));
  const peer = fileURLToPath(new URL(`./peers/${name}.js`, import.meta.url));
  const child = fork(peer, [file], { execArgv: PRELOADED, env: production() });
  const url = await Promise.race([
    once(child, "message").then(([ready]) => (ready as { url: string }).url),
    once(child, "exit").then((): never => {
      throw new Error(`${name} ended before it was ready.`);
    }),
  ]);
  rmSync(folder, { recursive: true });
  return serverOf(name, url, child);
}

/** The settings of a gateway besides its accounts. */
export interface GatewayOptions {
  readonly name?: string;
  readonly accounts: readonly CloudAccount[];
  /** `cache.ttl` in its config. */
  readonly ttl: string;
}

/** Starts the gateway as shipped, with a config file; its log goes to a file. */
export async function startGateway(options: GatewayOptions): Promise<Server> {
  const { name = "gateway", accounts, ttl } = options;
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const log = join(folder, "log");
  const config = {
    server: { port: 0, cursorKey: Buffer.alloc(32, 1).toString("base64") },
    accounts,
    cache: { ttl },
    // The embedded clouds have no quota; this is the highest rate that the config accepts.
    upstream: { rate: 10_000 },
    limits: { requestsPerMinute: 0 },
  };
  writeFileSync(join(folder, "gateway.json"), JSON.stringify(config));
  const output = openSync(log, "a");
  const child = fork(main, ["serve", "--config", join(folder, "gateway.json")], {
    execArgv: PRELOADED,
    env: production(),
    stdio: ["ignore", output, output, "ipc"],
  });
  closeSync(output);
  const server = serverOf(name, await readyUrl(child, log), child);
  return {
    ...server,
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function readyUrl(child: ChildProcess, log: string): Promise<string> {
  const began = Date.now();
  while (child.exitCode === null && Date.now() - began < READY_WITHIN_MS) {
    await wait(20);
    const [, url] = /^Gateway ready at (\S+)$/m.exec(readFileSync(log, "utf8")) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`The gateway did not start:\n${readFileSync(log, "utf8")}`);
}

/** A server in a child process. */
export function serverOf(name: string, url: string, child: ChildProcess): Server {
  return {
    name,
    url,
    child,
    cpu: cpuClockOf(child),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The environment of a server, without the gateway's own variables. */
export const production = (): NodeJS.ProcessEnv => {
  const { GATEWAY_CONFIG: _file, PORT: _port, GATEWAY_HOST: _host, ...env } = process.env;
  return { ...env, NODE_ENV: "production" };
};
