import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startClouds, type Clouds } from "../../../src/clouds/clouds.js";
import { fileAccountOf } from "../../fileAccount.js";
import { startGateway, type GatewayProcess } from "../../security/gatewayProcess.js";

/** Where the SDK is installed; users install it beside the gateway. */
const PACKAGES = fileURLToPath(new URL("node_modules", import.meta.url));

const COLLECTOR_KEY = "canary-of-the-collector";
const TRACE = "0af7651916cd43dd8448eb211c80319c";

type Json = Record<string, unknown>;

/** A receiver of OTLP in JSON over HTTP. */
async function startReceiver() {
  const bodies = new Map<string, Json[]>();
  const keys = new Set<string | undefined>();
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.on("end", () => {
      keys.add(request.headers["api-key"]?.toString());
      const path = request.url ?? "";
      bodies.set(path, [...(bodies.get(path) ?? []), JSON.parse(text) as Json]);
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    keys,
    paths: () => [...bodies.keys()].sort(),
    /** The objects below all bodies of a path that are in an array of this name. */
    all: (path: string, name: string) => itemsIn(bodies.get(path) ?? [], name),
    text: () => JSON.stringify([...bodies]),
    close: () => server.close(),
  };
}

function itemsIn(value: unknown, name: string): Json[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === name && Array.isArray(inner) ? (inner as Json[]) : itemsIn(inner, name),
  );
}

/** The attributes of a span, a record or a point, as one object. */
const attributesOf = ({ attributes }: Json): Json =>
  Object.fromEntries(
    (attributes as { key: string; value: Json }[]).map(({ key, value }) => [
      key,
      Object.values(value)[0],
    ]),
  );

const folder = mkdtempSync(join(tmpdir(), "otlp-"));
let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ estate: { instances: 3, backupsEach: 3 } });
});
afterAll(async () => {
  await clouds.close();
  rmSync(folder, { recursive: true });
});

/** Starts a gateway with these variables. */
function start(env: Record<string, string>): Promise<GatewayProcess> {
  const file = join(folder, "gateway.json");
  const accounts = clouds.accounts.map((account) => ({ ...fileAccountOf(account), retries: 0 }));
  const config = { server: { port: 0, logLevel: "info" }, accounts };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return startGateway(file, { env });
}

const ask = async (url: string, traceparent: string): Promise<string> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": "r-1", traceparent },
    body: JSON.stringify({
      query: "query NewestBackups { backups(first: 5) { complete nodes { downloads { url } } } }",
    }),
  });
  return response.text();
};

async function stop({ child, ended }: GatewayProcess): Promise<void> {
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
}

test("spans, metrics and log lines reach a receiver through variables alone, without secrets or links", async () => {
  const receiver = await startReceiver();
  clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "status", status: 503 } });
  const gateway = await start({
    NODE_PATH: PACKAGES,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_HEADERS: `api-key=${COLLECTOR_KEY}`,
  });
  const answer = await ask(gateway.url, `00-${TRACE}-b7ad6b7169203331-01`);
  const links = [...answer.matchAll(/"url":"([^"]+)"/g)].map(([, link]) => String(link));
  expect(links.length).toBeGreaterThan(0);
  const accept = "application/openmetrics-text";
  const scrape = await fetch(new URL("/metrics", gateway.url), { headers: { accept } });
  const exemplars = [...(await scrape.text()).matchAll(/^\S+_(\w+_duration)\S+ .* # {(.*)} /gm)];
  await stop(gateway);
  receiver.close();

  expect(receiver.paths()).toEqual(["/v1/logs", "/v1/metrics", "/v1/traces"]);
  expect([...receiver.keys]).toEqual([COLLECTOR_KEY]);

  const spans = receiver.all("/v1/traces", "spans");
  const [operation] = spans.filter(({ name }) => name === "query NewestBackups");
  expect(operation).toMatchObject({ traceId: TRACE, parentSpanId: "b7ad6b7169203331", kind: 2 });
  expect(attributesOf(operation as Json)).toMatchObject({
    "http.request.method": "POST",
    "http.route": "/graphql",
    "graphql.operation.name": "NewestBackups",
    "graphql.operation.type": "query",
    outcome: "PARTIAL",
  });
  const ids = `trace_id="${TRACE}",span_id="${String(operation?.["spanId"])}"`;
  const histograms = ["operation_duration", "attempt_duration"];
  expect(new Set(exemplars.map(([, name, labels]) => `${name}: ${labels}`))).toEqual(
    new Set(histograms.map((name) => `${name}: ${ids}`)),
  );
  const calls = spans.filter(({ parentSpanId }) => parentSpanId === operation?.["spanId"]);
  const failed = calls.map(attributesOf).find(({ vendor }) => vendor === "tencent");
  expect(failed).toMatchObject({
    account: "demo-tencent",
    "http.request.method": "POST",
    "http.response.status_code": 503,
    "server.address": "127.0.0.1",
    "error.type": "UNAVAILABLE",
  });

  const records = receiver.all("/v1/logs", "logRecords");
  const bodies = records.map(({ body }) => (body as { stringValue: string }).stringValue);
  expect(bodies).toEqual(expect.arrayContaining(["The gateway is ready.", "An operation ended."]));
  const [line] = records.filter((_, index) => bodies[index] === "A vendor call failed.");
  expect(line).toMatchObject({ severityText: "WARN", traceId: TRACE });
  expect(attributesOf(line as Json)).toMatchObject({ requestId: "r-1", account: "demo-tencent" });
  const [ended] = records.filter((_, index) => bodies[index] === "An operation ended.");
  expect(ended).toMatchObject({ traceId: TRACE, spanId: operation?.["spanId"] });

  const metrics = receiver.all("/v1/metrics", "metrics");
  const named = (name: string) => metrics.find((metric) => metric["name"] === name);
  expect(named("backup_gateway_operations_total")).toMatchObject({
    sum: { isMonotonic: true, dataPoints: [{ asDouble: 1 }] },
  });
  const [point] = itemsIn(named("backup_gateway_operation_duration_seconds"), "dataPoints");
  const counts = (point?.["bucketCounts"] as (string | number)[]).map(Number);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(Number(point?.["count"]));
  expect(counts).toHaveLength((point?.["explicitBounds"] as number[]).length + 1);
  expect(named("backup_gateway_breaker_state")).toHaveProperty("gauge");

  const service = receiver
    .all("/v1/traces", "attributes")
    .find(({ key }) => key === "service.name");
  expect(service).toMatchObject({ value: { stringValue: "redis-backup-gateway" } });
  const sent = receiver.text() + gateway.written.stderr;
  for (const { credentials } of clouds.accounts)
    for (const secret of Object.values(credentials))
      if (typeof secret === "string" && secret !== "") expect(sent).not.toContain(secret);
  for (const link of links) expect(sent).not.toContain(link);
  expect(sent).not.toContain(COLLECTOR_KEY);
  expect(sent).not.toContain(process.execPath);
});

test("only the signals that the variables name are exported", async () => {
  const receiver = await startReceiver();
  const gateway = await start({
    NODE_PATH: PACKAGES,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  });
  await ask(gateway.url, "");
  await stop(gateway);
  receiver.close();
  expect(receiver.paths()).toEqual(["/v1/traces"]);
});

test.each([{ OTEL_SDK_DISABLED: "true" }, { OTEL_TRACES_EXPORTER: "none" }, {}])(
  "nothing is loaded or said with %j",
  async (env) => {
    const endpoint =
      "OTEL_SDK_DISABLED" in env ? { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" } : {};
    const gateway = await start({ ...endpoint, ...(env as Record<string, string>) });
    await stop(gateway);
    expect(gateway.written.stderr).not.toContain("OpenTelemetry");
  },
);

test("without the package, the log names what to install, and the gateway serves", async () => {
  const gateway = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" });
  expect(await ask(gateway.url, "")).toContain("complete");
  await stop(gateway);
  expect(gateway.written.stderr).toContain("npm install @opentelemetry/sdk-node@0.218.0");
});
