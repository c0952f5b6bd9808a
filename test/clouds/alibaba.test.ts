import { beforeEach, describe, expect, test } from "vitest";
import type { Row } from "../../src/domain/row.js";
import { alibabaCloud } from "../../src/clouds/alibaba/cloud.js";
import type { BackupRow, Estate, NewBackup } from "../../src/clouds/estate/types.js";
import {
  alibabaInstance,
  cloudOver,
  DAY,
  emptyEstate,
  KEY,
  NOW,
  rowsAt,
  tencentInstance,
} from "./askCloud.js";
import type { Answer } from "./askCloud.js";
import { signAcs3, signAlibabaV1 } from "./documentedSigning.js";
import type { ClientCall } from "./documentedSigning.js";

const PLAIN = "r-bp1plain";
const WIDE = { StartTime: "2026-01-01T00:00Z", EndTime: "2026-03-11T00:00Z" };

let estate: Estate;
let cloud: ReturnType<typeof cloudOver>;
let nonce: number;
beforeEach(() => {
  estate = emptyEstate();
  estate.insertInstance(alibabaInstance());
  cloud = cloudOver(alibabaCloud, estate);
  nonce = 0;
});

function callOf(
  action: string,
  params: Record<string, string>,
  changes: Partial<ClientCall> = {},
): ClientCall {
  nonce += 1;
  return {
    key: KEY,
    host: "127.0.0.1:9001",
    action,
    params,
    now: NOW,
    nonce: `n${nonce}`,
    ...changes,
  };
}
const ask = (action: string, params: Record<string, string> = {}): Answer =>
  cloud.ask(signAcs3(callOf(action, params, { method: "POST", place: "query" })));
const backups = (params: Record<string, string> = {}): Answer =>
  ask("DescribeBackups", { InstanceId: PLAIN, ...WIDE, ...params });
const backupRows = (params: Record<string, string> = {}): Row[] =>
  rowsAt(backups(params).body, "Backups", "Backup");
const insert = (facts: Partial<NewBackup> & { startedAt: number }): BackupRow =>
  estate.insertBackup({ product: "ALIBABA_KVSTORE", instanceNativeId: PLAIN, ...facts });
const at = (text: string): number => Date.parse(text);
const ids = (rows: Row[]): string[] => rows.map((row) => String(row.BackupId));

describe("signatures", () => {
  const params = { InstanceId: PLAIN, ...WIDE, PageSize: "50" };
  const ways: { what: string; changes: Partial<ClientCall> }[] = [
    { what: "GET", changes: { method: "GET" } },
    { what: "POST with a query", changes: { method: "POST", place: "query" } },
    { what: "POST with a form", changes: { method: "POST", place: "form" } },
  ];

  test.each(ways)("v1 and ACS3 are taken, and the parameters read: $what", ({ changes }) => {
    const v1 = cloud.ask(signAlibabaV1(callOf("DescribeBackups", params, changes)));
    const v3 = cloud.ask(signAcs3(callOf("DescribeBackups", params, changes)));
    expect(v1).toMatchObject({ status: 200, body: { PageSize: 50 } });
    expect(v3).toMatchObject({ status: 200, body: { PageSize: 50 } });
  });

  test.each([
    { what: "v1", sign: signAlibabaV1 },
    { what: "ACS3", sign: (call: ClientCall) => signAcs3(call) },
  ])(
    "a wrong key, an unknown key, an old stamp and a used nonce are refused: $what",
    ({ sign }) => {
      const codeOf = (changes: Partial<ClientCall>) =>
        cloud.ask(sign(callOf("DescribeBackups", params, changes))).body.Code;
      expect(codeOf({ key: { ...KEY, secret: "another" } })).toBe("SignatureDoesNotMatch");
      expect(codeOf({ key: { ...KEY, id: "nobody" } })).toBe("InvalidAccessKeyId.NotFound");
      expect(codeOf({ now: NOW - 16 * 60_000 })).toBe("InvalidTimeStamp.Expired");
      expect(codeOf({ nonce: "same" })).toBeUndefined();
      expect(codeOf({ nonce: "same" })).toBe("SignatureNonceUsed");
    },
  );

  test("v1 without JSON is refused, because there is no XML here", () => {
    const answer = cloud.ask(
      signAlibabaV1(callOf("DescribeBackups", { ...params, Format: "XML" })),
    );
    expect(answer).toMatchObject({ status: 400, body: { Code: "InvalidParameter.Format" } });
    const lower = signAlibabaV1(callOf("DescribeBackups", { ...params, Format: "json" }));
    expect(cloud.ask(lower).status).toBe(200);
  });
});

describe("the envelope", () => {
  test("an error has an HTTP status and a flat body", () => {
    expect(ask("DescribeNothing")).toEqual({
      status: 404,
      headers: { "content-type": "application/json;charset=utf-8" },
      body: {
        RequestId: "00000000-0000-0000-0000-000000000001",
        HostId: "127.0.0.1:9001",
        Code: "InvalidApi.NotFound",
        Message: "Specified api is not found, please check your url and method.",
        Recommend: expect.stringContaining("q=InvalidApi.NotFound"),
      },
    });
  });

  test("an action is looked up by its own name only", () => {
    expect(ask("constructor").body.Code).toBe("InvalidApi.NotFound");
  });

  test.each([
    { page: "3", read: 3 },
    { page: "", read: 1 },
    { page: "x", read: 1 },
    { page: "-2", read: 1 },
  ])("a call for page $page counts as page $read", ({ page, read }) => {
    const params = { InstanceId: PLAIN, RegionId: "cn-hangzhou", PageNumber: page };
    expect(alibabaCloud.read(signAcs3(callOf("DescribeBackups", params)))).toMatchObject({
      action: "DescribeBackups",
      instance: PLAIN,
      region: "cn-hangzhou",
      page: read,
    });
  });

  test("another version of the API is refused", () => {
    const call = callOf("DescribeRegions", { Version: "2014-05-26" });
    expect(cloud.ask(signAlibabaV1(call)).body.Code).toBe("InvalidVersion");
  });

  test("throttling is HTTP 400 with a header that says when to come back", () => {
    expect(cloud.refuse("throttled")).toMatchObject({
      status: 400,
      headers: { "x-acs-retry-after": "1000" },
      body: { Code: "Throttling.User" },
    });
    expect(cloud.refuse("internal").headers).not.toHaveProperty("x-acs-retry-after");
    expect(cloud.refuse("internal").status).toBe(500);
  });

  test("the document's JSON is wrapped and all in text", () => {
    insert({ startedAt: NOW - DAY, nativeId: "336077354", sizeBytes: 1024 });
    cloud.turn("alibaba", { json: "wrapped" });
    const { body } = backups();
    expect(Object.keys(body)).toEqual(["DescribeBackupsResponse"]);
    const wrapped = body.DescribeBackupsResponse as Row;
    expect(wrapped).toMatchObject({ PageNumber: "1", TotalCount: "1", PageSize: "30" });
    expect(rowsAt(wrapped, "Backups", "Backup")).toMatchObject([
      { BackupId: "336077354", BackupSize: "1024" },
    ]);
  });
});

describe("DescribeRegions", () => {
  test("lists every region at this host, and may list one twice", () => {
    estate.insertInstance(alibabaInstance({ nativeId: "r-other", zone: "cn-hangzhou-i" }));
    const rows = rowsAt(ask("DescribeRegions").body, "RegionIds", "KVStoreRegion");
    expect(rows.map((row) => row.RegionId)).toEqual([
      "cn-hangzhou",
      "cn-hangzhou",
      "ap-southeast-1",
    ]);
    expect(rows[0]).toMatchObject({
      RegionEndpoint: "127.0.0.1:9001",
      ZoneIds: "cn-hangzhou-h,cn-hangzhou-i",
      ZoneIdList: { ZoneId: ["cn-hangzhou-h", "cn-hangzhou-i"] },
    });
  });
});

describe("DescribeInstances", () => {
  const listed = (params: Record<string, string> = {}): Row[] =>
    rowsAt(ask("DescribeInstances", params).body, "Instances", "KVStoreInstance");
  const fill = (count: number): void => {
    for (let i = 0; i < count; i += 1)
      estate.insertInstance(alibabaInstance({ nativeId: `r-${String(i).padStart(3, "0")}` }));
  };

  test("pages by number and size, thirty rows unless asked, fifty at most", () => {
    fill(70);
    expect(listed()).toHaveLength(30);
    const all = ["1", "2", "3"].flatMap((page) => listed({ PageNumber: page, PageSize: "30" }));
    expect(new Set(all.map((row) => row.InstanceId)).size).toBe(71);
    expect(listed({ PageNumber: "4", PageSize: "30" })).toEqual([]);
    expect(ask("DescribeInstances", { PageSize: "50" }).body).toMatchObject({
      TotalCount: 71,
      PageNumber: 1,
      PageSize: 50,
    });
    for (const PageSize of ["0", "51", "-1", "x"])
      expect(ask("DescribeInstances", { PageSize }).body.Code).toBe("InvalidPageSize.Malformed");
    expect(ask("DescribeInstances", { PageNumber: "0" }).body.Code).toBe(
      "InvalidPageNumber.Malformed",
    );
  });

  test("distinguishes classic from cloud-native clusters, and shows Memcached too", () => {
    const cluster = { architecture: "cluster", shardCount: 4 } as const;
    estate.insertInstance(alibabaInstance({ nativeId: "r-classic", ...cluster }));
    estate.insertInstance(
      alibabaInstance({ nativeId: "r-native", ...cluster, cloudNative: true, engine: "Tair" }),
    );
    estate.insertInstance(alibabaInstance({ nativeId: "r-mem", engine: "Memcache" }));
    expect(listed()).toMatchObject([
      { InstanceId: PLAIN, ArchitectureType: "standard", IsRds: true, InstanceType: "Redis" },
      { InstanceId: "r-classic", ArchitectureType: "cluster", IsRds: true, ShardCount: 4 },
      { InstanceId: "r-mem", InstanceType: "Memcache" },
      { InstanceId: "r-native", ArchitectureType: "cluster", IsRds: false, InstanceType: "Tair" },
    ]);
    expect(listed({ ArchitectureType: "cluster", InstanceType: "Tair" })).toHaveLength(1);
    expect(listed()[0]).toMatchObject({ Capacity: 4096, CreateTime: "2025-11-30T12:00:00Z" });
    expect(listed()[0]).not.toHaveProperty("ShardCount");
  });

  test("keeps to a region and to at most thirty ids", () => {
    estate.insertInstance(alibabaInstance({ nativeId: "r-sg", region: "ap-southeast-1" }));
    expect(listed({ RegionId: "ap-southeast-1" })).toMatchObject([{ InstanceId: "r-sg" }]);
    expect(listed({ RegionId: "cn-nowhere" })).toEqual([]);
    expect(listed({ InstanceIds: `r-sg,${PLAIN},r-none` })).toHaveLength(2);
    const many = Array.from({ length: 31 }, (_, i) => `r-${i}`).join(",");
    expect(ask("DescribeInstances", { InstanceIds: many }).body.Code).toBe(
      "InvalidInstanceIds.Malformed",
    );
  });
});

describe("the parameters of DescribeBackups", () => {
  test.each(["InstanceId", "StartTime", "EndTime"])("%s is mandatory", (name) => {
    expect(backups({ [name]: "" })).toMatchObject({
      status: 400,
      body: { Code: `Missing${name}` },
    });
  });

  test.each([
    { name: "StartTime", value: "2026-01-01T00:00:00Z", code: "InvalidStartTime.Malformed" },
    { name: "StartTime", value: "2026-01-01 00:00", code: "InvalidStartTime.Malformed" },
    { name: "StartTime", value: "2026-13-01T00:00Z", code: "InvalidStartTime.Malformed" },
    { name: "EndTime", value: "2026-01-01T00:00+08:00", code: "InvalidEndTime.Malformed" },
    {
      name: "EndTime",
      value: WIDE.StartTime,
      code: "InvalidStartTimeAndEndTime.Malformed",
    },
    { name: "PageNumber", value: "0", code: "InvalidPageNumber.Malformed" },
    { name: "BackupId", value: "x", code: "InvalidBackupId.Malformed" },
    { name: "NeedAof", value: "true", code: "InvalidNeedAof.Malformed" },
  ])("$name $value is $code", ({ name, value, code }) => {
    expect(backups({ [name]: value })).toMatchObject({ status: 400, body: { Code: code } });
  });

  test("a page has one of five sizes", () => {
    for (const PageSize of ["30", "50", "100", "200", "300"])
      expect(backups({ PageSize }).body).toMatchObject({ PageSize: Number(PageSize) });
    for (const PageSize of ["1", "10", "31", "250", "301", "30.0"])
      expect(backups({ PageSize }).body.Code).toBe("InvalidPageSize.Malformed");
  });

  test("an instance that is not there is not found, nor one that was deleted", () => {
    expect(backups({ InstanceId: "r-none" })).toMatchObject({
      status: 404,
      body: { Code: "InvalidInstanceId.NotFound" },
    });
    estate.insertInstance(tencentInstance({ nativeId: "crs-1" }));
    expect(backups({ InstanceId: "crs-1" }).status).toBe(404);
    estate.deleteInstance("ALIBABA_KVSTORE", PLAIN);
    expect(backups().status).toBe(404);
  });

  test("a cloud-native cluster has another list", () => {
    estate.insertInstance(
      alibabaInstance({ nativeId: "r-native", architecture: "cluster", cloudNative: true }),
    );
    expect(backups({ InstanceId: "r-native" }).body.Code).toBe("InstanceType.NotSupport");
  });
});

describe("the rows of DescribeBackups", () => {
  test("lie in the window, whose ends count, by their start", () => {
    for (const second of ["09:59:59", "10:00:00", "10:30:10", "11:00:00", "11:00:01"])
      insert({ startedAt: at(`2026-03-01T${second}Z`), nativeId: second.replaceAll(":", "") });
    const window = { StartTime: "2026-03-01T10:00Z", EndTime: "2026-03-01T11:00Z" };
    expect(backupRows(window).map((row) => row.BackupStartTime)).toEqual([
      "2026-03-01T11:00:00Z",
      "2026-03-01T10:30:10Z",
      "2026-03-01T10:00:00Z",
    ]);
  });

  test("lie in the window by their end where the knob says so", () => {
    const startedAt = at("2026-03-01T09:58:00Z");
    insert({ startedAt, finishedAt: startedAt + 300_000, nativeId: "1" });
    const window = { StartTime: "2026-03-01T10:00Z", EndTime: "2026-03-01T11:00Z" };
    expect(backupRows(window)).toEqual([]);
    cloud.turn("alibaba", { windowSelects: "end" });
    expect(ids(backupRows(window))).toEqual(["1"]);
  });

  test("come page by page, each once, in the order of the knob", () => {
    for (let i = 0; i < 70; i += 1)
      insert({ startedAt: NOW - (i + 1) * 3_600_000, nativeId: String(1000 + i) });
    const walk = () =>
      ["1", "2", "3"].flatMap((PageNumber) => ids(backupRows({ PageNumber, PageSize: "30" })));
    const newestFirst = Array.from({ length: 70 }, (_, i) => String(1000 + i));
    expect(walk()).toEqual(newestFirst);
    cloud.turn("alibaba", { order: "oldestFirst" });
    expect(walk()).toEqual([...newestFirst].reverse());
    cloud.turn("alibaba", { order: "shuffled" });
    const shuffled = walk();
    expect(shuffled).not.toEqual(newestFirst);
    expect([...shuffled].sort()).toEqual(newestFirst);
    expect(walk()).toEqual(shuffled);
    expect(backups({ PageNumber: "4" }).body).toMatchObject({ TotalCount: 70, PageNumber: 4 });
    expect(backupRows({ PageNumber: "4" })).toEqual([]);
  });

  test("may be fewer than asked, and their total may be wrong or absent", () => {
    for (let i = 0; i < 20; i += 1) insert({ startedAt: NOW - (i + 1) * DAY });
    cloud.turn("alibaba", { pageCap: 7, totals: -3 });
    expect(backupRows()).toHaveLength(7);
    expect(backups().body.TotalCount).toBe(17);
    cloud.turn("alibaba", { totals: "absent" });
    expect(backups().body).not.toHaveProperty("TotalCount");
  });

  test("say everything that the document says of a row", () => {
    insert({
      startedAt: at("2026-03-01T10:00:01Z"),
      finishedAt: at("2026-03-01T10:02:30Z"),
      expiresAt: at("2026-03-08T10:00:01Z"),
      nativeId: "336077355",
      sizeBytes: 4096,
      trigger: "Manual",
    });
    expect(backupRows()).toEqual([
      {
        BackupId: 336077355,
        BackupJobID: 6077355,
        BackupStatus: "Success",
        BackupStartTime: "2026-03-01T10:00:01Z",
        BackupEndTime: "2026-03-01T10:02:30Z",
        BackupType: "FullBackup",
        BackupMode: "Manual",
        BackupMethod: "Physical",
        BackupSize: 4096,
        BackupDBNames: "all",
        EngineVersion: "6.0",
        NodeInstanceId: PLAIN,
        ExpectExpireTime: "2026-03-08T10:00:01Z",
        RecoverConfigMode: expect.any(String),
        BackupDownloadURL: expect.stringMatching(
          /^https:\/\/rdsbak-v2\.oss-cn-hangzhou\.aliyuncs\.com\/custins\/336077355\.rdb\?Expires=\d+&/,
        ),
        BackupIntranetDownloadURL: expect.stringMatching(
          /^http:\/\/rdsbak-v2\.oss-cn-hangzhou-internal\.aliyuncs\.com\/custins\//,
        ),
      },
    ]);
  });

  test("have for some backups one link glued to the other, and none for a failed one", () => {
    insert({ startedAt: NOW - DAY, nativeId: "3350016006" });
    insert({ startedAt: NOW - 2 * DAY, nativeId: "5", status: "Failed" });
    const [glued, failed] = backupRows();
    expect(glued?.BackupDownloadURL).toBe(
      `https://rdsbak-v2.oss-cn-hangzhou.aliyuncs.com/${String(glued?.BackupIntranetDownloadURL)}`,
    );
    expect(failed).toMatchObject({ BackupStatus: "Failed", BackupDownloadURL: "" });
  });

  test("can be asked for by backup and by job", () => {
    insert({ startedAt: NOW - DAY, nativeId: "300000001" });
    insert({ startedAt: NOW - 2 * DAY, nativeId: "300000002" });
    expect(ids(backupRows({ BackupId: "300000002" }))).toEqual(["300000002"]);
    expect(ids(backupRows({ BackupJobId: "1" }))).toEqual(["300000001"]);
    expect(backupRows({ BackupId: "7" })).toEqual([]);
  });

  test("are one for each node of a classic cluster, once it has ended", () => {
    const instanceNativeId = "r-classic";
    estate.insertInstance(
      alibabaInstance({ nativeId: instanceNativeId, architecture: "cluster", shardCount: 3 }),
    );
    const startedAt = NOW - 600_000;
    for (const shard of [0, 1, 2])
      insert({
        instanceNativeId,
        startedAt: startedAt + shard * 1000,
        shard: `${instanceNativeId}-db-${shard}`,
        finishedAt: shard === 2 ? NOW + 60_000 : NOW - 60_000,
      });
    const rows = backupRows({ InstanceId: instanceNativeId });
    expect(rows.map((row) => row.NodeInstanceId)).toEqual(["r-classic-db-1", "r-classic-db-0"]);
  });
});

describe("DescribeClusterBackupList", () => {
  const CLUSTER = "r-native";
  const asked = { InstanceId: CLUSTER, RegionId: "cn-hangzhou", ...WIDE };
  const list = (params: Record<string, string> = {}): Answer =>
    ask("DescribeClusterBackupList", { ...asked, ...params });
  const parts = [
    { nativeId: "71", name: "r-native-db-0", sizeBytes: 10, status: "OK" },
    { nativeId: "72", name: "r-native-db-1", sizeBytes: 20, status: "ERROR" },
  ];
  beforeEach(() => {
    const facts = { architecture: "cluster", cloudNative: true, shardCount: 2 } as const;
    estate.insertInstance(alibabaInstance({ nativeId: CLUSTER, ...facts }));
  });
  const insertCluster = (facts: Partial<NewBackup> & { startedAt: number }) =>
    insert({ instanceNativeId: CLUSTER, parts, ...facts });

  test("is a plain array with the shards inside and no total", () => {
    insertCluster({
      startedAt: NOW - DAY,
      nativeId: "cb-1",
      sizeBytes: 30,
      finishedAt: NOW - DAY + 60_000,
    });
    const { body } = list();
    expect(body).toMatchObject({ PageNumber: 1, PageSize: 30, MaxResults: 1 });
    expect(body).not.toHaveProperty("TotalCount");
    expect(rowsAt(body, "ClusterBackups")).toMatchObject([
      {
        ClusterBackupId: "cb-1",
        ClusterBackupStatus: "OK",
        ClusterBackupStartTime: "2026-03-09T12:00:00Z",
        ClusterBackupEndTime: "2026-03-09T12:01:00Z",
        ClusterBackupSize: "30",
        ClusterBackupMode: "Automated",
        IsAvail: 1,
        Progress: "100%",
        ShardClassMemory: 2048,
        Backups: [
          { BackupId: "71", BackupSize: "10", BackupStatus: "OK", InstanceName: "r-native-db-0" },
          { BackupId: "72", BackupStatus: "ERROR" },
        ],
      },
    ]);
    const [row] = rowsAt(body, "ClusterBackups");
    const [ok, failed] = rowsAt(row ?? {}, "Backups");
    expect(ok).toHaveProperty("BackupDownloadURL");
    expect(failed).not.toHaveProperty("BackupDownloadURL");
  });

  test("shows a backup under way without an end", () => {
    insertCluster({ startedAt: NOW - 60_000, nativeId: "cb-1", status: "RUNNING", parts: [] });
    expect(rowsAt(list().body, "ClusterBackups")).toMatchObject([
      { ClusterBackupStatus: "RUNNING", ClusterBackupEndTime: "", IsAvail: 0, Backups: [] },
    ]);
  });

  test("pages in nine sizes, and says how many rows came", () => {
    for (let i = 0; i < 12; i += 1) insertCluster({ startedAt: NOW - (i + 1) * 3_600_000 });
    const page = (PageNumber: string) => list({ PageNumber, PageSize: "5" }).body;
    expect(["1", "2", "3", "4"].map((number) => page(number).MaxResults)).toEqual([5, 5, 2, 0]);
    const all = ["1", "2", "3"].flatMap((number) => rowsAt(page(number), "ClusterBackups"));
    expect(new Set(all.map((row) => row.ClusterBackupId)).size).toBe(12);
    for (const PageSize of ["5", "10", "15", "20", "30", "50", "100", "200", "300"])
      expect(list({ PageSize }).status).toBe(200);
    for (const PageSize of ["1", "25", "301"])
      expect(list({ PageSize }).body.Code).toBe("InvalidPageSize.Malformed");
  });

  test("leaves the shards out and keeps to one backup when asked to", () => {
    insertCluster({ startedAt: NOW - DAY, nativeId: "cb-1" });
    insertCluster({ startedAt: NOW - 2 * DAY, nativeId: "cb-2" });
    const rows = rowsAt(
      list({ NoShardBackup: "True", ClusterBackupId: "cb-2" }).body,
      "ClusterBackups",
    );
    expect(rows).toMatchObject([{ ClusterBackupId: "cb-2", Backups: [] }]);
    expect(list({ NoShardBackup: "yes" }).body.Code).toBe("InvalidNoShardBackup.Malformed");
  });

  test("wants region, instance and window, and a cloud-native cluster", () => {
    for (const name of ["RegionId", "InstanceId", "StartTime", "EndTime"])
      expect(list({ [name]: "" }).body.Code).toBe(`Missing${name}`);
    expect(list({ RegionId: "ap-southeast-1" }).status).toBe(404);
    expect(list({ InstanceId: PLAIN }).body.Code).toBe("InstanceType.NotSupport");
  });
});
