import { describe, expect, test } from "vitest";
import { entryOf, unreadableEntry } from "../../../src/pages/coverage/entries.js";
import {
  byUrgency,
  choicesOf,
  countStates,
  EVERYTHING,
  hashOfView,
  ownerOf,
  passes,
  viewOfHash,
  type SharedView,
} from "../../../src/pages/coverage/filters.js";
import { instance, issue, PROVIDER } from "./fixtures.js";

const OTHER = { key: "shop/uredis", vendor: "UCLOUD", account: "shop" } as const;
const ENTRIES = [
  entryOf(PROVIDER, instance("crs-1", { name: "Orders" })),
  entryOf(PROVIDER, instance("crs-2", { name: null, region: "south", state: "VIOLATING" })),
  entryOf(OTHER, instance("uredis-1", { state: "UNKNOWN" })),
  unreadableEntry(OTHER, issue({ region: "south" })),
];
const idsOf = (filters: object) =>
  ENTRIES.filter((entry) => passes(entry, { ...EVERYTHING, ...filters })).map(
    ({ instance: own, region }) => own?.nativeId ?? region,
  );

describe("filters", () => {
  test.each([
    [{}, ["crs-1", "crs-2", "uredis-1", "south"]],
    [{ vendor: "TENCENT" }, ["crs-1", "crs-2"]],
    [{ account: "shop" }, ["uredis-1", "south"]],
    [{ region: "south" }, ["crs-2", "south"]],
    [{ vendor: "TENCENT", region: "south" }, ["crs-2"]],
    [{ text: " ORDERS " }, ["crs-1"]],
    [{ text: "uredis-1" }, ["uredis-1"]],
    [{ text: "south" }, ["crs-2", "south"]],
    [{ text: "nothing" }, []],
  ])("%j let %j through", (filters, ids) => {
    expect(idsOf(filters)).toEqual(ids);
  });

  test("offer what there is, and what was chosen by a link although it is not there", () => {
    const choices = choicesOf(ENTRIES, { ...EVERYTHING, region: "gone" });
    expect(choices.vendor).toEqual(["TENCENT", "UCLOUD"]);
    expect(choices.account).toEqual(["ops", "shop"]);
    expect(choices.region).toEqual(["gone", "north", "south"]);
  });

  test("an owner is named by the first of its tags, in any letter case", () => {
    const tagged = (tags: Record<string, string>) =>
      instance("crs-3", { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) });
    expect(ownerOf(tagged({ team: "search", Owner: "ana" }))).toBe("ana");
    expect(ownerOf(tagged({ owner: "", TEAM: "search", env: "prod" }))).toBe("search");
    expect(ownerOf(tagged({ env: "prod" }))).toBeNull();
    expect([ownerOf(instance("crs-3")), ownerOf(null)]).toEqual([null, null]);
    const entry = entryOf(PROVIDER, tagged({ team: "search" }));
    expect(passes(entry, { ...EVERYTHING, owner: "search" })).toBe(true);
    expect(passes(entry, { ...EVERYTHING, owner: "growth" })).toBe(false);
    expect(choicesOf([entry], EVERYTHING).owner).toEqual(["search"]);
  });

  test("states are counted, and sorted with the most urgent first", () => {
    expect(countStates(ENTRIES)).toEqual({ PROTECTED: 1, VIOLATING: 1, UNKNOWN: 2 });
    const states = [...ENTRIES].sort(byUrgency).map(({ state }) => state);
    expect(states).toEqual(["VIOLATING", "UNKNOWN", "UNKNOWN", "PROTECTED"]);
  });
});

describe("a shared view", () => {
  const view: SharedView = {
    filters: {
      vendor: "UCLOUD",
      account: "a b",
      region: "",
      policy: "production",
      owner: "ana",
      state: "UNKNOWN",
      text: "x=y&z#",
    },
    rpo: "P7D",
    open: "SQ-an_id",
  };

  test("comes back from its hash", () => {
    expect(viewOfHash(hashOfView(view))).toEqual(view);
  });

  test("has no hash where it is the view that the page opens with", () => {
    expect(hashOfView(viewOfHash(""))).toBe("");
    expect(viewOfHash("")).toEqual({ filters: EVERYTHING, rpo: "", open: "" });
  });

  test("takes no state and no objective that there is not", () => {
    expect(viewOfHash("#state=constructor&rpo=PT1S&what=ever")).toEqual(viewOfHash(""));
  });
});
