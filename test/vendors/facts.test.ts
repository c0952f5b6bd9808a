import { describe, expect, test } from "vitest";
import type { Instance } from "../../src/domain/instance.js";
import type { Row } from "../../src/domain/row.js";
import { SourceError } from "../../src/errors.js";
import type { FactsDeclaration } from "../../src/listing/declaration.js";
import { kvstoreEncryption, kvstoreSchedule } from "../../src/vendors/alibaba/instances.js";
import { days, tagsAt } from "../../src/vendors/kit/decode.js";
import { redisSchedule } from "../../src/vendors/tencent/v3Lists.js";
import { umemFacts } from "../../src/vendors/ucloud/umem.js";
import { INSTANCES } from "../graphql/fakeEstate.js";

const DAY = 86_400_000;
const instance: Instance = { ...(INSTANCES[0] as Instance), nativeId: "i-1", zone: "z-1" };

/** What an answer says about the instance, or the kind of its error. */
function said({ map }: FactsDeclaration, payload: Row): unknown {
  try {
    return map(payload, [instance]).get("i-1");
  } catch (error) {
    if (error instanceof SourceError) return error.kind;
    throw error;
  }
}

const space = (AutoBackup: unknown, ResourceId = "i-1"): Row => ({
  Action: "DescribeUMemResponse",
  DataSet: [{ ResourceId, AutoBackup }],
});

describe("facts by a call of their own", () => {
  test.each<[string, FactsDeclaration, Row, unknown]>([
    [
      "a schedule of Alibaba",
      kvstoreSchedule,
      { BackupRetentionPeriod: "30", PreferredBackupPeriod: "Monday,Friday" },
      { automaticBackups: true, retentionMs: 30 * DAY },
    ],
    [
      "one without days",
      kvstoreSchedule,
      { BackupRetentionPeriod: 7, PreferredBackupPeriod: "" },
      { automaticBackups: false, retentionMs: 7 * DAY },
    ],
    ["one that says nothing", kvstoreSchedule, {}, { automaticBackups: null, retentionMs: null }],
    ["encryption of Alibaba", kvstoreEncryption, { TDEStatus: "Enabled" }, { encrypted: true }],
    ["no encryption", kvstoreEncryption, { TDEStatus: "Disabled" }, { encrypted: false }],
    ["another word", kvstoreEncryption, { TDEStatus: "constructor" }, { encrypted: null }],
    [
      "a schedule of Tencent",
      redisSchedule,
      { WeekDays: ["Monday"], BackupStorageDays: 7 },
      { automaticBackups: true, retentionMs: 7 * DAY },
    ],
    [
      "one that is off",
      redisSchedule,
      { WeekDays: [], BackupStorageDays: 0 },
      { automaticBackups: false, retentionMs: null },
    ],
    ["one without its list", redisSchedule, { BackupStorageDays: 7 }, "BAD_RESPONSE"],
    ["a space of UCloud", umemFacts, space("enable"), { automaticBackups: true }],
    ["one that is off", umemFacts, space("disable"), { automaticBackups: false }],
    ["one in another word", umemFacts, space(1), { automaticBackups: null }],
    ["another space", umemFacts, space("enable", "i-2"), undefined],
  ])("%s", (_, declaration, payload, expected) => {
    expect(said(declaration, payload)).toEqual(expected);
  });

  test("ask for the instance", () => {
    const region = { id: "r-1", endpoint: null };
    expect(kvstoreSchedule.params([instance], region)).toEqual({ InstanceId: "i-1" });
    expect(kvstoreEncryption.params([instance], region)).toEqual({ InstanceId: "i-1" });
    expect(redisSchedule.params([instance], region)).toEqual({ InstanceId: "i-1" });
    expect(umemFacts.params([instance], region)).toMatchObject({ Zone: "z-1", ResourceId: "i-1" });
  });
});

describe("tags in a row", () => {
  const names = { key: "Key", value: "Value" };
  test.each<[string, unknown, unknown]>([
    ["with and without values", [{ Key: "a", Value: 1 }, { Key: "b" }], ["a=1", "b="]],
    ["none", [], []],
    ["no list", undefined, null],
    ["null in place of the list", null, null],
    ["a text in place of the list", "", null],
    ["a member without a key", [{ Key: "a" }, { Value: "v" }], null],
    ["a member that is no object", ["a"], null],
  ])("%s", (_, Tag, expected) => {
    const tags = tagsAt({ Tags: { Tag } }, "Tags.Tag", names);
    expect(tags?.map(({ key, value }) => `${key}=${value}`) ?? null).toEqual(expected);
  });
});

test.each<[unknown, number | null]>([
  ["7", 7 * DAY],
  [0, null],
  [-1, null],
  [undefined, null],
  [1e15, null],
])("%s days", (value, ms) => {
  expect(days({ value }, "value")).toBe(ms);
});
