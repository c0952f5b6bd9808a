import { describe, expect, test } from "vitest";
import { tallied, Tally } from "../../../src/server/observe/tally.js";
import { BACKUPS, INSTANCES, ISSUE } from "../../graphql/fakeEstate.js";
import { fakeReads, pageOf } from "../../graphql/fakeReads.js";
import { BACKUPS as QUERY, NO_PAGE } from "../../estate/gateway.js";

const INSTANCE_QUERY = { ...QUERY, filter: null };

describe("what an operation's lists lack", () => {
  test("is nothing where they are whole", async () => {
    const tally = new Tally();
    const reads = tallied(fakeReads().reads, tally);
    await reads.backups(QUERY);
    await reads.instances(INSTANCE_QUERY);
    expect(tally).toMatchObject({ complete: true, issues: 0, late: new Map() });
  });

  test("is counted over backups, instances and coverage", async () => {
    const tally = new Tally();
    const lacking = { complete: false, issues: [ISSUE] };
    const { reads } = fakeReads({
      backups: () => Promise.resolve(pageOf(BACKUPS, NO_PAGE, lacking)),
      instances: () => Promise.resolve(pageOf(INSTANCES, NO_PAGE, lacking)),
    });
    const counted = tallied(reads, tally);
    await counted.backups(QUERY);
    await counted.instances(INSTANCE_QUERY);
    expect(tally).toMatchObject({ complete: false, issues: 2 });
  });

  test("is known from a report that is not complete without saying why", async () => {
    const tally = new Tally();
    await tallied(fakeReads().reads, tally).coverage(1, null);
    expect(tally).toMatchObject({ complete: false, issues: 0 });
  });

  test("counts late rows by their provider, also on a page that is complete", async () => {
    const tally = new Tally();
    const edges = BACKUPS.slice(0, 7).map((node, i) => ({ node, cursor: "", late: i < 5 }));
    const { reads } = fakeReads({
      backups: () => Promise.resolve(pageOf(BACKUPS, NO_PAGE, { edges })),
    });
    await tallied(reads, tally).backups(QUERY);
    expect([...tally.late]).toEqual([
      ["ali/kvstore", 4],
      ["uc/uredis", 1],
    ]);
    expect(tally.complete).toBe(true);
  });

  test("leaves failures to whoever asked", async () => {
    const tally = new Tally();
    const { reads } = fakeReads({ backups: () => Promise.reject(new Error("no")) });
    await expect(tallied(reads, tally).backups(QUERY)).rejects.toThrow("no");
    expect(tally).toMatchObject({ complete: true, issues: 0 });
  });

  test("is counted on reads that keep their own private state", async () => {
    class Private {
      #page = pageOf(BACKUPS, NO_PAGE, { complete: false });
      backups = () => Promise.resolve(this.#page);
      instances = () => Promise.reject(new Error("not asked"));
      coverage = () => Promise.reject(new Error("not asked"));
      calls() {
        return [{ vendor: "v", action: String(this.#page.complete), count: 1, cached: 0 }];
      }
    }
    const tally = new Tally();
    const reads = tallied(new Private() as never, tally);
    await reads.backups(QUERY);
    expect([tally.complete, reads.calls()[0]?.action]).toEqual([false, "false"]);
  });
});
