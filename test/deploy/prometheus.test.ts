import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import { cloudsFile, objectsOf } from "../cli/harness.js";
import { readsOf } from "../estate/gateway.js";
import { ask } from "../server/harness.js";
import { hasProgram, runProgram } from "../tools.js";
import { startScraped, type Scraped } from "./prometheus.js";

const hasPrometheus = hasProgram("prometheus") && hasProgram("promtool");

// Skipped where Prometheus is not installed.
describe.skipIf(!hasPrometheus)("the rules and the scrape config", () => {
  test.each([
    ["check", "config", "deploy/prometheus/prometheus.yml"],
    ["check", "rules", "deploy/prometheus/rules.yml"],
    ["test", "rules", "deploy/prometheus/rules.test.yml"],
  ])("pass promtool %s %s %s", async (...args) => {
    const { code, stdout, stderr } = await runProgram("promtool", args);
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining("SUCCESS")]);
  });

  test("have a unit test for each alert, that sees it fire and not fire", () => {
    const alerts = [...read("deploy/prometheus/rules.yml").matchAll(/- alert: (\w+)/g)];
    const tests = read("deploy/prometheus/rules.test.yml");
    expect(alerts.length).toBeGreaterThanOrEqual(7);
    for (const [, alert = ""] of alerts) {
      const [, ...blocks] = tests.split(`alertname: ${alert}\n`);
      const fires = blocks.map((block) => block.trimStart().startsWith("exp_alerts:\n"));
      expect([alert, new Set(fires).size]).toEqual([alert, 2]);
    }
  });
});

// Skipped where Alertmanager is not installed.
test.skipIf(!hasProgram("amtool"))("the config of Alertmanager passes amtool", async () => {
  const args = ["check-config", "deploy/alertmanager/alertmanager.yml"];
  const { code, stdout } = await runProgram("amtool", args);
  expect([code, stdout]).toEqual([0, expect.stringContaining("SUCCESS")]);
});

// Routes are looked up without a running Alertmanager.
test.skipIf(!hasProgram("amtool")).each([
  [["severity=critical", "env=prod"], "pager,chat"],
  [["severity=critical", "team=payments"], "pager,payments"],
  [["severity=critical", "env=test"], "chat"],
  [["severity=warning", "team=payments"], "payments"],
])("an alert with %j goes to %s", async (labels, receivers) => {
  const args = ["config", "routes", "test", "--config.file=deploy/alertmanager/alertmanager.yml"];
  const { stdout } = await runProgram("amtool", [...args, ...labels]);
  expect(stdout.trim()).toBe(receivers);
});

const read = (file: string): string => readFileSync(file, "utf8");

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

/** Every query of the dashboard, with the values of its variables. */
const dashboardQueries = (): [string, string][] =>
  (JSON.parse(read("deploy/grafana/redis-backups.json")) as { panels: Panel[] }).panels.flatMap(
    ({ title, targets }) =>
      targets.map(({ expr }): [string, string] => [
        title,
        expr
          .replaceAll("$provider", ".*")
          .replaceAll("$policy", ".*")
          .replaceAll("$__rate_interval", "1m"),
      ]),
  );

/** The code blocks of the page on evidence in a language. */
const blocks = (language: string): string[] =>
  [...read("docs/evidence.md").matchAll(new RegExp(`\`\`\`${language}\n([^\`]*)\`\`\``, "g"))].map(
    ([, code = ""]) => code,
  );

// Skipped where Prometheus is not installed.
describe.skipIf(!hasPrometheus)("a Prometheus that scrapes the gateway", () => {
  let starting: Promise<Scraped>;
  let scraped: Scraped;
  beforeAll(async () => {
    starting = startScraped();
    scraped = await starting;
  });
  // Also if the hook has timed out. What fails while it starts closes itself.
  afterAll(() =>
    starting.then(
      ({ close }) => close(),
      () => undefined,
    ),
  );

  test("shows what the gateway counts", async () => {
    const report = await readsOf(scraped.gateway).coverage(null, EVERY_INSTANCE);
    const found = await scraped.query('backup_gateway_instance_state{state="VIOLATING"} == 1');
    const violating = report.entries.filter(({ coverage }) => coverage.state === "VIOLATING");
    expect(violating.length).toBeGreaterThan(0);
    expect(found.map(({ metric }) => metric["redis_instance"]).sort()).toEqual(
      violating.map(({ instance }) => instance.nativeId).sort(),
    );
    // The address of the scraped gateway stays the label instance, and nothing was renamed.
    expect(found[0]?.metric).toMatchObject({ instance: expect.stringMatching(/^127\.0\.0\.1:/) });
    expect(found.every(({ metric }) => metric["exported_instance"] === undefined)).toBe(true);
  });

  test("stores the traces of operations and of their vendor calls as exemplars", async () => {
    const ids = { trace_id: "0af7651916cd43dd8448eb211c80319c", span_id: "b7ad6b7169203331" };
    // Links are never cached, so that this makes vendor calls.
    const query = `{ backups(first: 20, filter: { providers: ["demo-tencent/redis"] }) {
      complete nodes { downloads { url } } } }`;
    const send = async (traceparent: string): Promise<string> =>
      (await ask(scraped.url, query, { traceparent })).text;
    expect(await send(`00-${ids.trace_id}-${ids.span_id}-01"} 1 # {x="`)).toContain("complete");
    expect(await send(`00-${ids.trace_id}-${ids.span_id}-01`)).toContain("complete");
    for (const name of ["operation", "vendor_attempt"])
      await expect
        .poll(() => scraped.exemplars(`backup_gateway_${name}_duration_seconds_bucket`), {
          message: name,
        })
        .toContainEqual(ids);
    // A scrape that a busy machine answered late was one of those before.
    await expect.poll(() => scraped.query("up == 0")).toEqual([]);
    const all = await scraped.exemplars('{__name__=~"backup_gateway_.+"}');
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  test("answers every query of the dashboard", async () => {
    const queries = dashboardQueries();
    expect(queries.length).toBeGreaterThan(10);
    // A rate needs two scrapes.
    for (const [title, expr] of queries)
      await expect.poll(() => scraped.query(expr), { message: title }).not.toEqual([]);
  });

  test("fires an alert for each broken demand, with the name, the policy and the tags of the instance", async () => {
    const report = await readsOf(scraped.gateway).coverage(null, EVERY_INSTANCE);
    const wanted = report.entries.flatMap(({ instance, coverage }) =>
      coverage.violations.map(
        (violation) =>
          `${instance.nativeId}: ${instance.name ?? instance.nativeId} violates its backup policy (${violation})`,
      ),
    );
    const firing = async () =>
      (await scraped.alerts()).filter(
        ({ state, labels }) => state === "firing" && labels["alertname"] === "RedisBackupViolating",
      );
    const texts = async () =>
      (await firing())
        .map(({ labels, annotations }) => `${labels["redis_instance"]}: ${annotations["summary"]}`)
        .sort();
    await expect.poll(texts).toEqual(wanted.sort());
    const production = (await firing()).filter(
      ({ labels }) =>
        labels["policy"] === "production" && labels["provider"] === "demo-tencent/redis",
    );
    const broken = production.map(({ labels }) => [
      labels["redis_instance_name"],
      labels["violation"],
    ]);
    expect(broken.sort()).toEqual([
      ["payments-fraud", "RETENTION"],
      ["payments-history", "RPO"],
      ["payments-invoices", "ENCRYPTION"],
      ["payments-limits", "SIZE_DROP"],
      ["payments-refunds", "BACKUPS_OFF"],
      ["payments-refunds", "RPO"],
    ]);
    for (const { labels } of production)
      expect(labels).toMatchObject({
        env: "prod",
        team: "payments",
        region: "ap-guangzhou",
        severity: "critical",
      });
  });

  test("answers every query of the page on evidence", async () => {
    const queries = blocks("promql");
    expect(queries.length).toBeGreaterThanOrEqual(5);
    await expect.poll(() => scraped.query("ALERTS")).not.toEqual([]);
    // Of a Prometheus that has run for seconds, only a shorter step shows something.
    for (const query of queries)
      await expect
        .poll(() => scraped.query(query.replaceAll(/90d:\w+/g, "1m:1s")), { message: query })
        .not.toEqual([]);
    for (const query of queries) await scraped.query(query);
  });

  test("the nightly commands write what answers the questions", async () => {
    const folder = mkdtempSync(join(tmpdir(), "evidence-"));
    const program = join(folder, "redis-backup-gateway");
    writeFileSync(
      program,
      `#!/bin/sh\nexec "${process.execPath}" "${resolve("dist/main.js")}" "$@"\n`,
    );
    chmodSync(program, 0o755);
    writeFileSync(join(folder, "gateway.yaml"), read(cloudsFile(scraped.clouds)), { mode: 0o600 });
    const env = { PATH: `${folder}${delimiter}${process.env["PATH"]}` };
    const run = async (command: string): Promise<string> => {
      const ran = await runProgram("bash", ["-euo", "pipefail", "-c", command], {
        cwd: folder,
        env,
      });
      expect([command, ran.code, ran.stderr]).toEqual([command, 0, ""]);
      return ran.stdout;
    };
    try {
      const [nightly = "", ...answers] = blocks("sh");
      await run(nightly);
      const files = readdirSync(join(folder, "evidence"));
      // The day may have ended since.
      const day = /^backups-(\d{4}-\d\d-\d\d)/m.exec(files.join("\n"))?.[1];
      expect(files).toEqual(
        expect.arrayContaining([`backups-${day}.ndjson`, `coverage-${day}.csv`]),
      );
      const rows = objectsOf(read(join(folder, "evidence", `backups-${day}.ndjson`)));
      const one = String(rows[0]?.["instanceNativeId"]);
      const [violating, incomplete, ofInstance, failed, byDay, unchanged] = await Promise.all(
        answers.map((command) => run(command.replaceAll("INSTANCE", one))),
      );
      expect(violating).toContain("VIOLATING");
      // Some instances of the demo violate the RPO.
      expect(incomplete).toBe(`${day} coverage exited with 2\n`);
      expect(objectsOf(ofInstance ?? "")).toHaveLength(
        rows.filter(({ instanceNativeId }) => instanceNativeId === one).length,
      );
      expect(failed?.trim().split("\n")).toHaveLength(
        rows.filter(({ status }) => status === "FAILED").length,
      );
      expect(byDay).toMatch(/^day,status,count,sizeBytes,/);
      expect(unchanged).toBe("All files are as they were written.\n");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
