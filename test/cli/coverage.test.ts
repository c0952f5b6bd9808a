import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { instanceId } from "../../src/domain/id.js";
import { cloudsFile, objectsOf, run, Sink, type Ran } from "./harness.js";
import { startStillClouds } from "../stillClouds.js";

let clouds: Clouds;
let plain: Clouds;
let file: string;
let plainFile: string;
const once = (account: Record<string, unknown>) => ({ ...account, retries: 0 });
beforeAll(async () => {
  clouds = await startStillClouds();
  plain = await startStillClouds({ estate: { instances: 4, backupsEach: 3 } });
  file = cloudsFile(clouds, once);
  plainFile = cloudsFile(plain, once);
});
afterEach(() => {
  clouds.knobs.reset();
  plain.knobs.reset();
});
afterAll(async () => {
  await clouds.close();
  await plain.close();
});

const coverage = (config: string, ...args: string[]): Promise<Ran> =>
  run(["coverage", "--config", config, ...args]);

const statesIn = ({ stdout }: Ran): unknown[] => objectsOf(stdout).map(({ state }) => state);

/** Four of each product in the plain data. */
const INSTANCES = 4 * CLOUD_PRODUCTS.length;

// Said with HTTP 200, so that it does not count against the host.
const failing = { kind: "vendorError", code: "InternalError.DbError" } as const;

describe("coverage", () => {
  test("ends with 0 if every instance is protected", async () => {
    const ran = await coverage(plainFile, "--rpo", "PT24H", "--format", "ndjson");
    expect(ran.code).toBe(0);
    expect(statesIn(ran)).toEqual(Array(INSTANCES).fill("PROTECTED"));
    expect(ran.stderr).toBe(`RPO P1D: 0 violating, 0 unknown, ${INSTANCES} protected\n`);
  });

  test("ends with 2 if an instance violates the RPO, and shows the worst first", async () => {
    const ran = await coverage(file, "--rpo", "PT24H", "--format", "ndjson");
    expect(ran.code).toBe(2);
    const states = statesIn(ran);
    expect(states[0]).toBe("VIOLATING");
    expect(states.indexOf("UNKNOWN")).toBeGreaterThan(states.lastIndexOf("VIOLATING"));
    expect(states.indexOf("PROTECTED")).toBeGreaterThan(states.lastIndexOf("UNKNOWN"));
  });

  test("of the demo is by policy: --policy chooses, and every violation is shown", async () => {
    // AWS rounds most sizes, so that nothing is said of their drops.
    const vendors = ["--vendor", "alibaba,tencent,ucloud"];
    const ran = await run(["coverage", "--demo", "--policy", "production", ...vendors]);
    expect(ran.code).toBe(2);
    const [head, ...lines] = ran.stdout.trimEnd().split("\n");
    expect(head).toMatch(/^STATE .* NAME .* POLICY +VIOLATIONS +REASON$/);
    const violations = lines.flatMap(
      (line) =>
        /(payments-\S+).* production +([A-Z_]+(?: [A-Z_]+)*) {2}/.exec(line)?.slice(1) ?? [],
    );
    expect(violations.sort()).toEqual(
      [
        ...["payments-fraud", "payments-history", "payments-invoices", "payments-limits"],
        ...["payments-refunds", "RETENTION", "ENCRYPTION", "RPO", "SIZE_DROP", "RPO BACKUPS_OFF"],
      ].sort(),
    );
    expect(lines.at(-1)).toBe("By policy: 5 violating, 0 unknown, 1 protected");
  });

  test("names the flag that hides protected instances, where these fill a terminal", async () => {
    const hint = "To see only the others, add --state violating,unknown\n";
    const on = (isTTY: boolean, ...args: string[]): Promise<Ran> =>
      run(["coverage", "--config", file, "--rpo", "24h", ...args], { isTTY });
    expect((await on(true)).stderr).toContain(hint);
    for (const ran of [on(true, "--state", "violating,unknown"), on(false)])
      expect((await ran).stderr).not.toContain(hint);
  });

  test("breaks its last line between words on a narrow terminal", async () => {
    const stdout = new Sink(true);
    stdout.columns = 30;
    await run(["coverage", "--config", file, "--rpo", "24h"], { stdout });
    const last = stdout.text.slice(stdout.text.lastIndexOf("\nRPO "));
    expect(last.split("\n").every(({ length }) => length <= 30)).toBe(true);
    expect(last.replaceAll(/\s+/g, " ")).toMatch(/: \d+ violating, \d+ unknown, \d+ protected/);
  });

  test("refuses a policy that does not exist", async () => {
    const ran = await run(["coverage", "--demo", "--policy", "producton"]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("There is no policy producton. Known: production, default.");
  });

  test("ends with 2 even if others are unknown", async () => {
    clouds.knobs.faults.add({ vendor: "alibaba", action: "DescribeInstances", effect: failing });
    const ran = await coverage(file, "--rpo", "PT24H");
    expect(ran.code).toBe(2);
    expect(ran.stdout).toMatch(/, and 2 regions whose instances are unknown\n$/);
    expect(ran.stderr).toContain("demo-alibaba/kvstore cn-hangzhou: UNAVAILABLE");
  });

  test("ends with 3 if an instance list cannot be read, and never treats it as empty", async () => {
    plain.knobs.faults.add({ vendor: "tencent", action: "DescribeInstances", effect: failing });
    const ran = await coverage(plainFile, "--rpo", "PT24H");
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain(
      `of what could be read: 0 violating, 0 unknown, ${INSTANCES - 4} protected, and 2 regions`,
    );
    const only = await coverage(plainFile, "--rpo", "PT24H", "--vendor", "tencent");
    expect(only.code).toBe(3);
  });

  test("ends with 3 if the backups of an instance cannot be read", async () => {
    plain.knobs.faults.add({ vendor: "alibaba", action: "DescribeBackups", effect: failing });
    const ran = await coverage(plainFile, "--rpo", "PT24H", "--format", "ndjson");
    expect(ran.code).toBe(3);
    const unknown = objectsOf(ran.stdout).filter(({ state }) => state === "UNKNOWN");
    expect(unknown).toHaveLength(4);
    expect(unknown[0]).toMatchObject({
      provider: "demo-alibaba/kvstore",
      lastSuccessAt: null,
      reason: expect.stringContaining("UNAVAILABLE"),
    });
  });

  test("ends with 3 if one instance of a list could not be decoded", async () => {
    const { estate } = plain;
    const instance = estate.instances("UCLOUD_UREDIS", "hk")[0]!;
    plain.knobs.faults.add({
      vendor: "ucloud",
      action: "DescribeURedisGroup",
      region: "hk",
      effect: {
        kind: "body",
        body: JSON.stringify({
          RetCode: 0,
          Action: "DescribeURedisGroupResponse",
          TotalCount: 2,
          DataSet: [{ GroupId: instance.nativeId, Name: "whole", Role: "master" }, { Name: "odd" }],
        }),
      },
    });
    const ran = await coverage(plainFile, "--rpo", "PT24H", "--provider", "demo-ucloud/uredis");
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain("0 violating, 0 unknown, 3 protected");
    expect(ran.stderr).toContain("An instance was left out.");
  });

  test("shows the newest successful backup, its age and the reason", async () => {
    const { stdout } = await coverage(plainFile, "--rpo", "P7D", "--format", "ndjson");
    expect(objectsOf(stdout)[0]).toEqual({
      state: "PROTECTED",
      provider: "demo-alibaba/kvstore",
      region: expect.any(String),
      nativeId: expect.stringMatching(/^r-bp1/),
      name: expect.stringMatching(/^plain-/),
      lastSuccessAt: expect.stringMatching(/^\d{4}-/),
      policy: null,
      violations: "",
      reason: expect.stringMatching(/^A good backup started .* ago\.$/),
      age: expect.stringMatching(/^PT?\d/),
      instanceId: expect.any(String),
      backupId: expect.any(String),
    });
  });

  test("shows the newest successful backup even if it violates the RPO", async () => {
    const { code, stdout } = await coverage(plainFile, "--rpo", "PT30M", "--format", "ndjson");
    expect(code).toBe(2);
    for (const one of objectsOf(stdout))
      expect(one).toMatchObject({
        state: "VIOLATING",
        lastSuccessAt: expect.stringMatching(/^\d{4}-/),
        age: expect.stringMatching(/^P/),
        backupId: expect.any(String),
      });
  });

  test("writes only the rows that --state names, but counts all of them", async () => {
    const { code, stdout } = await coverage(file, "--rpo", "PT24H", "--state", "violating,unknown");
    expect(code).toBe(2);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.slice(1, -1).every((line) => /^(VIOLATING|UNKNOWN) /.test(line))).toBe(true);
    // At some times of the day others come before the instance that never had a good backup.
    expect(lines.filter((line) => line.includes(" none known "))).not.toEqual([]);
    const of = (state: string) => lines.filter((line) => line.startsWith(`${state} `)).length;
    expect(of("VIOLATING")).toBeGreaterThan(5);
    expect(lines.at(-1)).toMatch(/ \d+ protected$/);
    expect(lines.at(-1)).toContain(`: ${of("VIOLATING")} violating, ${of("UNKNOWN")} unknown, `);
  });

  test.each([
    { args: ["--vendor", "ucloud"], count: 8 },
    { args: ["--provider", "demo-ucloud/umem,demo-tencent/redis", "--region", "hk"], count: 2 },
    { args: ["--name", "PLAIN-1"], count: 4 },
    { args: ["--status", "failed"], count: 0 },
  ])("counts only the instances that match $args", async ({ args, count }) => {
    const ran = await coverage(plainFile, "--rpo", "PT24H", "--format", "csv", ...args);
    expect(ran.code).toBe(0);
    expect(ran.stdout.trimEnd().split("\n")).toHaveLength(count + 1);
  });

  test("accepts the vendor's id of an instance, and refuses one that no list has", async () => {
    const { nativeId } = plain.estate.instances("TENCENT_REDIS", "ap-tokyo")[0]!;
    const ran = await coverage(plainFile, "--rpo", "PT24H", "--instance", nativeId);
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("1 protected")]);
    const none = await coverage(plainFile, "--rpo", "PT24H", "--instance", `${nativeId},crs-none`);
    expect([none.code, none.stdout]).toEqual([1, ""]);
    expect(none.stderr).toMatch(/^There is no instance crs-none\. Nearest: \S+, /);
  });

  test("accepts the name in its own table, and the global id", async () => {
    const inOne = ["--provider", "demo-ucloud/uredis", "--instance"];
    const named = await coverage(plainFile, "--rpo", "24h", ...inOne, "plain-1");
    expect([named.code, named.stdout]).toEqual([0, expect.stringContaining("1 protected")]);
    expect(named.stdout).toContain(" plain-1 ");
    const flags = ["--rpo", "24h", "--format", "ndjson", ...inOne, "plain-1"];
    const rows = await coverage(plainFile, ...flags);
    const id = String(objectsOf(rows.stdout)[0]?.["instanceId"]);
    const byId = await coverage(plainFile, "--rpo", "24h", "--instance", id);
    expect([byId.code, byId.stdout]).toEqual([0, expect.stringContaining(" plain-1 ")]);
  });

  test.each([
    { what: "that no list has", place: ["ap-tokyo", "crs-none"], flags: [] },
    { what: "of a region that does not exist", place: ["ap-nowhere", ""], flags: [] },
    { what: "of another region", place: ["ap-tokyo", ""], flags: ["--region", "ap-guangzhou"] },
    { what: "of another provider", place: ["ap-tokyo", ""], flags: ["--vendor", "ucloud"] },
  ])("refuses a global id $what, because an empty result would look good", async (given) => {
    const [region = "", name = ""] = given.place;
    const { nativeId } = plain.estate.instances("TENCENT_REDIS", "ap-tokyo")[0]!;
    const id = instanceId("demo-tencent/redis", region, name || nativeId);
    const ran = await coverage(plainFile, "--rpo", "24h", ...given.flags, "--instance", id);
    expect(ran).toEqual({ code: 1, stdout: "", stderr: `There is no instance ${id}.\n` });
  });

  test("does not refuse a global id whose list failed", async () => {
    const { nativeId } = plain.estate.instances("TENCENT_REDIS", "ap-tokyo")[0]!;
    plain.knobs.faults.add({ vendor: "tencent", action: "DescribeInstances", effect: failing });
    const id = instanceId("demo-tencent/redis", "ap-tokyo", nativeId);
    expect((await coverage(plainFile, "--rpo", "24h", "--instance", id)).code).toBe(3);
  });

  test("shows only the instances that were named, although another provider has an id of them, too", async () => {
    // MemoryDB has orders, too.
    const named = [
      instanceId("demo-aws/elasticache", "eu-west-1", "orders"),
      instanceId("demo-aws/memorydb", "eu-west-1", "ledger"),
    ];
    const flags = ["--rpo", "P30D", "--format", "ndjson", "--instance", named.join(",")];
    const ran = await coverage(file, ...flags);
    expect(
      objectsOf(ran.stdout)
        .map((row) => row["instanceId"])
        .sort(),
    ).toEqual(named.sort());
  });

  test("lists the instances that share a name", async () => {
    const ran = await coverage(plainFile, "--rpo", "24h", "--instance", "plain-1");
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    const [first, ...others] = ran.stderr.trimEnd().split("\n");
    expect(first).toBe("4 instances have the name plain-1. Use the id of one of them:");
    expect(others).toHaveLength(4);
    const [, id] = /^ {2}(\S+) \(demo-\S+ \S+\)$/.exec(others[0] ?? "") ?? [];
    const chosen = await coverage(plainFile, "--rpo", "24h", "--instance", String(id));
    expect([chosen.code, chosen.stdout]).toEqual([0, expect.stringContaining("1 protected")]);
  });

  test("does not refuse an instance that may be in a list that failed", async () => {
    plain.knobs.faults.add({ vendor: "tencent", action: "DescribeInstances", effect: failing });
    const ran = await coverage(plainFile, "--rpo", "PT24H", "--instance", "crs-none");
    expect(ran.code).toBe(3);
  });

  test("counts only the instances that have the tags", async () => {
    const vendors = ["--vendor", "alibaba,tencent,ucloud", "--format", "ndjson"];
    const ran = await run(["coverage", "--demo", ...vendors, "--tag", "team=payments"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("By policy: 5 violating, 0 unknown, 1 protected\n");
    const both = await run(["coverage", "--demo", "--tag", "team=payments", "--tag", "env=none"]);
    // The tags of an instance that AWS creates cannot be read, so it may have them.
    expect([both.code, both.stderr]).toEqual([3, expect.stringContaining("No instance matches.")]);
  });

  test("ends with 3 if tags that cannot be read may hide an instance, although another provider shows its id", async () => {
    clouds.knobs.faults.add({
      vendor: "aws",
      action: "elasticache:ListTagsForResource",
      effect: { kind: "vendorError", code: "AccessDenied", status: 403 },
    });
    const products = ["demo-aws/elasticache", "demo-aws/memorydb"];
    const orders = products.map((provider) => instanceId(provider, "eu-west-1", "orders"));
    const flags = ["--rpo", "P30D", "--tag", "env=prod", "--instance", orders.join(",")];
    const ran = await coverage(file, ...flags);
    expect(ran.stdout).toContain(": 0 violating, 0 unknown, 1 protected");
    expect(ran.stderr).toContain("FORBIDDEN");
    expect(ran.code).toBe(3);
  });

  test("refuses tags that no instance has, because an empty result would look good", async () => {
    const ran = await coverage(plainFile, "--tag", "team=paymnets");
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toContain("No instance has the tags of --tag");
  });

  test("refuses a name that no instance has, because an empty result would look good", async () => {
    const ran = await coverage(plainFile, "--rpo", "24h", "--name", "paymnets");
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toContain('No instance has "paymnets" in its name');
  });

  test("refuses a region that does not exist, because an empty result would look good", async () => {
    const ran = await coverage(plainFile, "--rpo", "PT24H", "--region", "cn-bj");
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toContain("There is no region cn-bj. Nearest: cn-bj2, ");
  });
});
