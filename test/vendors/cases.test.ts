import { describe, expect, test } from "vitest";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import type { Row } from "../../src/domain/row.js";
import type { BackupStatus } from "../../src/domain/words.js";
import { readsOf } from "../estate/gateway.js";
import { alibabaAccount, tencentAccount, ucloudAccount } from "./accounts.js";
import { backup } from "./fixture.js";
import { gatewayOver, json, nodesIn, type Answer, type Asked } from "./memoryGateway.js";
import { wanted } from "../wantedPage.js";

const NOON = Date.UTC(2026, 5, 1, 12);

describe("UCloud", () => {
  const account = { ...ucloudAccount, products: ["uredis" as const] };
  const good = (action: string, fields: Row): Answer =>
    json({ RetCode: 0, Action: `${action}Response`, ...fields });
  const backupRow = (id: string, facts: Row = {}): Row => ({
    BackupId: id,
    GroupId: "g-1",
    BackupTime: NOON / 1000,
    State: "Success",
    ...facts,
  });

  /** A cloud of one group with two backups; `changes` answers before it does. */
  const cloudOf =
    (changes: (asked: Asked) => Answer | null) =>
    (asked: Asked): Answer => {
      const { action } = asked;
      const changed = changes(asked);
      if (changed !== null) return changed;
      if (action === "GetRegion")
        return good(action, { Regions: [{ Region: "cn-bj2" }, { Region: "hk" }] });
      const rows =
        asked.params.get("Region") === "hk"
          ? []
          : action === "DescribeURedisGroup"
            ? [{ GroupId: "g-1", State: "Running" }]
            : [backupRow("b-1"), backupRow("b-2")];
      return good(action, { TotalCount: rows.length, DataSet: rows });
    };

  const idsIn = (page: Parameters<typeof nodesIn>[0][number]): string[] =>
    nodesIn([page])
      .map(({ nativeId }) => nativeId)
      .sort();

  test("says that a region is not open for the account, and how to leave it out", async () => {
    const { page, countOf } = gatewayOver(
      account,
      cloudOf(({ params }) =>
        params.get("Region") === "hk"
          ? json({ RetCode: 230, Message: "Params [Region] not available" })
          : null,
      ),
    );
    const read = await page(10);
    expect(idsIn(read)).toEqual(["b-1", "b-2"]);
    expect(read.complete).toBe(false);
    expect(read.issues.every(({ code, region }) => code === "FORBIDDEN" && region === "hk")).toBe(
      true,
    );
    expect(read.issues[0]?.message).toBe(
      "This region is not open for this account. Set `regions` of the account to those that are.",
    );
    const calls = countOf("DescribeURedisGroup");
    await page(10);
    expect(countOf("DescribeURedisGroup")).toBe(calls);
  });

  test.each([
    {
      what: "names another parameter",
      answer: { RetCode: 230, Message: "Params [Limit] not valid" },
    },
    {
      what: "answers another action",
      answer: { RetCode: 0, Action: "GetRegionResponse", TotalCount: 0, DataSet: [] },
    },
    {
      what: "counts groups and lists none",
      answer: { RetCode: 0, Action: "DescribeURedisGroupResponse", TotalCount: 3 },
    },
  ])("is BAD_RESPONSE where it $what", async ({ answer }) => {
    const { gateway } = gatewayOver(
      account,
      cloudOf(({ action, params }) =>
        action === "DescribeURedisGroup" && params.get("Region") === "cn-bj2" ? json(answer) : null,
      ),
    );
    const query = { parent: { type: "Query" }, page: wanted({}), filter: EVERY_INSTANCE } as const;
    const list = await readsOf(gateway).instances({ ...query, onSourceError: "PARTIAL" });
    expect(list.complete).toBe(false);
    expect(list.issues).toMatchObject([{ code: "BAD_RESPONSE", region: "cn-bj2" }]);
  });

  test("may count the backups of the whole user for a group that has none", async () => {
    const { page } = gatewayOver(
      { ...account, regions: ["cn-bj2"] },
      cloudOf(({ action, params }) => {
        if (action !== "DescribeURedisBackup") return null;
        if (!params.has("GroupId"))
          return json({ RetCode: 220, Message: "Missing params [GroupId]" });
        return good(action, { TotalCount: 7 });
      }),
    );
    const read = await page(10);
    expect([read.edges.length, read.complete, read.issues]).toEqual([0, true, []]);
  });

  test.each([
    ["a row", (deep: string) => deep],
    ["a row without a key", (deep: string) => `{"Tag":${deep}}`],
    ["a row whose key is deep", (deep: string) => `{"BackupId":${deep}}`],
  ])("keeps the rows beside %s that is nested 6,000 deep", async (_, rowOf) => {
    const { page } = gatewayOver(
      { ...account, regions: ["cn-bj2"] },
      cloudOf(({ action }) => {
        if (action !== "DescribeURedisBackup") return null;
        const { status, body } = good(action, {
          TotalCount: 3,
          DataSet: [backupRow("b-1"), "nested", backupRow("b-3")],
        });
        const nested = rowOf("[".repeat(6_000) + "]".repeat(6_000));
        return { status, body: body.replace('"nested"', nested) };
      }),
    );
    const read = await page(10);
    expect(idsIn(read)).toEqual(["b-1", "b-3"]);
    expect(read.issues).toMatchObject([{ code: "BAD_RESPONSE" }]);
  });

  test("names a row that is nested 6,000 deep, and keeps the rows beside it", async () => {
    const rows = [backupRow("b-1"), backupRow("b-deep", { Tag: "nested" }), backupRow("b-3")];
    const { page } = gatewayOver(
      { ...account, regions: ["cn-bj2"] },
      cloudOf(({ action }) => {
        if (action !== "DescribeURedisBackup") return null;
        const { status, body } = good(action, { TotalCount: 3, DataSet: rows });
        const nested = "[".repeat(6_000) + "]".repeat(6_000);
        return { status, body: body.replace('"nested"', nested) };
      }),
    );
    const read = await page(10);
    expect(idsIn(read)).toEqual(["b-1", "b-3"]);
    expect(read.complete).toBe(false);
    expect(read.issues).toMatchObject([{ code: "BAD_RESPONSE" }]);
    expect(read.issues[0]?.message).toContain("b-deep");
  });

  test.each(["Backuping", "Success"])(
    "names the start that cannot be read of a row that is %s, and keeps the others",
    async (State) => {
      const rows = [
        backupRow("b-1"),
        backupRow("b-2", { State, BackupTime: "2026-06-01T10:00+08:00" }),
      ];
      const { page } = gatewayOver(
        { ...account, regions: ["cn-bj2"] },
        cloudOf(({ action }) =>
          action === "DescribeURedisBackup" ? good(action, { TotalCount: 2, DataSet: rows }) : null,
        ),
      );
      const read = await page(10);
      expect([idsIn(read), read.complete]).toEqual([["b-1"], false]);
      expect(read.issues).toMatchObject([
        {
          code: "BAD_RESPONSE",
          message: "A row was left out. A row has no usable BackupTime.",
        },
      ]);
    },
  );

  test("names a row whose id is not UTF-8, and keeps a remark that is not", async () => {
    const rows = [backupRow("b-1", { BackupName: "caf\uFFFD" }), backupRow("b-\uFFFD")];
    const { page } = gatewayOver(
      { ...account, regions: ["cn-bj2"] },
      cloudOf(({ action }) =>
        action === "DescribeURedisBackup" ? good(action, { TotalCount: 2, DataSet: rows }) : null,
      ),
    );
    const read = await page(10);
    expect(nodesIn([read]).map(({ nativeId, name }) => [nativeId, name])).toEqual([
      ["b-1", "caf\uFFFD"],
    ]);
    expect(read.issues).toMatchObject([{ code: "BAD_RESPONSE" }]);
    expect(read.issues[0]?.message).toContain("BackupId");
  });

  test.each([
    { what: "more parts than a page may have", rows: 2_500_000, code: "BAD_RESPONSE" },
    { what: "more rows than a list may have", rows: 25_000, code: "SCAN_LIMIT" },
    { what: "rows that cannot be decoded", rows: 10_000, code: "BAD_RESPONSE" },
  ])("is $code if it answers with $what", async ({ rows, code }) => {
    const text = `{"RetCode":0,"Action":"DescribeURedisBackupResponse","TotalCount":${rows},"DataSet":[${"{},".repeat(rows - 1)}{}]}`;
    const { page, gateway } = gatewayOver(
      { ...account, regions: ["cn-bj2"] },
      cloudOf(({ action }) =>
        action === "DescribeURedisBackup" ? { status: 200, body: text } : null,
      ),
    );
    const read = await page(10);
    expect(read.issues).toMatchObject([{ code }]);
    expect(read.edges).toEqual([]);
    const notes = gateway.engine.providers.get("ops/uredis")?.capabilities.notes.join(" ");
    expect(notes?.includes("more backups than limits.scanRows")).toBe(code === "SCAN_LIMIT");
  });

  test("makes coverage UNKNOWN by a backup that is under way and has no start yet", async () => {
    const running = { BackupId: "b-1", GroupId: "g-1", State: "Backuping" };
    const { gateway, page } = gatewayOver(
      { ...account, regions: ["cn-bj2"] },
      cloudOf(({ action }) =>
        action === "DescribeURedisBackup"
          ? good(action, { TotalCount: 1, DataSet: [running] })
          : null,
      ),
    );
    await expectStarting(gateway);
    const read = await page(10);
    expect([read.edges, read.complete, read.issues]).toEqual([[], true, []]);
  });

  test.each<BackupStatus>(["RUNNING", "FAILED", "LOCKED", "EXPIRED", "DELETED"])(
    "is not asked for the links of a backup that is %s",
    async (status) => {
      const { gateway, asked } = gatewayOver(
        account,
        cloudOf(() => null),
      );
      const one = backup({
        provider: "ops/uredis",
        region: "cn-bj2",
        listing: "uredis-group",
        status,
      });
      expect(await readsOf(gateway).downloads(one)).toEqual([]);
      expect(asked).toEqual([]);
    },
  );
});

/** One instance, whose only backup is under way. */
async function expectStarting(gateway: ReturnType<typeof gatewayOver>["gateway"]): Promise<void> {
  const { entries } = await readsOf(gateway).coverage(86_400_000, EVERY_INSTANCE);
  expect(entries.map(({ coverage: { state, reason } }) => [state, reason])).toEqual([
    ["UNKNOWN", "A backup within the RPO is RUNNING."],
  ]);
}

describe("Tencent Cloud", () => {
  const account = { ...tencentAccount, regions: ["ap-guangzhou"] };
  const refused = (Code: string): Answer => json({ Response: { Error: { Code, Message: "no" } } });
  const rows = [
    {
      BackupId: "b-1",
      StartTime: "2026-06-01 12:00:00",
      EndTime: "2026-06-01 12:01:00",
      Status: 2,
    },
  ];

  const cloudOf =
    (region: Answer) =>
    ({ action, params }: Asked): Answer => {
      if (action === "DescribeInstances")
        return json({
          Response: { TotalCount: 1, InstanceSet: [{ InstanceId: "crs-1", Status: 2 }] },
        });
      if (!params.has("InstanceId")) return region;
      return json({ Response: { TotalCount: 1, BackupSet: rows } });
    };

  test("makes coverage UNKNOWN by a backup that is under way and has no start yet", async () => {
    const BackupSet = [{ BackupId: "b-1", InstanceId: "crs-1", Status: 1 }];
    const running = json({ Response: { TotalCount: 1, BackupSet } });
    const { gateway } = gatewayOver(account, (asked) =>
      asked.action === "DescribeInstanceBackups" ? running : cloudOf(running)(asked),
    );
    await expectStarting(gateway);
  });

  test.each([
    { what: "is refused with MissingParameter", region: refused("MissingParameter") },
    {
      what: "is refused with InvalidParameter.InvalidParameter",
      region: refused("InvalidParameter.InvalidParameter"),
    },
    { what: "is refused with UnsupportedOperation", region: refused("UnsupportedOperation") },
    {
      what: "has rows without InstanceId",
      region: json({ Response: { TotalCount: 1, BackupSet: rows } }),
    },
  ])("is read one instance at a time where the list of a region $what", async ({ region }) => {
    const { page, gateway } = gatewayOver(account, cloudOf(region));
    const read = await page(10);
    expect(
      nodesIn([read]).map(({ nativeId, instanceNativeId }) => [nativeId, instanceNativeId]),
    ).toEqual([["b-1", "crs-1"]]);
    expect([read.complete, read.issues]).toEqual([true, []]);
    const notes = gateway.engine.providers.get("ops/redis")?.capabilities.notes.join(" ");
    expect(notes).not.toContain("default states");
    expect(notes).toContain("may not list whole regions");
  });
});

describe("Alibaba Cloud", () => {
  test("lists backups that are years older than their instance, as of one that was restored", async () => {
    const instance = {
      InstanceId: "r-1",
      InstanceStatus: "Normal",
      CreateTime: "2026-05-20T00:00Z",
    };
    const rows = ["2024-03-01T02:00:00Z", "2026-06-01T02:00:00Z"].map((start, at) => ({
      BackupId: at + 1,
      BackupStatus: "Success",
      BackupStartTime: start,
      BackupEndTime: start,
      NodeInstanceId: "r-1",
    }));
    const { page, countOf } = gatewayOver(
      { ...alibabaAccount, regions: ["cn-hangzhou"] },
      ({ action, params }) => {
        if (action === "DescribeInstances")
          return json({
            TotalCount: 1,
            PageNumber: 1,
            PageSize: 50,
            Instances: { KVStoreInstance: [instance] },
          });
        const [since, until] = ["StartTime", "EndTime"].map((name) =>
          Date.parse(params.get(name) ?? ""),
        ) as [number, number];
        const found = rows.filter(({ BackupStartTime }) => {
          const at = Date.parse(BackupStartTime);
          return at >= since && at <= until;
        });
        const { length } = found;
        return json({
          TotalCount: length,
          PageNumber: 1,
          PageSize: 300,
          Backups: { Backup: Number(params.get("PageNumber") ?? 1) > 1 ? [] : found },
        });
      },
    );
    const read = await page(10);
    expect([nodesIn([read]).map(({ nativeId }) => nativeId), read.issues]).toEqual([
      ["2", "1"],
      [],
    ]);
    expect(countOf("DescribeBackups")).toBeLessThanOrEqual(2);
  });
});
