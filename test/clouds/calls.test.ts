import { expect, test } from "vitest";
import { makeCallLog } from "../../src/clouds/calls.js";

const call = (action: string, instance: string | null = null) => ({
  action,
  params: {},
  region: "hk",
  instance,
  page: 1,
});
const good = { at: 5, outcome: "answered", code: null } as const;

test("calls are counted by vendor and action, and by any of their parts", () => {
  const log = makeCallLog();
  log.note("ucloud", call("GetRegion"), good);
  log.note("ucloud", call("List", "a"), good);
  log.note("ucloud", call("List", "b"), { ...good, outcome: "refused", code: "171" });
  expect(log.counts()).toEqual({ "ucloud GetRegion": 1, "ucloud List": 2 });
  expect(log.count()).toBe(3);
  expect(log.count({ action: "List", instance: "b" })).toBe(1);
  expect(log.count({ outcome: "refused" })).toBe(1);
  expect(log.count({ vendor: "alibaba" })).toBe(0);
});

test("a request that could not be read is in the log without an action", () => {
  const log = makeCallLog();
  log.note("tencent", null, { ...good, outcome: "refused" });
  expect(log.entries()).toEqual([
    {
      vendor: "tencent",
      action: "",
      region: null,
      instance: null,
      page: 1,
      ...good,
      outcome: "refused",
    },
  ]);
});

test("the peak is the most calls under way at once, by vendor", () => {
  const log = makeCallLog();
  const departs = [log.arrive("ucloud"), log.arrive("ucloud"), log.arrive("tencent")];
  for (const depart of departs) depart();
  log.arrive("ucloud")();
  expect([log.peak("ucloud"), log.peak("tencent"), log.peak("alibaba")]).toEqual([2, 1, 0]);
});

test("a reset forgets what was counted", () => {
  const log = makeCallLog();
  log.arrive("ucloud")();
  log.note("ucloud", call("List"), good);
  log.reset();
  expect([log.count(), log.counts(), log.peak("ucloud")]).toEqual([0, {}, 0]);
});

test("a long run keeps its newest entries and counts all", () => {
  const log = makeCallLog();
  for (let at = 0; at < 20_001; at += 1) log.note("ucloud", call("List"), { ...good, at });
  expect(log.counts()).toEqual({ "ucloud List": 20_001 });
  expect(log.entries().length).toBeLessThanOrEqual(20_000);
  expect(log.entries().at(-1)?.at).toBe(20_000);
});
