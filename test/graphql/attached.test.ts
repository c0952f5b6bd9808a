import { expect, test } from "vitest";
import { makeAttachment } from "../../src/graphql/attached.js";

test("what is attached to an object is found there, and nowhere else", () => {
  const [one, other] = [makeAttachment<string>(), makeAttachment<string>()];
  const list: unknown[] = [];
  const row = { a: 1 };
  one.attach(row, "row");
  one.attach(list, "list");
  other.attach(row, "other");
  expect([one.get(row), one.get(list), other.get(row)]).toEqual(["row", "list", "other"]);
  expect([one.get({ a: 1 }), other.get(list)]).toEqual([undefined, undefined]);
});

test("copies and comparisons do not see what is attached", () => {
  const attachment = makeAttachment<string>();
  const row = { a: 1 };
  attachment.attach(row, "row");
  expect(row).toStrictEqual({ a: 1 });
  expect(Reflect.ownKeys(row)).toEqual(["a"]);
  expect(attachment.get({ ...row })).toBeUndefined();
});
