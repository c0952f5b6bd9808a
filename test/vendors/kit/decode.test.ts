import { describe, expect, test } from "vitest";
import type { Row } from "../../../src/domain/row.js";
import { SourceError } from "../../../src/errors.js";
import { parseXml } from "../../../src/listing/decoder.js";
import {
  bytes,
  child,
  count,
  flag,
  instantIn,
  instantSeconds,
  instantUtc,
  list,
  optionalText,
  text,
  withoutLinks,
  word,
  xmlList,
  mandatory,
} from "../../../src/vendors/kit/decode.js";

const caught = (read: () => unknown): SourceError => {
  try {
    read();
  } catch (error) {
    if (error instanceof SourceError) return error;
  }
  throw new Error("No SourceError was thrown.");
};

describe("text", () => {
  test.each([
    { value: "uredis-2cwmyb", read: "uredis-2cwmyb" },
    { value: " padded ", read: " padded " },
    { value: 336077354, read: "336077354" },
    { value: "12345678901234567890", read: "12345678901234567890" },
  ])("$value is an id", ({ value, read }) => {
    expect(text({ BackupId: value }, "BackupId")).toBe(read);
  });

  test.each([
    undefined,
    null,
    "",
    "  ",
    "secret\0id",
    "secret\nid",
    "secret\ud800",
    "s".repeat(513),
    1.5,
    1e400,
    2 ** 53,
    true,
    ["secret"],
    { secret: 1 },
  ])("%j is no id: the field is named, the value is not", (value) => {
    const error = caught(() => text({ BackupId: value }, "BackupId"));
    expect(error.kind).toBe("BAD_RESPONSE");
    expect(error.message).toContain("BackupId");
    expect(error.message).not.toContain("secret");
  });
});

test.each([
  { value: " 4.0 ", read: "4.0" },
  { value: 4, read: "4" },
  { value: "", read: null },
  { value: "  ", read: null },
  { value: null, read: null },
  { value: undefined, read: null },
  { value: 1e400, read: null },
  { value: true, read: null },
  { value: {}, read: null },
])("optional text of $value is $read", ({ value, read }) => {
  expect(optionalText({ a: value }, "a")).toBe(read);
});

test.each([
  { value: 12, read: 12 },
  { value: "12", read: 12 },
  { value: " 12 ", read: 12 },
  { value: 0, read: 0 },
  { value: 9007199254740991, read: 9007199254740991 },
  { value: "9007199254740993", read: null },
  { value: -1, read: null },
  { value: "-1", read: null },
  { value: 1e400, read: null },
  { value: Number.NaN, read: null },
  { value: 1.5, read: null },
  { value: "1e3", read: null },
  { value: "0x10", read: null },
  { value: "", read: null },
  { value: "12 MB", read: null },
  { value: null, read: null },
  { value: true, read: null },
  { value: [12], read: null },
])("the count of $value is $read", ({ value, read }) => {
  expect(count({ a: value }, "a")).toBe(read);
});

test("a size in units is exact bytes, or null where it passes 2^53", () => {
  expect(bytes({ a: 4 }, "a", 1024 ** 3)).toBe(4294967296);
  expect(bytes({ a: "4" }, "a", 1024 ** 2)).toBe(4194304);
  expect(bytes({ a: 2 ** 40 }, "a", 1024 ** 3)).toBeNull();
  expect(bytes({}, "a", 1024)).toBeNull();
});

test.each([
  { value: 0, read: false },
  { value: 1, read: true },
  { value: "0", read: false },
  { value: "1", read: true },
  { value: true, read: true },
  { value: "False", read: false },
  { value: 2, read: null },
  { value: "", read: null },
  { value: undefined, read: null },
  { value: "constructor", read: null },
  { value: {}, read: null },
])("the flag of $value is $read", ({ value, read }) => {
  expect(flag({ a: value }, "a")).toBe(read);
});

test.each([
  { value: 1403249482, read: 1403249482000 },
  { value: "1403249482", read: 1403249482000 },
  { value: 3, read: 3000 },
  { value: 0, read: null },
  { value: "0", read: null },
  { value: "", read: null },
  { value: undefined, read: null },
  { value: -5, read: null },
  { value: 1e400, read: null },
  { value: 1403249482000, read: null },
  { value: "2014-06-20", read: null },
])("Unix seconds $value are $read", ({ value, read }) => {
  expect(instantSeconds({ a: value }, "a")).toBe(read);
});

test.each([
  { value: "2019-03-14T05:28:50Z", read: Date.UTC(2019, 2, 14, 5, 28, 50) },
  { value: "2019-03-14T05:28Z", read: Date.UTC(2019, 2, 14, 5, 28) },
  { value: "2019-03-14T05:28:50", read: null },
  { value: "2019-03-14T05:28:50+08:00", read: Date.UTC(2019, 2, 13, 21, 28, 50) },
  { value: "2019-03-14T05:28:50.123456-03:30", read: Date.UTC(2019, 2, 14, 8, 58, 50, 123) },
  { value: "2019-03-14T05:28+0800", read: Date.UTC(2019, 2, 13, 21, 28) },
  { value: "2019-03-14t05:28:50z", read: Date.UTC(2019, 2, 14, 5, 28, 50) },
  { value: "2019-12-31T23:00:00-02:00", read: Date.UTC(2020, 0, 1, 1) },
  { value: "2019-03-14T05:28:50-00:00", read: Date.UTC(2019, 2, 14, 5, 28, 50) },
  { value: "2019-03-14T05:28:50+24:00", read: null },
  { value: "2019-03-14T05:28:50+08:60", read: null },
  { value: "2019-03-14T05:28:50+8", read: null },
  { value: "2019-03-14T05:28:50Z+08:00", read: null },
  { value: "2019-03-14+08:00", read: null },
  { value: "2019-02-31T00:00:00Z", read: null },
  { value: "", read: null },
  { value: 1403249482, read: null },
  { value: undefined, read: null },
])("the ISO 8601 time $value is $read", ({ value, read }) => {
  expect(instantUtc({ a: value }, "a")).toBe(read);
});

test.each([
  { value: "2017-02-08 16:46:34", read: Date.UTC(2017, 1, 8, 8, 46, 34) },
  { value: "2017-02-08T08:46:34Z", read: Date.UTC(2017, 1, 8, 8, 46, 34) },
  { value: "2017-02-08T09:46:34+01:00", read: Date.UTC(2017, 1, 8, 8, 46, 34) },
  { value: "0000-00-00 00:00:00", read: null },
  { value: "", read: null },
  { value: "2017-02-30 16:46:34", read: null },
  { value: 1486543594, read: null },
  { value: undefined, read: null },
])("the zone-less time $value is $read", ({ value, read }) => {
  expect(instantIn("Asia/Shanghai")({ a: value }, "a")).toBe(read);
});

describe("word", () => {
  const table = { success: "SUCCEEDED", 1: "MANUAL" } as const;

  test.each([
    { value: "Success", read: "SUCCEEDED" },
    { value: "SUCCESS", read: "SUCCEEDED" },
    { value: 1, read: "MANUAL" },
    { value: "1", read: "MANUAL" },
    { value: "constructor", read: "UNKNOWN" },
    { value: "__proto__", read: "UNKNOWN" },
    { value: "toString", read: "UNKNOWN" },
    { value: "Paused", read: "UNKNOWN" },
    { value: undefined, read: "UNKNOWN" },
    { value: {}, read: "UNKNOWN" },
  ])("$value means $read", ({ value, read }) => {
    expect(word({ a: value }, "a", table, "UNKNOWN")).toBe(read);
  });
});

test("a child is an object, else null", () => {
  expect(child({ a: { b: 1 } }, "a")).toEqual({ b: 1 });
  expect(child({ a: [1] }, "a")).toBeNull();
  expect(child({}, "a")).toBeNull();
});

describe("list", () => {
  test("finds the rows at a dotted path", () => {
    expect(list({ Backups: { Backup: [1, 2] } }, "Backups.Backup")).toEqual([1, 2]);
    expect(list({ DataSet: [] }, "DataSet")).toEqual([]);
  });

  test.each([
    { what: "absent", row: {}, says: "absent" },
    { what: "absent on the way", row: { Backups: {} }, says: "absent" },
    { what: "null", row: { Backups: { Backup: null } }, says: "absent" },
    { what: "an object", row: { Backups: { Backup: {} } }, says: "not a list" },
    { what: "text", row: { Backups: { Backup: "secret" } }, says: "not a list" },
  ])("$what is BAD_RESPONSE, never an empty list", ({ row, says }) => {
    const error = caught(() => list(row, "Backups.Backup"));
    expect(error.kind).toBe("BAD_RESPONSE");
    expect(error.message).toBe(`Backups.Backup is ${says}.`);
    expect(caught(() => list(row, "Backups.Backup", 3)).kind).toBe("BAD_RESPONSE");
  });

  test("nothing beside a total of zero is an empty list", () => {
    expect(list({ BackupSet: null }, "BackupSet", 0)).toEqual([]);
    expect(list({}, "BackupSet", 0)).toEqual([]);
    expect(() => list({ BackupSet: {} }, "BackupSet", 0)).toThrow(SourceError);
  });
});

describe("a list in XML", () => {
  const read = (text: string) => xmlList(parseXml(text) as Row, "Result.Tags", "Tag");

  test("has the members of its element", () => {
    expect(read("<Result><Tags><Tag>a</Tag><Tag>b</Tag></Tags></Result>")).toEqual(["a", "b"]);
    expect(read("<Result>\n<Tags>\n  <Tag>a</Tag>\n</Tags>\n</Result>")).toEqual(["a"]);
  });

  test.each(["<Tags/>", "<Tags></Tags>", "<Tags>\n  </Tags>", "<Tags>\r\n\t</Tags>"])(
    "is empty as %j, as servers that indent their answers write it",
    (element) => {
      expect(read(`<Result>\n  ${element}\n</Result>`)).toEqual([]);
    },
  );

  test.each(["", "<Tags>none</Tags>", "<Tags><Other/></Tags>"])(
    "is BAD_RESPONSE, never empty, as %j",
    (element) => {
      const error = caught(() => read(`<Result>${element}</Result>`));
      expect([error.kind, error.message]).toEqual([
        "BAD_RESPONSE",
        "Result.Tags is absent or not a list.",
      ]);
    },
  );
});

test("links are taken out at any depth, by the field's name or the text's beginning", () => {
  const row = {
    BackupId: 1,
    Size: null,
    BackupDownloadURL: "relative/signed",
    DownloadUrl: "https://a/1",
    InnerBackupPath: " http://a/1",
    BackupURL: ["https://a/1"],
    Mirrors: [["b", ["https://a/2"]]],
    Remark: "see the page",
    Tags: ["a", { Link: "HTTPS://a/1", Name: "b" }],
    Parts: [{ Url: "x", Id: 2 }, [{ url: "x", Id: 3 }]],
  };
  expect(withoutLinks(row)).toEqual({
    BackupId: 1,
    Size: null,
    Remark: "see the page",
    Tags: ["a", { Name: "b" }],
    Parts: [{ Id: 2 }, [{ Id: 3 }]],
  });
});

test.each([
  ["", 0, null, undefined, "-", "N/A", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z"].map(
    (value) => [value, false] as const,
  ),
  ["2026-13-01T00:00:00Z", "2026-06-01T10:00+8", "1780279200", 1780279200, true, {}].map(
    (value) => [value, true] as const,
  ),
])(
  "a start of a form that it should not have is a fault, and one that says nothing is none",
  (...forms) => {
    for (const [value, isFault] of forms) {
      const read = () => mandatory(instantUtc)({ Start: value }, "Start");
      if (isFault) expect(read).toThrow("no usable Start");
      else expect(read()).toBeNull();
    }
  },
);
