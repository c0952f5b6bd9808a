import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from "vitest";
import { startClouds, type Clouds } from "../../../src/clouds/clouds.js";
import type { FaultPlan } from "../../../src/clouds/knobs/faults.js";
import { cloudsFile, objectsOf, run, type Ran } from "../harness.js";
import { startStillClouds } from "../../stillClouds.js";

let clouds: Clouds;
let file: string;
beforeAll(async () => {
  clouds = await startStillClouds();
  file = cloudsFile(clouds, (account) => ({ ...account, retries: 0 }));
});
beforeEach(() => clouds.calls.reset());
afterEach(() => clouds.knobs.reset());
afterAll(() => clouds.close());

const check = (config = file, ...args: string[]): Promise<Ran> =>
  run(["check", "--config", config, "--format", "ndjson", ...args]);

/** The rows of one provider and region. */
const rowOf = ({ stdout }: Ran, provider: string, region: string | null) =>
  objectsOf(stdout).find((row) => row["provider"] === provider && row["region"] === region);

const PLACES = [
  ["demo-alibaba/kvstore", "ap-southeast-1"],
  ["demo-alibaba/kvstore", "cn-hangzhou"],
  ["demo-aws/elasticache", "eu-west-1"],
  ["demo-aws/elasticache", "us-east-1"],
  ["demo-aws/elasticache-serverless", "eu-west-1"],
  ["demo-aws/elasticache-serverless", "us-east-1"],
  ["demo-aws/memorydb", "eu-west-1"],
  ["demo-aws/memorydb", "us-east-1"],
  ["demo-s3/rdb", "eu-west-1"],
  ["demo-tencent/redis", "ap-guangzhou"],
  ["demo-tencent/redis", "ap-tokyo"],
  ["demo-ucloud/umem", "cn-bj2"],
  ["demo-ucloud/umem", "hk"],
  ["demo-ucloud/uredis", "cn-bj2"],
  ["demo-ucloud/uredis", "hk"],
];

test("names in a vendor's answer cannot control the terminal", async () => {
  const body = `<ListBucketResult><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType><Contents><Key>prod/%E2%80%AE%FF/1.rdb</Key></Contents><CommonPrefixes><Prefix>prod/%E2%80%AE%FF/</Prefix></CommonPrefixes></ListBucketResult>`;
  clouds.knobs.faults.add({ vendor: "s3", effect: { kind: "body", body } });
  const { stderr } = await run(["check", "--config", file]);
  expect(stderr).toContain("is not UTF-8");
  expect(stderr).not.toMatch(/\p{Bidi_Control}/u);
});

describe("check", () => {
  test("shows that every provider and region works, and ends with 0", async () => {
    const ran = await check();
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    const rows = objectsOf(ran.stdout);
    expect(rows.map(({ provider, region }) => [provider, region]).sort()).toEqual(PLACES);
    expect(rows.every(({ works, why }) => works === true && why === null)).toBe(true);
  });

  test("asks one page of instances, one of backups and the facts of an instance in each place", async () => {
    await check();
    expect(clouds.calls.counts()).toEqual({
      "alibaba DescribeRegions": 1,
      "alibaba DescribeInstances": 2,
      "alibaba DescribeBackups": 2,
      "alibaba DescribeBackupPolicy": 2,
      "alibaba DescribeInstanceTDEStatus": 2,
      "aws elasticache:DescribeReplicationGroups": 2,
      "aws elasticache:DescribeCacheClusters": 2,
      "aws elasticache:DescribeSnapshots": 2,
      "aws elasticache:DescribeServerlessCaches": 2,
      "aws elasticache:DescribeServerlessCacheSnapshots": 2,
      "aws elasticache:ListTagsForResource": 4,
      "aws memorydb:DescribeClusters": 2,
      "aws memorydb:DescribeSnapshots": 2,
      "aws memorydb:ListTags": 2,
      // One page of instances and one of backups of each bucket.
      "s3 ListObjectsV2": 3 * 2,
      "tencent DescribeInstances": 2,
      "tencent DescribeInstanceBackups": 2,
      "tencent DescribeAutoBackupConfig": 2,
      "ucloud GetRegion": expect.any(Number),
      "ucloud DescribeURedisGroup": 2,
      "ucloud DescribeURedisBackup": 2,
      "ucloud DescribeUMemSpace": 2,
      "ucloud DescribeUMemBackup": 2,
      "ucloud DescribeUMem": 2,
    });
  });

  test("warns of literal secrets in a file that every user can read, and does not show them", async () => {
    const open = cloudsFile(clouds, (account) => ({ ...account, retries: 0 }));
    chmodSync(open, 0o644);
    const { code, stderr } = await check(open);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^Warning: \S+ contains secrets \(accounts\[0\]\.credentials\.\w+ and \d+ more\) and every user/,
    );
    const secrets = clouds.accounts.flatMap(({ credentials }) => Object.values(credentials));
    expect(secrets.filter((secret) => secret !== null && stderr.includes(secret))).toEqual([]);
  });

  test("is a table for people", async () => {
    clouds.knobs.faults.add(forbidden("tencent", "DescribeInstances", "UnauthorizedOperation"));
    const { code, stdout, stderr } = await run(["check", "--config", file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^PROVIDER +REGION +WORKS +ACTION +WHY\n/);
    expect(stdout).toMatch(/demo-tencent\/redis +ap-tokyo +NO +DescribeInstances +FORBIDDEN\n/);
    expect(stdout).toMatch(/demo-ucloud\/umem +hk +yes +DescribeUMemBackup\n/);
    expect(stderr.split("\n")).toEqual([
      `2 of ${PLACES.length} cannot be read:`,
      "  demo-tencent/redis ap-guangzhou, ap-tokyo, DescribeInstances:",
      "    FORBIDDEN: The account may not make this call. It needs the permission redis:DescribeInstances.",
      expect.stringMatching(/^ {4}Vendor: code UnauthorizedOperation, request \S+$/),
      "    To do: allow redis:DescribeInstances for the account's keys",
      "",
    ]);
    for (const line of (stdout + stderr).split("\n")) expect(line.length).toBeLessThan(140);
  });
});

const forbidden = (vendor: FaultPlan["vendor"], action: string, code: string): FaultPlan => ({
  vendor,
  action,
  effect: { kind: "vendorError", code, ...(vendor === "alibaba" ? { status: 403 } : {}) },
});

describe("check shows why a read failed and what to do", () => {
  test.each([
    {
      what: "a right to list instances",
      fault: forbidden("ucloud", "DescribeUMemSpace", "299"),
      place: ["demo-ucloud/umem", "hk"],
      says: {
        code: "FORBIDDEN",
        vendorCode: "299",
        permission: "DescribeUMemSpace",
        advice: "allow DescribeUMemSpace for the account's keys",
        why: expect.stringContaining("It needs the permission DescribeUMemSpace."),
      },
    },
    {
      what: "a right to list backups",
      fault: forbidden("alibaba", "DescribeBackups", "Forbidden.RAM"),
      place: ["demo-alibaba/kvstore", "cn-hangzhou"],
      says: {
        code: "FORBIDDEN",
        vendorCode: "Forbidden.RAM",
        permission: "kvstore:DescribeBackups",
        advice: "allow kvstore:DescribeBackups for the account's keys",
      },
    },
    {
      what: "a right to list a whole region's backups",
      fault: forbidden("tencent", "DescribeInstanceBackups", "UnauthorizedOperation.NoCAMAuthed"),
      place: ["demo-tencent/redis", "ap-tokyo"],
      says: { code: "FORBIDDEN", action: "DescribeInstanceBackups" },
    },
    {
      what: "a right clock",
      fault: forbidden("tencent", "DescribeInstances", "AuthFailure.SignatureExpire"),
      place: ["demo-tencent/redis", "ap-tokyo"],
      says: { code: "UNAUTHENTICATED", advice: "correct this machine's clock" },
    },
    {
      what: "an answer of the API",
      fault: { vendor: "ucloud", action: "DescribeURedisGroup", effect: { kind: "html" } } as const,
      place: ["demo-ucloud/uredis", "cn-bj2"],
      says: { code: "BAD_RESPONSE", advice: expect.stringContaining("endpoint") },
    },
    {
      what: "a connection",
      fault: { vendor: "alibaba", region: "cn-hangzhou", effect: { kind: "reset" } } as const,
      place: ["demo-alibaba/kvstore", "cn-hangzhou"],
      says: { code: "UNAVAILABLE", advice: expect.stringContaining("firewall") },
    },
    {
      what: "a quota",
      fault: forbidden("tencent", "DescribeInstances", "RequestLimitExceeded"),
      place: ["demo-tencent/redis", "ap-tokyo"],
      says: { code: "THROTTLED" },
    },
  ])("where it lacks $what", async ({ fault, place: [provider = "", region = ""], says }) => {
    clouds.knobs.faults.add(fault);
    const ran = await check();
    expect(ran.code).toBe(1);
    expect(rowOf(ran, provider, region)).toMatchObject({ works: false, ...says });
    const others = objectsOf(ran.stdout).filter((row) => row["provider"] !== provider);
    expect(others.every(({ works }) => works === true)).toBe(true);
  });

  test("for each action that is not allowed", async () => {
    for (const action of ["DescribeURedisGroup", "DescribeURedisBackup"])
      clouds.knobs.faults.add(forbidden("ucloud", action, "299"));
    const rows = objectsOf((await check()).stdout).filter(({ works }) => works === false);
    expect(rows.map(({ region, permission }) => `${region} ${permission}`).sort()).toEqual([
      "cn-bj2 DescribeURedisBackup",
      "cn-bj2 DescribeURedisGroup",
      "hk DescribeURedisBackup",
      "hk DescribeURedisGroup",
    ]);
  });

  test("of an address that is refused without naming a permission", async () => {
    clouds.knobs.faults.add(forbidden("ucloud", "DescribeUMemSpace", "294"));
    expect(rowOf(await check(), "demo-ucloud/umem", "hk")).toMatchObject({
      code: "FORBIDDEN",
      permission: null,
      advice: "change what the message names",
    });
  });

  test("but lets an account pass that may not read some facts of instances, and says so", async () => {
    clouds.knobs.faults.add(forbidden("alibaba", "DescribeBackupPolicy", "Forbidden.RAM"));
    const ran = await check();
    expect(ran.code).toBe(0);
    expect(rowOf(ran, "demo-alibaba/kvstore", "cn-hangzhou")).toMatchObject({
      works: true,
      why: "some facts of instances are unknown without kvstore:DescribeBackupPolicy",
    });
  });

  test("where the keys are wrong, without showing them", async () => {
    const wrong = cloudsFile(clouds, (account) =>
      account["vendor"] === "ucloud"
        ? { ...account, credentials: { publicKey: "canary-1", privateKey: "canary-2" } }
        : account,
    );
    const ran = await check(wrong);
    expect(ran.code).toBe(1);
    expect(rowOf(ran, "demo-ucloud/uredis", null)).toMatchObject({
      works: false,
      action: "GetRegion",
      code: "UNAUTHENTICATED",
      advice: expect.stringContaining("keys"),
    });
    expect(ran.stdout + ran.stderr).not.toContain("canary");
  });

  test("where a command prints no credentials, and where they come from", async () => {
    const command = [process.execPath, "-e", "console.log('canary')"];
    const file = join(mkdtempSync(join(tmpdir(), "check-")), "keys.yaml");
    writeFileSync(
      file,
      "secretId: AKIDdemoTencentSecretId\nsecretKey: demo-tencent-secret-key\nExpiration: 2099-01-01T00:00:00Z\n",
    );
    const config = cloudsFile(clouds, ({ credentials, ...account }) => {
      if (account["vendor"] === "ucloud") return { ...account, credentialsCommand: command };
      if (account["vendor"] === "tencent") return { ...account, credentialsFile: file };
      return { ...account, credentials };
    });
    const ran = await check(config);
    expect(ran.code).toBe(1);
    expect(rowOf(ran, "demo-ucloud/umem", null)).toMatchObject({
      works: false,
      code: "UNAUTHENTICATED",
      credentials: `command ${process.execPath}`,
      credentialsExpireAt: null,
      why: expect.stringMatching(/credentials command of the account failed: it is not a map/),
      advice: expect.stringContaining("command"),
    });
    expect(rowOf(ran, "demo-tencent/redis", "ap-tokyo")).toMatchObject({
      works: true,
      credentials: `file ${file}`,
      credentialsExpireAt: "2099-01-01T00:00:00.000Z",
    });
    expect(rowOf(ran, "demo-alibaba/kvstore", "cn-hangzhou")).toMatchObject({
      credentials: "config",
    });
    const table = await run(["check", "--config", config]);
    expect(table.stderr.split("\n").slice(0, 2).sort()).toEqual([
      `The credentials of demo-tencent come from the file ${file}, which expire at 2099-01-01T00:00:00.000Z.`,
      `The credentials of demo-ucloud come from the command ${process.execPath}.`,
    ]);
    expect(JSON.stringify([ran, table])).not.toContain("canary");
    rmSync(dirname(file), { recursive: true });
  });

  test("where nothing listens", async () => {
    const dead = cloudsFile(clouds, (account) =>
      account["vendor"] === "tencent"
        ? { ...account, endpoint: "http://127.0.0.1:1", retries: 0 }
        : account,
    );
    const ran = await check(dead);
    expect(rowOf(ran, "demo-tencent/redis", "ap-tokyo")).toMatchObject({ code: "UNAVAILABLE" });
  });

  test("where the failures of one product keep the others of its host from being called", async () => {
    const dead = cloudsFile(clouds, (account) =>
      account["vendor"] === "aws"
        ? { ...account, endpoint: "http://127.0.0.1:1", retries: 2 }
        : account,
    );
    const failed = objectsOf((await check(dead)).stdout).filter(({ works }) => works === false);
    expect(failed).toHaveLength(6);
    const causes = failed.map(({ why }) => why);
    expect(new Set(causes)).toEqual(new Set(["UNAVAILABLE: Cannot connect to the vendor's host."]));
  });

  test("where rows cannot be read", async () => {
    const body = JSON.stringify({ RetCode: 0, TotalCount: 1, DataSet: [{ Name: "odd" }] });
    const effect = { kind: "body", body } as const;
    clouds.knobs.faults.add({ vendor: "ucloud", action: "DescribeUMemSpace", effect });
    const ran = await check();
    expect(rowOf(ran, "demo-ucloud/umem", "hk")).toMatchObject({
      works: false,
      code: "BAD_RESPONSE",
      why: expect.stringContaining("1 of 1 rows cannot be read"),
    });
  });

  test("but lets an account pass that may not list a whole region, and says so", async () => {
    clouds.knobs.set("ucloud", { wide: "refused" });
    const ran = await check();
    expect(ran.code).toBe(0);
    expect(rowOf(ran, "demo-ucloud/uredis", "hk")).toMatchObject({
      works: true,
      why: expect.stringContaining("backups of deleted instances are missing"),
    });
  });

  test("but lets a region without instances pass, and says so", async () => {
    const empty = await startStillClouds({ estate: { instances: 0, backupsEach: 0 } });
    const ran = await check(cloudsFile(empty));
    await empty.close();
    expect(ran.code).toBe(0);
    expect(rowOf(ran, "demo-alibaba/kvstore", "cn-hangzhou")).toMatchObject({
      works: true,
      action: "DescribeInstances",
      why: "the region has no instance, so the backup list was not read",
    });
  });
});

test("says how far this machine's clock is off, where calls work by the clock of the vendor", async () => {
  const live = await startClouds();
  onTestFinished(() => live.close());
  const now = (): number => Date.now() - 3 * 3_600_000;
  const { code, stderr } = await run(["check", "--config", cloudsFile(live)], { now });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^Warning: This machine's clock is 1\d\d minutes behind that of demo-/);
  for (const id of ["demo-alibaba", "demo-aws", "demo-s3", "demo-tencent"])
    expect(stderr).toContain(id);
  // Its calls have no time.
  expect(stderr).not.toContain("demo-ucloud");
});
