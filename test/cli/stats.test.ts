import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../src/clouds/clouds.js";
import { cloudsFile, objectsOf, run, Sink, type Ran } from "./harness.js";
import { startStillClouds } from "../stillClouds.js";

let clouds: Clouds;
let file: string;
beforeAll(async () => {
  clouds = await startStillClouds();
  file = cloudsFile(clouds, (account) => ({ ...account, retries: 0 }));
});
afterEach(() => clouds.knobs.reset());
afterAll(() => clouds.close());

const stats = (...args: string[]): Promise<Ran> => run(["stats", "--config", file, ...args]);

/** The backups of the estate by status and provider. */
function truth(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, provider } of clouds.estate.truth()) {
    const key = `${status} ${provider}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe("stats", () => {
  test("counts every backup, by the names of the GraphQL schema", async () => {
    const ran = await stats("--by", "status,provider", "--format", "ndjson");
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    const rows = objectsOf(ran.stdout);
    expect(
      Object.fromEntries(
        rows.map(({ status, provider, count }) => [`${status} ${provider}`, count]),
      ),
    ).toEqual(truth());
    expect(Object.keys(rows[0] ?? {})).toEqual([
      "status",
      "provider",
      "count",
      "sizeBytes",
      "sizedCount",
      "firstStartedAt",
      "lastStartedAt",
    ]);
  });

  test("writes a table with a total, and CSV without", async () => {
    const table = await stats("--by", "month");
    expect(table.stdout).toMatch(/^MONTH +BACKUPS +SIZE +FIRST STARTED +LAST STARTED\n\d{4}-\d\d /);
    expect(table.stdout).toContain(`Total: ${clouds.estate.truth().length} backups, `);
    const csv = await stats("--by", "month", "--format", "csv");
    expect(csv.stdout.split("\n")[0]).toBe(
      "month,count,sizeBytes,sizedCount,firstStartedAt,lastStartedAt",
    );
    expect(csv.stdout).not.toContain("Total");
  });

  test("shows no size where none is known, instead of 0 B", async () => {
    const table = await stats("--by", "vendor", "--vendor", "aws", "--status", "deleted");
    const [, row = "", total = ""] = table.stdout.split("\n");
    expect(row).toMatch(/^AWS +\d+ +\d{4}-/);
    expect(total).toMatch(/^Total: (\d+) backups?, \1 of unknown size$/);
  });

  test("names instances by provider and the vendor's id", async () => {
    const { stdout } = await stats("--by", "instance", "--status", "failed", "--format", "ndjson");
    const rows = objectsOf(stdout);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0]).toMatchObject({
      provider: expect.stringMatching(/^demo-/),
      instanceNativeId: expect.any(String),
      instanceId: expect.any(String),
    });
    expect(rows.some(({ instanceName }) => typeof instanceName === "string")).toBe(true);
    const one = String(rows[0]?.["instanceNativeId"]);
    const only = await stats(
      "--by",
      "day",
      "--instance",
      one,
      "--status",
      "failed",
      "-f",
      "ndjson",
    );
    const sum = objectsOf(only.stdout).reduce((total, { count }) => total + Number(count), 0);
    expect(sum).toBe(rows[0]?.["count"]);
  });

  test("takes the filters of list and a time zone", async () => {
    const since = new Date(clouds.estate.now() - 3 * 86_400_000).toISOString();
    const args = ["--vendor", "ucloud", "--since", since, "--trigger", "automatic"];
    const listed = await run(["list", "--config", file, ...args, "--format", "ndjson"]);
    const days = await stats(
      "--by",
      "day",
      "--time-zone",
      "asia/shanghai",
      ...args,
      "-f",
      "ndjson",
    );
    const shanghai = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" });
    const wanted: Record<string, number> = {};
    for (const { startedAt } of objectsOf(listed.stdout)) {
      const day = shanghai.format(new Date(String(startedAt)));
      wanted[day] = (wanted[day] ?? 0) + 1;
    }
    const found = objectsOf(days.stdout).map(({ day, count }) => [day, count]);
    expect(Object.fromEntries(found)).toEqual(wanted);
  });

  test("says which backups are missing, with exit code 3", async () => {
    const effect = { kind: "vendorError", code: "AuthFailure.SecretIdNotFound" } as const;
    clouds.knobs.faults.add({ vendor: "tencent", effect });
    const ran = await stats("--by", "provider", "--format", "ndjson");
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/^The figures are incomplete:\n {2}demo-tencent\/redis/);
    expect(ran.stdout).toContain("demo-ucloud/uredis");
    expect(ran.stdout).not.toContain("demo-tencent");
  });

  test("tries again what may pass, and then is complete", async () => {
    const effect = { kind: "status", status: 500 } as const;
    clouds.knobs.faults.add({ vendor: "tencent", effect, times: 1 });
    const ran = await stats("--by", "status,provider", "--format", "ndjson");
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    const counts = objectsOf(ran.stdout).map(({ count }) => Number(count));
    expect(counts.reduce((a, b) => a + b, 0)).toBe(clouds.estate.truth().length);
  });

  test("says that nothing matches, and that a name does not exist", async () => {
    const nothing = await stats("--by", "day", "--until", "2001-01-01");
    expect([nothing.code, nothing.stdout, nothing.stderr]).toEqual([0, "", "No backup matches.\n"]);
    const unknown = await stats("--by", "day", "--instance", "nobody");
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining("no instance nobody"),
    ]);
  });

  test.each([
    [[], "required option '--by <dimensions>' not specified"],
    [["--by", "day,day"], "one to three different dimensions"],
    [["--by", "day,week,month,status"], "one to three different dimensions"],
    [["--by", "hour"], "Expected one of"],
    [["--by", "day", "--time-zone", "Berlin"], 'There is no time zone "Berlin". Nearest: '],
  ])("refuses %j", async (args, message) => {
    const ran = await stats(...args);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  test("shows progress on a terminal only", async () => {
    const stderr = new Sink(true);
    await run(["stats", "--config", file, "--by", "day"], { stderr });
    expect(stderr.text).toContain("vendor calls");
  });

  test("explains itself, and completes its words", async () => {
    const { stdout } = await run(["stats", "--help"]);
    expect(stdout).toContain("--by <dimensions>");
    expect(stdout).toContain("3  backups are missing");
    const offered = await run(["complete", "--", "stats", "--by", "DAY,"]);
    expect(offered.stdout).toMatch(/^DAY,WEEK\t\nDAY,MONTH\t\n/);
  });
});
