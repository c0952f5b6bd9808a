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
import type { Clouds } from "../../src/clouds/clouds.js";
import { makeObservation } from "../../src/server/observe/observe.js";
import { startMetricsServer } from "../../src/server/observe/metricsRoute.js";
import { gatewayOver } from "../estate/gateway.js";
import { freePort } from "../freePort.js";

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
  query(expr: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly Alert[]>;
  close(): Promise<void>;
}

/** Starts both. Rules apply at once instead of after minutes. */
export async function startScraped(): Promise<Scraped> {
  const { config, clouds } = await loadSetup({ demo: true }, { env: {} } as CommandContext);
  if (clouds === null) throw new Error("The demo has clouds.");
  const gateway = gatewayOver(clouds, { policies: config.policies });
  const metrics = await serveMetrics(clouds, gateway, config.server.metricsTags);
  const folder = mkdtempSync(join(tmpdir(), "prometheus-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  writeConfig(folder, new URL(metrics.url).host);
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${new URL(url).host}`,
      "--log.level=error",
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
  await vi.waitFor(
    async () => expect(await query("backup_gateway_instance_state")).not.toEqual([]),
    { timeout: 60_000, interval: 200 },
  );
  return {
    clouds,
    gateway,
    query,
    alerts: async () => (await get<{ alerts: Alert[] }>("alerts")).alerts,
    close: async () => {
      await ended(child);
      await metrics.close();
      await gateway.close();
      await clouds.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The metrics of a gateway, on a port of their own. */
async function serveMetrics(clouds: Clouds, gateway: Gateway, tags: readonly string[]) {
  const logger = pino({ level: "silent" });
  const observation = makeObservation({
    logger,
    accounts: clouds.accounts,
    tags,
    now: Date.now,
    elapsed: () => performance.now(),
    process: false,
  });
  observation.show({
    health: (account) => gateway.http.health(account),
    rowsHeld: () => gateway.engine.rowsHeld,
    deadlineMs: 25_000,
    vendorCalls: 2_000,
    open: gateway.open,
  });
  const { registry, hooks } = observation;
  // So that the counters of vendor calls are there before the first scrape.
  for (const { id } of clouds.accounts)
    hooks.observer.onAttempt({
      account: id,
      action: "A",
      attempt: 1,
      outcome: "OK",
      fault: null,
      ms: 1,
    });
  const server = await startMetricsServer({ host: "127.0.0.1", port: 0, registry, logger });
  const close = async (): Promise<void> => {
    observation.close();
    await server.close();
  };
  return { url: server.url, close };
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
