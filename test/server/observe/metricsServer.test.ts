import { describe, expect, onTestFinished, test } from "vitest";
import { startMetricsServer } from "../../../src/server/observe/metricsServer.js";
import { exchange } from "../harness.js";
import { logged, observation } from "./harness.js";

async function start() {
  const { observation: observed } = observation();
  const { logger, lines } = logged();
  const { registry } = observed;
  const server = await startMetricsServer({ host: "127.0.0.1", port: 0, logger, registry });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= server.close());
  onTestFinished(close);
  return { ...server, close, lines, registry };
}

describe("a listener of its own", () => {
  test("serves metrics, and nothing else", async () => {
    const { url } = await start();
    const { status, text, headers } = await exchange(url);
    expect([status, headers["x-content-type-options"]]).toEqual([200, "nosniff"]);
    expect(text).toContain("backup_gateway_operations_in_flight 0");
    for (const path of ["/", "/graphql", "/health/live"])
      expect((await exchange(new URL(path, url).href)).status).toBe(404);
    const body = { "content-type": "application/json" };
    expect((await exchange(url, { method: "POST", headers: body, body: "[0]" })).status).toBe(413);
  });

  test("answers to no foreign host", async () => {
    const { url } = await start();
    expect((await exchange(url, { headers: { host: "evil.example" } })).status).toBe(421);
  });

  test("masks what goes wrong, and logs it", async () => {
    const { url, registry, lines } = await start();
    registry.metrics = () => Promise.reject(new Error("canary"));
    const { status, text } = await exchange(url);
    expect(status).toBe(500);
    expect(text).not.toContain("canary");
    expect(lines).toMatchObject([{ level: 50, msg: "A request failed unexpectedly." }]);
  });

  test("frees its port", async () => {
    const { url, close } = await start();
    await close();
    await expect(exchange(url)).rejects.toThrow("ECONNREFUSED");
  });
});
