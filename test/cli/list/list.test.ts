import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { instanceId } from "../../../src/domain/id.js";
import type { Clouds } from "../../../src/clouds/clouds.js";
import type { TrueBackup } from "../../../src/clouds/estate/types.js";
import { cloudsFile, objectsOf, run, type Ran } from "../harness.js";
import { startClock, startStillClouds } from "../../stillClouds.js";

let clouds: Clouds;
let file: string;
let impatient: string;
beforeAll(async () => {
  clouds = await startStillClouds();
  file = cloudsFile(clouds);
  impatient = cloudsFile(clouds, (account) => ({ ...account, retries: 0 }));
});
afterEach(() => clouds.knobs.reset());
afterAll(() => clouds.close());

const list = (...args: string[]): Promise<Ran> =>
  run(["list", "--config", file, "--format", "ndjson", ...args]);

const coverage = (...args: string[]): Promise<Ran> =>
  run(["coverage", "--config", file, "--rpo", "PT24H", "--format", "ndjson", ...args]);

const nameOf = (row: Record<string, unknown>): string =>
  ["provider", "region", "instanceNativeId", "nativeId", "status"].map((key) => row[key]).join(" ");

/** The names of what the estate really holds, sorted. */
const truth = (matches: (backup: TrueBackup) => boolean = () => true): string[] =>
  clouds.estate
    .truth()
    .filter(matches)
    .map((backup) => nameOf({ ...backup }))
    .sort();

const namesIn = ({ stdout }: Ran): string[] => objectsOf(stdout).map(nameOf).sort();

describe("list", () => {
  test("writes every backup once, newest first", async () => {
    const ran = await list();
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(namesIn(ran)).toEqual(truth());
    const starts = objectsOf(ran.stdout).map(({ startedAt }) => String(startedAt));
    expect(starts).toEqual(starts.toSorted().toReversed());
  });

  test("writes the oldest first with --order asc", async () => {
    const { stdout } = await list("--order", "asc", "--vendor", "ucloud");
    const starts = objectsOf(stdout).map(({ startedAt }) => String(startedAt));
    expect(starts.length).toBeGreaterThan(200);
    expect(starts).toEqual(starts.toSorted());
  });

  test("names the instance of each backup in every format, without one if it is no longer listed", async () => {
    const few = ["--vendor", "tencent,ucloud"];
    const shown = await coverage(...few);
    const placeOf = (row: Record<string, unknown>, id: unknown) =>
      [row["provider"], row["region"], id].join(" ");
    const listed = new Map(
      objectsOf(shown.stdout).map((row) => [placeOf(row, row["nativeId"]), row["name"]]),
    );
    const rows = objectsOf((await list(...few)).stdout);
    const names = new Map(
      rows.map((row) => [placeOf(row, row["instanceNativeId"]), row["instanceName"]]),
    );
    for (const [place, name] of names)
      expect([place, name]).toEqual([place, listed.get(place) ?? null]);
    // Deleted instances.
    expect([...names.keys()].some((place) => !listed.has(place))).toBe(true);
    expect(new Set(names.values()).size).toBeGreaterThan(10);
    const name = String(rows.find(({ instanceName }) => instanceName !== null)?.["instanceName"]);
    for (const format of ["table", "csv"]) {
      const ran = await list(...few, "--instance", name, "--format", format);
      expect(ran.stdout).toContain(name);
      expect(ran.stdout.split("\n")[0]).toMatch(/INSTANCE +NAME|instanceNativeId,instanceName/);
    }
  });

  test("names no instance whose list cannot be read, and is complete all the same", async () => {
    const { region } = clouds.estate.truth().find(({ product }) => product === "UCLOUD_UREDIS")!;
    clouds.knobs.faults.add({
      vendor: "ucloud",
      action: "DescribeURedisGroup",
      effect: { kind: "html" },
    });
    const ran = await run([
      ...["list", "--config", impatient, "--format", "ndjson"],
      ...["--provider", "demo-ucloud/uredis", "--region", region],
    ]);
    const names = objectsOf(ran.stdout).map(({ instanceName }) => instanceName);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names)).toEqual(new Set([null]));
  });

  test.each([
    {
      args: ["--since", "2026-05-20", "--until", "2026-05-10"],
      says: "Expected --since before --until, but --since is 2026-05-20T00:00:00Z and --until is 2026-05-10T00:00:00Z",
    },
    { args: ["--since", "2126-11-20"], says: "--since is 2126-11-20T00:00:00Z, but it is only 20" },
    { args: ["--since", "1d", "--until", "2d"], says: "no backup can match" },
  ])("refuses $args, which no backup can match, without a vendor call", async ({ args, says }) => {
    const before = clouds.calls.count();
    for (const command of [["list"], ["stats", "--by", "day"]]) {
      const ran = await run([...command, "--config", file, ...args]);
      expect([ran.code, ran.stdout]).toEqual([1, ""]);
      expect(ran.stderr).toContain(says);
    }
    expect(clouds.calls.count()).toBe(before);
  });

  test("uses the names of the GraphQL schema", async () => {
    const { stdout } = await list("--status", "succeeded", "--provider", "demo-alibaba/kvstore");
    expect(objectsOf(stdout)[0]).toMatchObject({
      id: expect.stringMatching(/^Q[\w-]+$/),
      provider: "demo-alibaba/kvstore",
      status: "SUCCEEDED",
      vendorStatus: expect.any(String),
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      duration: expect.stringMatching(/^PT/),
      sizeBytes: expect.any(Number),
      late: false,
    });
  });

  test.each([
    {
      args: ["--status", "failed,running", "--status", "expired"],
      matches: ({ status }: TrueBackup) => ["FAILED", "RUNNING", "EXPIRED"].includes(status),
    },
    {
      args: ["--trigger", "manual", "--vendor", "TENCENT,ucloud"],
      matches: ({ trigger, product }: TrueBackup) =>
        trigger === "MANUAL" && /^(?:TENCENT|UCLOUD)_/.test(product),
    },
    {
      args: ["--provider", "demo-ucloud/umem", "--region", "hk"],
      matches: ({ product, region }: TrueBackup) => product === "UCLOUD_UMEM" && region === "hk",
    },
  ])("writes what $args select", async ({ args, matches }) => {
    const ran = await list(...args);
    expect(ran.code).toBe(0);
    expect(namesIn(ran).length).toBeGreaterThan(0);
    expect(namesIn(ran)).toEqual(truth(matches));
  });

  test("takes --since as the first instant and --until as the first that is too late", async () => {
    const starts = [...new Set(clouds.estate.truth().map(({ startedAt }) => startedAt))].sort();
    const [since = 0, until = 0] = [starts.at(-300), starts.at(-20)];
    const ran = await list(
      ...["--since", new Date(since).toISOString(), "--until", new Date(until).toISOString()],
    );
    const inside = truth(({ startedAt }) => startedAt >= since && startedAt < until);
    expect(namesIn(ran)).toEqual(inside);
  });

  test("finds instances by the vendor's id and by the global id", async () => {
    const [first, second] = ["TENCENT_REDIS", "UCLOUD_UREDIS"].map((product) =>
      clouds.estate.truth().find((backup) => backup.product === product)!,
    ) as [TrueBackup, TrueBackup];
    const isEither = ({ instanceNativeId }: TrueBackup): boolean =>
      [first.instanceNativeId, second.instanceNativeId].includes(instanceNativeId);
    const native = await list("--instance", `${first.instanceNativeId},${second.instanceNativeId}`);
    expect(namesIn(native)).toEqual(truth(isEither));
    const shown = await coverage("--instance", first.instanceNativeId);
    const id = String(objectsOf(shown.stdout)[0]?.["instanceId"]);
    const global = await list("--instance", id);
    expect(namesIn(global)).toEqual(
      truth(({ instanceNativeId }) => instanceNativeId === first.instanceNativeId),
    );
  });

  test("finds an instance by the name that its instance list shows", async () => {
    const shown = await coverage();
    const names = objectsOf(shown.stdout).map(({ name }) => name);
    const instance = objectsOf(shown.stdout).find(
      ({ name, nativeId }) =>
        names.filter((other) => other === name).length === 1 &&
        truth(({ instanceNativeId }) => instanceNativeId === nativeId).length > 0,
    );
    const ran = await list("--instance", String(instance?.["name"]));
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(namesIn(ran)).toEqual(
      truth(({ instanceNativeId }) => instanceNativeId === instance?.["nativeId"]),
    );
  });

  test("refuses a name that no instance and no backup has, and names the nearest", async () => {
    const { nativeId } = clouds.estate.instances("TENCENT_REDIS", "ap-tokyo")[0]!;
    const ran = await list("--instance", `${nativeId}x`);
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toContain(
      `There is no instance ${nativeId}x, and no backup of one. Nearest: ${nativeId}, `,
    );
    const narrowed = await list("--instance", `${nativeId}x`, "--since", "7d");
    expect([narrowed.code, narrowed.stderr]).toEqual([
      0,
      `Not in the instance lists: ${nativeId}x.\nNo backup matches.\n`,
    ]);
  });

  test("is incomplete if an instance list that may have the name cannot be read", async () => {
    clouds.knobs.faults.add({
      vendor: "tencent",
      action: "DescribeInstances",
      effect: { kind: "vendorError", code: "InternalError.DbError" },
    });
    const ran = await run(
      ["list", "--config", impatient, "--instance", "some-name", "--vendor", "tencent"],
      {},
    );
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("demo-tencent/redis");
  });

  test("finds the backups of a deleted instance, and says that no list shows it", async () => {
    const { estate } = clouds;
    const gone = estate
      .truth()
      .find(
        ({ product, instanceNativeId }) =>
          product === "UCLOUD_UREDIS" &&
          estate.instance(product, instanceNativeId)?.deletedAt !== null,
      )!;
    const id = instanceId("demo-ucloud/uredis", gone.region, gone.instanceNativeId);
    for (const name of [gone.instanceNativeId, id]) {
      const ran = await list("--instance", name);
      expect(ran.stderr).toBe(`Not in the instance lists: ${name}.\n`);
      expect(namesIn(ran)).toEqual(
        truth(({ instanceNativeId }) => instanceNativeId === gone.instanceNativeId),
      );
    }
    const elsewhere = await list("--instance", id, "--vendor", "tencent");
    expect([elsewhere.code, elsewhere.stdout]).toEqual([1, ""]);
    expect(elsewhere.stderr).toContain(`There is no instance ${id}, and no backup of one.\n`);
  });

  test("says that nothing matches", async () => {
    const ran = await list("--until", "2000-01-01", "--format", "csv");
    expect(ran.code).toBe(0);
    expect(ran.stderr).toBe("No backup matches.\n");
    expect(ran.stdout).toMatch(/^startedAt,provider,[\w,]+\n$/);
  });

  test.each([
    {
      args: ["--provider", "demo-ucloud/redis"],
      says: "There is no provider demo-ucloud/redis. Nearest: demo-ucloud/uredis, ",
    },
    { args: ["--region", "cn-bj"], says: "There is no region cn-bj. Nearest: cn-bj2, " },
    {
      args: ["--region", "mars", "--vendor", "tencent"],
      says: "There is no region mars. Known: ap-tokyo, ap-guangzhou.",
    },
  ])("refuses a name that does not exist: $args", async ({ args, says }) => {
    const { code, stdout, stderr } = await list(...args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(says);
  });
});

describe("a list with a failing vendor", () => {
  // Said with HTTP 200, so that it does not count against the host, which is left alone for a while.
  const failing = { kind: "vendorError", code: "InternalError.DbError" } as const;
  const args = ["list", "--format", "ndjson", "--vendor", "tencent,ucloud"];
  const isAsked = ({ product }: TrueBackup): boolean => /^(?:TENCENT|UCLOUD)_/.test(product);

  test("reads pending rows at the end, and is complete once they arrive", async () => {
    clouds.knobs.faults.add({ vendor: "tencent", effect: failing });
    const ran = await run([...args, "--config", impatient], {
      sleep: () => Promise.resolve(clouds.knobs.faults.clear()),
    });
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(namesIn(ran)).toEqual(truth(isAsked));
    const late = objectsOf(ran.stdout).filter((row) => row["late"] === true);
    expect(new Set(late.map(({ provider }) => provider))).toEqual(new Set(["demo-tencent/redis"]));
  });

  test("ends with 3 and names what is missing if it does not arrive", async () => {
    clouds.knobs.faults.add({ vendor: "tencent", region: "ap-tokyo", effect: failing });
    const waits: number[] = [];
    const ran = await run([...args, "--config", impatient], {
      sleep: (ms) => Promise.resolve(void waits.push(ms)),
    });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("The list is incomplete:\n  demo-tencent/redis ap-tokyo");
    expect(ran.stderr).toContain("UNAVAILABLE");
    expect(waits.length).toBeGreaterThan(0);
    expect(namesIn(ran)).toEqual(truth((row) => isAsked(row) && row.region !== "ap-tokyo"));
  });

  test("ends at once with what is there if there is no time to wait", async () => {
    clouds.knobs.faults.add({ vendor: "tencent", region: "ap-tokyo", effect: failing });
    const ran = await run([...args, "--config", impatient, "--wait", "0s"], {
      sleep: () => Promise.reject(new Error("Nothing is waited for.")),
    });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("The list is incomplete:\n  demo-tencent/redis ap-tokyo");
    expect(namesIn(ran)).toEqual(truth((row) => isAsked(row) && row.region !== "ap-tokyo"));
  });

  test("does not wait for a missing permission", async () => {
    clouds.knobs.faults.add({
      vendor: "alibaba",
      action: "DescribeBackups",
      effect: { kind: "vendorError", code: "Forbidden.RAM", status: 403 },
    });
    const ran = await run(["list", "--config", file, "--vendor", "alibaba"], {
      sleep: () => Promise.reject(new Error("Nothing is waited for.")),
    });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/demo-alibaba\/kvstore .*FORBIDDEN/);
  });

  test("is complete if a malformed answer is read well the second time", async () => {
    clouds.knobs.faults.add({
      vendor: "ucloud",
      action: "DescribeUMemBackup",
      times: 2,
      effect: { kind: "html" },
    });
    const ran = await list("--vendor", "ucloud");
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(namesIn(ran)).toEqual(truth(({ provider }) => provider.startsWith("demo-ucloud/")));
  });

  test("names a provider whose regions cannot be read if a named instance may be in them", async () => {
    clouds.knobs.faults.add({ vendor: "ucloud", action: "GetRegion", effect: { kind: "html" } });
    const ran = await list("--instance", "uredis-unknown");
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("demo-ucloud/uredis: BAD_RESPONSE");
  });

  test("prints no secret", async () => {
    const wrong = cloudsFile(clouds, (account) =>
      account["vendor"] === "tencent"
        ? { ...account, credentials: { secretId: "canary-id", secretKey: "canary-key" } }
        : account,
    );
    const ran = await run(["list", "--config", wrong, "--vendor", "tencent"]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("UNAUTHENTICATED");
    expect(ran.stdout + ran.stderr).not.toContain("canary");
  });
});

describe("a list on a terminal", () => {
  test("shows on stderr how many of how many lists have been read", async () => {
    clouds.knobs.setAll({ latencyMs: 200 });
    const args = ["list", "--config", file, "--vendor", "alibaba", "--format", "ndjson"];
    const { code, stderr } = await run(args, { isTTY: true, now: startClock() });
    expect(code).toBe(0);
    const instances = clouds.estate.truth().filter(({ product }) => product === "ALIBABA_KVSTORE");
    const ids = new Set(instances.map(({ instanceNativeId }) => instanceNativeId));
    const counted = [...stderr.matchAll(/, (\d+) of (\d+) lists have been read, 1 s left/g)];
    // Instances without a backup have lists too.
    expect(Math.max(...counted.map(([, , lists]) => Number(lists)))).toBeGreaterThanOrEqual(
      ids.size,
    );
    expect(counted.every(([, read, lists]) => Number(read) < Number(lists))).toBe(true);
  });

  test("shows progress on stderr and only rows on stdout", async () => {
    const ran = await run(["list", "--config", file, "--vendor", "tencent"], { isTTY: true });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("backups");
    expect(ran.stdout.split("\n")[0]).toMatch(/^STARTED +PROVIDER +REGION +INSTANCE/);
    expect(ran.stdout).not.toContain("\u001b");
  });
});
