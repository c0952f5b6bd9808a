import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { PlainSize } from "../../src/clouds/estate/plain.js";
import type { NewBackup, TrueBackup } from "../../src/clouds/estate/types.js";
import type { CloudVendor } from "../../src/clouds/vendorCloud.js";

/** An account as in the gateway's config. */
export interface CloudAccount {
  readonly id: string;
  readonly vendor: CloudVendor;
  readonly endpoint: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly regions: readonly string[];
  readonly products?: readonly string[];
}

/** Embedded clouds in a separate process. */
export interface BenchClouds {
  readonly accounts: readonly CloudAccount[];
  /** The calls since the last request for them, by vendor and action. */
  takeCalls(): Promise<Readonly<Record<string, number>>>;
  setLatency(latencyMs: number): Promise<void>;
  insert(backup: NewBackup): Promise<void>;
  truth(): Promise<readonly TrueBackup[]>;
  close(): Promise<void>;
}

/** The message that the process of the clouds sends when it is ready. */
export interface CloudsReady {
  readonly accounts: readonly CloudAccount[];
  readonly control: { readonly url: string; readonly token: string };
}

/** Starts the embedded clouds with one region for each vendor. */
export async function startBenchClouds(size: PlainSize): Promise<BenchClouds> {
  const child = fork(fileURLToPath(new URL("./cloudsProcess.js", import.meta.url)));
  child.send(size);
  const [{ accounts, control }] = (await once(child, "message")) as [CloudsReady];
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${control.url}${path}`, {
      method,
      headers: { "x-clouds-token": control.token, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    const text = await response.text();
    return text === "" ? null : JSON.parse(text);
  };
  return {
    accounts,
    takeCalls: async () => {
      const { counts } = (await ask("GET", "/calls")) as { counts: Record<string, number> };
      await ask("DELETE", "/calls");
      return counts;
    },
    setLatency: async (latencyMs) =>
      void (await ask("POST", "/knobs", { vendor: "all", knobs: { latencyMs } })),
    insert: async (backup) => void (await ask("POST", "/backups", backup)),
    truth: async () => (await ask("GET", "/truth")) as TrueBackup[],
    close: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The number of calls in a count by action. */
export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
