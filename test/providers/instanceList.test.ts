import { expect, test } from "vitest";
import { indexed, SeenInstances } from "../../src/providers/instanceList.js";
import { unlistedInstance } from "../../src/lists/places.js";

const DAY = 86_400_000;
const instance = (nativeId: string) =>
  unlistedInstance({ provider: "p", region: "r", nativeId }, "list");
const listOf = (...ids: string[]) => indexed(ids.map(instance), []);

test("instances that left a region's list have departed for eight days", () => {
  let now = 0;
  const seen = new SeenInstances(() => now);
  const idsOf = (...listed: string[]) =>
    seen.departedOf("r", listOf(...listed)).map(({ nativeId }) => nativeId);
  const one = (nativeId: string, ...listed: string[]) =>
    seen.departedOne("r", nativeId, listOf(...listed))?.nativeId ?? null;

  seen.note("r", listOf("a", "b"));
  seen.note("other", listOf("c"));
  expect([idsOf("a", "b"), one("a", "a"), one("c")]).toEqual([[], null, null]);

  now = 8 * DAY;
  seen.note("r", listOf("a"));
  expect([idsOf("a"), one("b", "a"), one("a", "a")]).toEqual([["b"], "b", null]);

  now += 1;
  expect([idsOf("a"), one("b", "a")]).toEqual([[], null]);
  // Who left so long ago is not known any more, whatever the clock says.
  seen.note("r", listOf("a"));
  now = 0;
  expect([idsOf(), one("b")]).toEqual([["a"], null]);
});
