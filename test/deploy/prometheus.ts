import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, vi } from "vitest";
import { stringify, parse } from "yaml";
import type { Gateway } from "../../src/app.js";
import type { CommandContext } from "../../src/cli/context.js";
import { loadSetup } from "../../src/cli/setup.js";
import type { GatewayConfig } from "../../src/config/resolve.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { makeObservation } from "../../src/server/observe/observe.js";
import { ANYONE } from "../../src/domain/principal.js";
import { gatewayOver } from "../estate/gateway.js";
import { freePort } from "../freePort.js";
import { ask, startTestServer } from "../server/harness.js";
import { shownOf } from "../server/observe/harness.js";

/** One series of the answer to an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** An alert that Prometheus shows. */
export interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A Prometheus that scrapes the gateway of the demo, with the rules of deploy/. */
export interface Scraped {
  readonly clouds: Clouds;
  readonly gateway: Gateway;
  /** The URL of the gateway's GraphQL endpoint. */
  readonly url: string;
  query(expr: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly Alert[]>;
  /** The labels of the exemplars of a series. */
  exemplars(expr: string): Promise<readonly Readonly<Record<string, string>>[]>;
  close(): Promise<void>;
}

/** Starts both. Rules apply at once instead of after minutes. */
export async function startScraped(): Promise<Scraped> {
  // Programs that read the clouds have the clock of the machine, and an objective must not end between two answers.
  const startedAt = Date.now();
  const stderr = { isTTY: false } as CommandContext["stderr"];
  const context = { env: {}, now: () => startedAt, stderr } as CommandContext;
  const { config, clouds } = await loadSetup({ demo: true }, context);
  if (clouds === null) throw new Error("The demo has clouds.");
  const { server, gateway, stop } = await serveObserved(clouds, config);
  const folder = mkdtempSync(join(tmpdir(), "prometheus-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  // So that there are counters of operations and vendor calls at the first scrape.
  await ask(server.url, "{ backups(first: 5) { complete } }");
  writeConfig(folder, new URL(server.url).host);
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${new URL(url).host}`,
      "--log.level=error",
      "--enable-feature=exemplar-storage",
    ],
    { stdio: "ignore" },
  );
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as Record<string, unknown>;
    if (status !== "success") throw new Error(`Prometheus refuses ${path}: ${String(error)}`);
    return data as T;
  };
  const query = async (expr: string): Promise<readonly Sample[]> =>
    (await get<{ result: Sample[] }>(`query?query=${encodeURIComponent(expr)}`)).result;
  const close = async (): Promise<void> => {
    await ended(child);
    await stop();
    await clouds.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await vi.waitFor(
      async () => expect(await query("backup_gateway_instance_state")).not.toEqual([]),
      { timeout: 120_000, interval: 200 },
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    clouds,
    gateway,
    query,
    url: server.url,
    exemplars: async (expr) => {
      const span = `start=${Date.now() / 1_000 - 3_600}&end=${Date.now() / 1_000 + 60}`;
      const found = await get<{ exemplars: { labels: Record<string, string> }[] }[]>(
        `query_exemplars?query=${encodeURIComponent(expr)}&${span}`,
      );
      return found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
    },
    alerts: async () => (await get<{ alerts: Alert[] }>("alerts")).alerts,
    close,
  };
}

/** A gateway that is observed. */
async function serveObserved(clouds: Clouds, { policies, server }: GatewayConfig) {
  const logger = pino({ level: "silent" });
  const observation = makeObservation({
    logger,
    accounts: clouds.accounts,
    tags: server.metricsTags,
    now: clouds.estate.now,
    elapsed: () => performance.now(),
    process: false,
  });
  // Each scrape counts the calls that are left, one by one.
  const accounts = clouds.accounts.map((account) => ({
    ...account,
    upstream: { ...account.upstream, rate: 500 },
  }));
  const gateway = gatewayOver(clouds, { accounts, policies, ...observation.hooks });
  observation.show(shownOf(gateway));
  const running = await startTestServer(
    observation.serverOptions(
      { makeReads: gateway.open, plugins: [] },
      { authenticate: async () => ANYONE },
    ),
  );
  const stop = async (): Promise<void> => {
    observation.close();
    await running.close();
    await gateway.close();
  };
  return { server: running, gateway, stop };
}

/** Writes the config and the rules of deploy/, with other targets and shorter times. */
function writeConfig(folder: string, target: string): void {
  const config = parse(readFileSync("deploy/prometheus/prometheus.yml", "utf8")) as {
    global: object;
    alerting?: object;
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  config.global = { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" };
  delete config.alerting;
  for (const job of config.scrape_configs) {
    Object.assign(job, { scrape_timeout: "1s" });
    job.static_configs = [{ targets: [target] }];
  }
  writeFileSync(join(folder, "prometheus.yml"), stringify(config));
  const rules = readFileSync("deploy/prometheus/rules.yml", "utf8");
  writeFileSync(join(folder, "rules.yml"), rules.replaceAll(/^( +for: ).*$/gm, "$10s"));
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, "exit");
  child.kill();
  await exit;
}
