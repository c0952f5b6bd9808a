import { describe, expect, test } from "vitest";
import { instantSeconds, MEBIBYTE } from "../../../src/vendors/kit/decode.js";
import {
  backupList,
  type BackupListData,
  instanceList,
  type InstanceListData,
} from "../../../src/vendors/kit/lists.js";
import { refusalOf } from "../fixture.js";

const shape = {
  page: { style: "offset", offset: "Offset", limit: "Limit", max: 100, aligned: false },
  window: null,
  defaultSize: 20,
  order: "unknown",
  counts: "rows",
} as const;

const byToken = {
  ...shape,
  page: { style: "token", token: "Marker", size: "MaxRecords", max: 100 },
} as const;

const region = { id: "cn-bj2", endpoint: null };
const wide = { region, instance: null };
const narrow = { region, instance: { nativeId: "i-1", zone: "z-1", shardCount: null } };

const instances = (data: Partial<InstanceListData> = {}) =>
  instanceList({
    name: "instances",
    action: "DescribeInstances",
    scope: "region",
    shape,
    rows: "Set.Items",
    fields: { nativeId: "Id" },
    words: {},
    always: { listing: "backups" },
    ...data,
  });

const backups = (data: Partial<BackupListData> = {}) =>
  backupList({
    name: "backups",
    action: "DescribeBackups",
    scope: "instance",
    shape,
    rows: "Items",
    fields: { nativeId: "Id", instanceNativeId: ["Group.Id", "NodeId"] },
    words: {},
    sizes: "exact",
    ...data,
  });

describe("the calls of a list", () => {
  test("name what they ask for, and have the parameters that never change", () => {
    const asking = backups({
      params: { Kind: "all" },
      asksFor: { region: "RegionId", zone: "Zone", instance: "InstanceId" },
    });
    expect(asking.params(narrow)).toEqual({
      RegionId: "cn-bj2",
      Zone: "z-1",
      InstanceId: "i-1",
      Kind: "all",
    });
    expect(backups().params(narrow)).toEqual({});
  });

  test("name the place of an instance's backups, if that has another id", () => {
    const moved = { ...narrow.instance, backupsAt: "collection-1" };
    const { params } = backups({ asksFor: { instance: "Collection" } });
    expect(params({ region, instance: moved })).toEqual({ Collection: "collection-1" });
  });
});

describe("the answer to a list", () => {
  test("has its rows at a path, and none only if its count is zero", () => {
    const list = instances({ total: "Total" });
    expect(list.rows({ Set: { Items: [1, 2] }, Total: 2 })).toEqual([1, 2]);
    expect(list.rows({ Set: {}, Total: 0 })).toEqual([]);
    expect(refusalOf(() => list.rows({ Set: {}, Total: 1 })).kind).toBe("BAD_RESPONSE");
    expect(refusalOf(() => instances().rows({ Set: {}, Total: 0 })).kind).toBe("BAD_RESPONSE");
  });

  test("has its rows as the members of an element in XML", () => {
    const list = instances({ rows: ["Groups", "Group"] });
    expect(list.rows({ Groups: { Group: { Id: "1" } } })).toEqual([{ Id: "1" }]);
    expect(list.rows({ Groups: "" })).toEqual([]);
  });

  test("has a count only if the declaration names it", () => {
    expect(instances({ total: "Total" }).total({ Total: "7" })).toBe(7);
    expect(instances({ total: () => 3 }).total({})).toBe(3);
    expect(instances().total({ Total: 7 })).toBeNull();
  });

  test("has the next token in the field of the parameter, or in another", () => {
    expect(instances({ shape: byToken }).nextToken?.({ Marker: "m" })).toBe("m");
    const other = instances({ shape: byToken, tokenField: "NextMarker" });
    expect(other.nextToken?.({ Marker: "m", NextMarker: "n" })).toBe("n");
    expect(instances().nextToken).toBeUndefined();
  });
});

describe("a row of an instance", () => {
  test("is known by its native id, unless the declaration says otherwise", () => {
    expect(instances().keyOf({ Id: "i-1" })).toBe("i-1");
    expect(refusalOf(() => instances().keyOf({})).message).toContain("Id");
    expect(instances({ keyOf: () => "other" }).keyOf({ Id: "i-1" })).toBe("other");
  });

  test("has nothing but its id if nothing else is named", () => {
    expect(instances().map({ Id: "i-1", Status: "on", Name: "n" }, wide)).toEqual({
      nativeId: "i-1",
      name: null,
      zone: null,
      status: "UNKNOWN",
      vendorStatus: null,
      engineVersion: null,
      memoryBytes: null,
      createdAt: null,
      shardCount: null,
      listing: "backups",
    });
  });

  test("has what its fields say, at any depth and in the vendor's units and words", () => {
    const list = instances({
      fields: {
        nativeId: "Id",
        name: ["Name", "Old.Name"],
        status: "State",
        memoryBytes: "Size",
        createdAt: "Created",
        encrypted: "Key",
        retentionMs: "Days",
        automaticBackups: "Auto",
      },
      words: { status: { on: "RUNNING" }, automaticBackups: { enable: true } },
      instants: instantSeconds,
      unit: MEBIBYTE,
    });
    const row = { Id: 1, Old: { Name: " old " }, State: "ON", Size: 2, Created: 3, Key: 0 };
    expect(list.map({ ...row, Days: "4", Auto: "enable" }, wide)).toMatchObject({
      nativeId: "1",
      name: "old",
      status: "RUNNING",
      vendorStatus: "ON",
      memoryBytes: 2 * MEBIBYTE,
      createdAt: 3000,
      encrypted: false,
      retentionMs: 4 * 86_400_000,
      automaticBackups: true,
    });
    expect(list.map({ ...row, Name: "new", State: "off", Old: 5 }, wide)).toMatchObject({
      name: "new",
      status: "UNKNOWN",
      vendorStatus: "off",
      automaticBackups: null,
      retentionMs: null,
    });
  });

  test("is left out by a word in a field, or by a rule", () => {
    const byWord = instances({ leftOut: { "Engine.Name": "memcached" } });
    expect(byWord.map({ Id: "i-1", Engine: { Name: "Memcached" } }, wide)).toBeNull();
    expect(byWord.map({ Id: "i-1", Engine: { Name: "redis" } }, wide)).not.toBeNull();
    expect(byWord.map({ Id: "i-1" }, wide)).not.toBeNull();
    expect(instances({ leftOut: () => true }).map({ Id: "i-1" }, wide)).toBeNull();
  });

  test("has what is derived from it, in place of what was read", () => {
    const list = instances({
      fields: { nativeId: "Id", shardCount: "Shards" },
      derived: (row, { shardCount }, scope) => ({
        shardCount: shardCount === 0 ? null : shardCount,
        zone: scope.region?.id ?? null,
        name: String(row["Id"]),
      }),
    });
    expect(list.map({ Id: "i-1", Shards: 0 }, wide)).toMatchObject({
      shardCount: null,
      zone: "cn-bj2",
      name: "i-1",
    });
  });
});

describe("a row of a backup", () => {
  const list = backups();
  const ownerOf = (row: object, scope = wide as typeof wide | typeof narrow) =>
    list.map({ Id: "b-1", ...row }, scope)?.instanceNativeId;

  test("belongs to the instance that it names, else to the one whose list it is in", () => {
    expect(ownerOf({ Group: { Id: "g-1" }, NodeId: "n-1" })).toBe("g-1");
    expect(ownerOf({ NodeId: "n-1" })).toBe("n-1");
    expect(ownerOf({}, narrow)).toBe("i-1");
    expect(ownerOf({ NodeId: " n-1 " })).toBe("n-1");
    expect(ownerOf({ NodeId: 7 })).toBe("7");
    expect(refusalOf(() => ownerOf({})).message).toContain("NodeId");
  });

  test.each(["i-2\0", "i\n2", "i-\ufffd", "i".repeat(513)])(
    "belongs to no instance if it names %j, in a list of one instance too",
    (NodeId) => {
      for (const scope of [wide, narrow])
        expect(refusalOf(() => ownerOf({ NodeId }, scope)).message).toBe(
          "A row has no usable NodeId.",
        );
    },
  );

  test("is left out of the list of one instance if it names another", () => {
    expect(ownerOf({ NodeId: "i-2" }, narrow)).toBeUndefined();
    expect(ownerOf({ NodeId: "i-1" }, narrow)).toBe("i-1");
  });

  test("is in the zone that it names, else in the one that is asked for", () => {
    const fields = { nativeId: "Id", zone: "Zone" };
    const { map } = backups({ fields, asksFor: { zone: "Zone" } });
    expect(map({ Id: "b-1", Zone: "z-2" }, narrow)?.zone).toBe("z-2");
    expect(map({ Id: "b-1" }, narrow)?.zone).toBe("z-1");
    expect(backups({ fields }).map({ Id: "b-1" }, narrow)?.zone).toBeNull();
  });

  test("is derived with its instance, and keeps no links", () => {
    const { map, withoutLinks, refusedBy } = backups({
      derived: (_row, { instanceNativeId }) => ({ shard: instanceNativeId }),
    });
    expect(map({ Id: "b-1" }, narrow)).toMatchObject({ shard: "i-1", startedAt: null });
    expect(withoutLinks({ Id: "b-1", Url: "https://a/1" })).toEqual({ Id: "b-1" });
    expect(refusedBy).toEqual([]);
  });
});
