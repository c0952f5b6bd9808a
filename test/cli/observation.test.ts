import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { loggerOf, observationOf, startMetrics } from "../../src/cli/observation.js";
import { loadConfig } from "../../src/config/load.js";
import { exchange } from "../server/harness.js";

const configOf = (metrics: string) =>
  loadConfig({
    text: `
server: { logLevel: silent${metrics} }
accounts:
  - { id: ops, vendor: ucloud, credentials: { publicKey: public-key, privateKey: private-key } }
`,
    env: {},
  });

const start = (metrics: string) => {
  const config = configOf(metrics);
  const logger = pino({ level: "silent" });
  return startMetrics(observationOf(config, logger), config, logger);
};

describe("the metrics listener of a config", () => {
  test("is there only where the config has one", async () => {
    expect(await start("")).toBeNull();
    const server = await start(", metrics: { port: 0 }");
    onTestFinished(() => server?.close());
    const { status, text } = await exchange(String(server?.url));
    expect(status).toBe(200);
    expect(text).toContain("nodejs_eventloop_lag_seconds");
  });

  test("says which setting to change where its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    await expect(start(`, metrics: { port: ${port} }`)).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is in use. Set server.metrics.port to another port, or to 0 for any free port.`,
    );
  });
});

test("the log of a config has its level", () => {
  expect(loggerOf(configOf("")).level).toBe("silent");
});
