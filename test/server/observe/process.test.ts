import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { startClouds, type Clouds } from "../../../src/clouds/clouds.js";
import { configFile, objectsOf } from "../../cli/harness.js";
import { startGateway } from "../../security/gatewayProcess.js";
import { ask, exchange } from "../harness.js";
import { samplesOf } from "./harness.js";
import { fileAccountOf } from "../../fileAccount.js";

const QUESTION = "query NewestBackups { backups(first: 5) { complete nodes { id } } }";

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds();
});
afterEach(() => clouds.knobs.reset());
afterAll(() => clouds.close());

/** A gateway in a process of its own, with metrics on a port of their own. */
async function start() {
  const file = configFile({
    server: { metrics: { port: 0 } },
    accounts: clouds.accounts.map((account) => ({ ...fileAccountOf(account), rate: 10_000 })),
  });
  const gateway = await startGateway(file, { env: { PORT: "0" } });
  return { ...gateway, lines: () => objectsOf(gateway.written.stderr) };
}

describe("a gateway's process", () => {
  test("that receives SIGTERM answers running operations, logs it, and exits with 0", async () => {
    const gateway = await start();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => {
      clouds.knobs.hook = () => (resolve(), held);
    });
    const answer = ask(gateway.url, QUESTION);
    await reached;
    gateway.child.kill("SIGTERM");
    const isOpen = () => exchange(new URL("/health/live", gateway.url).href).then(() => true);
    while (await isOpen().catch(() => false));
    release();
    expect((await answer).body.data?.["backups"]).toMatchObject({ complete: true });
    expect(await gateway.ended).toEqual([0, null]);
    expect(gateway.lines().map(({ msg }) => msg)).toEqual([
      "The gateway is ready.",
      "The gateway is stopping and waits for running operations.",
      "An operation ended.",
      "The gateway has stopped.",
    ]);
    expect(gateway.written.stdout).toBe(`Gateway ready at ${gateway.url}\n`);
  });

  test("serves its metrics on the port of their own, and not on the main one", async () => {
    const gateway = await start();
    await ask(gateway.url, QUESTION);
    const [{ metrics } = {}] = gateway.lines();
    const protectedOnes =
      'backup_gateway_coverage_instances{provider="demo-tencent/redis",state="PROTECTED"}';
    // A scrape does not wait long for coverage, and a busy machine may read it slowly.
    const samples = await vi.waitFor(
      async () => {
        const scraped = samplesOf((await exchange(String(metrics))).text);
        expect(scraped.get(protectedOnes)).toBeGreaterThan(0);
        return scraped;
      },
      { timeout: 120_000 },
    );
    const total = 'backup_gateway_operations_total{operation="NewestBackups",outcome="OK"}';
    expect(samples.get(total)).toBe(1);
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(1e7);
    expect(samples.has("nodejs_eventloop_lag_p99_seconds")).toBe(true);
    expect((await exchange(new URL("/metrics", gateway.url).href)).status).toBe(404);
  });

  test("lets no credential into its log, its output or its metrics", async () => {
    clouds.knobs.faults.add({ vendor: "alibaba", effect: { kind: "html" } });
    const gateway = await start();
    await ask(gateway.url, QUESTION, { "x-request-id": "r-1" });
    const [{ metrics } = {}] = gateway.lines();
    const { text: scraped } = await exchange(String(metrics));
    gateway.child.kill("SIGTERM");
    await gateway.ended;
    const failed = gateway.lines().filter(({ msg }) => msg === "A vendor call failed.");
    expect(failed[0]).toMatchObject({
      requestId: "r-1",
      vendor: "alibaba",
      outcome: expect.any(String),
      level: 40,
    });
    const all = scraped + gateway.written.stderr + gateway.written.stdout;
    for (const { credentials } of clouds.accounts)
      for (const secret of Object.values(credentials))
        if (typeof secret === "string") expect(all).not.toContain(secret);
  });
});
