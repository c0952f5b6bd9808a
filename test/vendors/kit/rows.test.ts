import { expect, test } from "vitest";
import { isForeign, ownerOf, withoutLinks } from "../../../src/vendors/kit/rows.js";
import { refusalOf } from "../fixture.js";

const wide = { region: null, instance: null };
const narrow = { region: null, instance: { nativeId: "i-1", zone: null, shardCount: null } };

test("a row belongs to the instance that it names, else to the one whose list it is in", () => {
  expect(ownerOf({ Id: "i-2" }, "Id", wide)).toBe("i-2");
  expect(ownerOf({ Id: "i-2" }, "Id", narrow)).toBe("i-2");
  expect(ownerOf({}, "Id", narrow)).toBe("i-1");
  expect(refusalOf(() => ownerOf({}, "Id", wide)).message).toContain("Id");
});

test("a row is foreign where it names another instance than the list's", () => {
  expect(isForeign({ Id: "i-2" }, "Id", narrow)).toBe(true);
  expect(isForeign({ Id: "i-1" }, "Id", narrow)).toBe(false);
  expect(isForeign({}, "Id", narrow)).toBe(false);
  expect(isForeign({ Id: "i-2" }, "Id", wide)).toBe(false);
});

test("links are taken out at any depth, by the field's name or the text's beginning", () => {
  const row = {
    BackupId: 1,
    Size: null,
    BackupDownloadURL: "relative/signed",
    DownloadUrl: "https://a/1",
    InnerBackupPath: " http://a/1",
    BackupURL: ["https://a/1"],
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
