import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { makeGateway } from "../../../src/app.js";
import type { Clouds } from "../../../src/clouds/clouds.js";
import type { Account } from "../../../src/domain/account.js";
import { ANYONE } from "../../../src/domain/principal.js";
import { makeObservation } from "../../../src/server/observe/observe.js";
import { ask, exchange, serve } from "../harness.js";
import { logged, samplesNamed, samplesOf, shownOf } from "./harness.js";
import { recordSpans } from "./recorder.js";
import { MOMENT, startStillClouds } from "../../stillClouds.js";

/** The RPO of the default policy. */
const RPO_MS = 86_400_000;

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startStillClouds();
});
afterAll(() => clouds.close());
beforeEach(() => {
  clouds.knobs.reset();
  clouds.calls.reset();
});

const QUESTION =
  "query NewestBackups { backups(first: 100) { complete nodes { id downloads { url } } } }";
const COVERAGE = `{ coverage(rpo: "PT24H") { protectedCount violatingCount unknownCount } }`;

/** A whole gateway over the embedded clouds, observed. */
async function start(given: readonly Account[] = clouds.accounts) {
  const { logger, lines } = logged("debug");
  // The embedded clouds have no quota to keep to.
  const accounts = given.map((account) => ({
    ...account,
    upstream: { ...account.upstream, rate: 10_000 },
  }));
  const now = () => MOMENT;
  const observation = makeObservation({
    logger,
    accounts,
    now,
    elapsed: () => performance.now(),
    process: false,
  });
  const gateway = makeGateway({
    accounts,
    settings: { ttlMs: 30_000, staleIfErrorMs: 600_000, scanRows: 20_000, cacheRows: 200_000 },
    cursorKeys: [],
    now,
    ...observation.hooks,
  });
  observation.show(shownOf(gateway));
  const own = observation.serverOptions(
    { makeReads: gateway.open, plugins: [] },
    { authenticate: async () => ANYONE },
  );
  const server = await serve({ ...own, logger, now });
  onTestFinished(async () => {
    await server.close();
    observation.close();
    await gateway.close();
  });
  // A scrape does not wait long for coverage, and a busy machine may read it slowly.
  const scrape = () =>
    vi.waitFor(
      async () => {
        const samples = samplesOf((await exchange(new URL("/metrics", server.url).href)).text);
        expect(samples.has("backup_gateway_coverage_checked_timestamp_seconds")).toBe(true);
        return samples;
      },
      { timeout: 120_000 },
    );
  return { ...server, lines, scrape };
}

const sumOf = (samples: Record<string, number>, part: string): number =>
  Object.entries(samples)
    .filter(([labels]) => labels.includes(part))
    .reduce((sum, [, value]) => sum + value, 0);

const INSTANCES = "backup_gateway_coverage_instances";
const AGES = "backup_gateway_backup_age_seconds";

describe("a scrape of the embedded estate", () => {
  test("shows the coverage that the field shows", async () => {
    const { url, scrape } = await start();
    const { body } = await ask(url, COVERAGE);
    const samples = samplesNamed(await scrape(), INSTANCES);
    expect(body.data?.["coverage"]).toEqual({
      protectedCount: sumOf(samples, 'state="PROTECTED"'),
      violatingCount: sumOf(samples, 'state="VIOLATING"'),
      unknownCount: sumOf(samples, 'state="UNKNOWN"'),
    });
    expect(sumOf(samples, 'state="PROTECTED"')).toBeGreaterThan(0);
    expect(sumOf(samples, 'state="VIOLATING"')).toBeGreaterThan(0);
  });

  test("costs the vendor calls of the field and none more, and the next one none", async () => {
    // Lists of lengths that raise no doubt: which list settles a doubt depends on the order of answers.
    const estate = { instances: 7, backupsEach: 9, regions: 1 } as const;
    const clouds = await startStillClouds({ estate });
    onTestFinished(() => clouds.close());
    const { url } = await start(clouds.accounts);
    const { body } = await ask(url, "{ providers { key } }");
    const providers = body.data?.["providers"] as { key: string }[];
    const fields = providers.map(
      ({ key }, i) =>
        `p${i}: coverage(rpo: "PT24H", filter: { providers: ["${key}"] }) { complete }`,
    );
    await ask(url, `{ ${fields.join(" ")} }`);
    const ofField = clouds.calls.counts();
    clouds.calls.reset();
    const { scrape } = await start(clouds.accounts);
    const first = await scrape();
    expect(clouds.calls.counts()).toEqual(ofField);
    clouds.calls.reset();
    const again = await scrape();
    expect(again.get("backup_gateway_cache_rows")).toBeGreaterThan(100);
    expect(clouds.calls.counts()).toEqual({});
    expect(Object.keys(samplesNamed(again, AGES))).toEqual(Object.keys(samplesNamed(first, AGES)));
    expect(sumOf(samplesNamed(again, "backup_gateway_cache_misses_total"), "")).toBe(
      Object.values(ofField).reduce((sum, count) => sum + count, 0),
    );
  });

  test("show the true age of the newest good backup, also if it is older than a day", async () => {
    const { scrape } = await start();
    const before = clouds.estate.truth().filter(({ status }) => status === "SUCCEEDED");
    const instance = before.find(({ product }) => product === "UCLOUD_UMEM")?.instanceNativeId;
    for (const one of before)
      if (one.instanceNativeId === instance && MOMENT - one.startedAt < 2 * RPO_MS)
        expect(clouds.estate.deleteBackup(one)).toBe(true);
    const ages = samplesNamed(await scrape(), AGES);
    const truth = clouds.estate.truth().filter(({ status }) => status === "SUCCEEDED");
    for (const [labels, seconds] of Object.entries(ages)) {
      // Instances of two providers may have the same id.
      const own = truth.filter(
        ({ provider, instanceNativeId }) =>
          labels.includes(`provider="${provider}"`) &&
          labels.includes(`instance="${instanceNativeId}"`),
      );
      // Without one, infinity.
      const age = (MOMENT - Math.max(...own.map(({ startedAt }) => startedAt))) / 1_000;
      expect([labels, seconds]).toEqual([labels, age]);
    }
    const [older] = Object.entries(ages).filter(([labels]) => labels.includes(`"${instance}"`));
    expect(older?.[1]).toBeGreaterThan((2 * RPO_MS) / 1_000);
    expect(older?.[1]).toBeLessThan(Infinity);
  });

  test("counts a vendor that is down as unknown under its provider, and never as nothing", async () => {
    clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "reset" } });
    const { scrape } = await start();
    const samples = await scrape();
    const tencent = (state: string) =>
      samples.get(`${INSTANCES}{provider="demo-tencent/redis",state="${state}"}`);
    expect(tencent("UNKNOWN")).toBeGreaterThan(0);
    expect([tencent("PROTECTED"), tencent("VIOLATING")]).toEqual([0, 0]);
    expect(samples.get('backup_gateway_coverage_complete{provider="demo-tencent/redis"}')).toBe(0);
    const after = await scrape();
    const attempts = samplesNamed(after, "backup_gateway_vendor_attempts_total");
    expect(sumOf(attempts, 'outcome="UNAVAILABLE"')).toBeGreaterThan(0);
    expect(sumOf(attempts, 'outcome="OK"')).toBeGreaterThan(0);
    const open =
      'backup_gateway_breaker_state{vendor="tencent",account="demo-tencent",state="open"}';
    expect(after.get(open)).toBe(1);
  });
});

describe("what leaves in logs, metrics and traces", () => {
  test("holds no credentials, signatures, links or URLs, also where everything fails", async () => {
    const spans = recordSpans();
    const { url, scrape, lines } = await start();
    const whole = await ask(url, QUESTION);
    expect(whole.text).toContain("http");
    clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "status", status: 503 } });
    clouds.knobs.faults.add({ vendor: "alibaba", effect: { kind: "html" } });
    clouds.knobs.faults.add({
      vendor: "ucloud",
      effect: { kind: "vendorError", code: "172", message: "canary-of-the-vendor" },
    });
    const { url: failing, scrape: scrapeFailing, lines: failures } = await start();
    await ask(failing, QUESTION, { authorization: "Bearer canary-of-the-client" });
    const samples = [...(await scrape()), ...(await scrapeFailing())];
    const text = JSON.stringify([lines, failures, samples, spans]);
    const failed = failures.filter(({ msg }) => msg === "A vendor call failed.");
    expect(failed.some(({ vendor, code }) => vendor === "ucloud" && code === "172")).toBe(true);
    expect(spans.length).toBeGreaterThan(10);
    const secrets = clouds.accounts.flatMap(({ credentials }) =>
      Object.values(credentials).filter((one) => typeof one === "string" && one !== ""),
    );
    expect(secrets.length).toBeGreaterThan(5);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/canary|signature|https?:/i);
  });
});

describe("the log line of a failed vendor call", () => {
  test.each([
    { sent: "Forbidden.RAM", logged: "Forbidden.RAM" },
    { sent: "NotDocumentedYet", logged: "NotDocumentedYet" },
    { sent: "Forbidden.key-9f8e7d6c5b", logged: "Forbidden" },
    { sent: "AKIA5EXAMPLE7KEY", logged: undefined },
    { sent: "a text of the vendor", logged: undefined },
  ])("has the vendor's own code, but no other text: $sent", async ({ sent, logged }) => {
    const effect = { kind: "vendorError", code: sent, message: "canary" } as const;
    clouds.knobs.faults.add({ vendor: "alibaba", effect });
    const { url, lines } = await start();
    await ask(url, QUESTION);
    const failed = lines.filter(({ vendor, outcome }) => vendor === "alibaba" && outcome !== "OK");
    expect(failed.length).toBeGreaterThan(0);
    for (const { code } of failed) expect(code).toBe(logged);
    if (logged !== sent) expect(JSON.stringify(lines)).not.toContain(sent);
  });
});

describe("the spans of vendor calls", () => {
  test("lie under the operation that made them, also when they stood in line for a slot", async () => {
    const spans = recordSpans();
    const narrow = clouds.accounts.map((account) => ({
      ...account,
      upstream: { ...account.upstream, concurrency: 1 },
    }));
    const { url } = await start(narrow);
    const list = (product: string) =>
      ask(
        url,
        `{ instances(first: 200, filter: { providers: ["demo-ucloud/${product}"] }) {
             nodes { latestBackup { id } } } }`,
        { "x-request-id": product },
      );
    await Promise.all([list("uredis"), list("umem")]);
    const requestOf = new Map(spans.map(({ id, attributes }) => [id, attributes["request.id"]]));
    const made = spans
      .filter(({ attributes }) => /URedis|UMem/.test(String(attributes["action"])))
      .map(({ parent, attributes }) => [
        /URedis/.test(String(attributes["action"])) ? "uredis" : "umem",
        requestOf.get(parent ?? ""),
      ]);
    expect(made.length).toBeGreaterThan(10);
    for (const [product, requestId] of made) expect(requestId).toBe(product);
  });
});
