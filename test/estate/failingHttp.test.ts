import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLOUD_VENDORS, type CloudVendor } from "../../src/clouds/vendorCloud.js";
import { codesOf } from "../server/harness.js";
import { makeStack, type Stack } from "../server/stack.js";
import { askPage, nativeIdsOf, pageOf, type HttpPage } from "./graphqlWalk.js";
import { UNCACHED } from "./gateway.js";
import { startClock } from "../stillClouds.js";

let stack: Stack;
const clock = startClock();
let ahead = 0;
const now = (): number => clock() + ahead;
beforeEach(async () => {
  ahead = 0;
  stack = await makeStack({
    clouds: {
      now,
      estate: { instances: 4, backupsEach: 30 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    },
    server: { now },
    gateway: { now, settings: UNCACHED },
  });
});
afterEach(() => stack.close());

const fail = (vendor: CloudVendor): void =>
  void stack.clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });

/** The vendors are well again, and the breakers have waited long enough to find out. */
const recover = (): void => {
  stack.clouds.knobs.faults.clear();
  ahead += 30_000;
};

describe("a client that walks over HTTP while vendors fail", () => {
  test("gets late what was owed, each backup once, though each vendor fails twice", async () => {
    const pages: HttpPage[] = [];
    let after: string | null = null;
    for (;;) {
      const step = pages.length;
      const vendor = CLOUD_VENDORS[Math.floor(step / 3) % CLOUD_VENDORS.length];
      if (step % 3 === 1 && vendor !== undefined) fail(vendor);
      if (step % 3 === 0) recover();
      const page: HttpPage = await pageOf(stack.url, { first: 20, after });
      pages.push(page);
      if (!page.complete) expect(page.pageInfo.endCursor).not.toBeNull();
      if (step === 1) expect(page.issues).not.toEqual([]);
      if (!page.pageInfo.hasNextPage && page.complete) break;
      after = page.pageInfo.endCursor ?? after;
    }
    const truth = stack.clouds.estate.truth().map(({ nativeId }) => nativeId);
    expect(nativeIdsOf(pages).sort()).toEqual(truth.sort());
    expect(pages.flatMap(({ edges }) => edges.filter(({ late }) => late)).length).toBeGreaterThan(
      20,
    );
  });

  test("has no next page where only failed sources are left, and goes on from the end all the same", async () => {
    fail("ucloud");
    const filter = { vendors: ["UCLOUD"] };
    const page = await pageOf(stack.url, { first: 200, filter });
    expect([page.edges, page.complete, page.pageInfo.hasNextPage]).toEqual([[], false, false]);
    expect(new Set(page.issues.map(({ code }) => code))).toEqual(new Set(["UNAVAILABLE"]));
    recover();
    const next = await pageOf(stack.url, { first: 200, filter, after: page.pageInfo.endCursor });
    expect([next.edges.length, next.complete]).toEqual([200, true]);
    expect(next.edges.every(({ late }) => !late)).toBe(true);
  });

  test("gets an error with the first issue's code where it wants all or nothing", async () => {
    fail("tencent");
    const answer = await askPage(stack.url, { first: 5, onSourceError: "FAIL" });
    expect(codesOf(answer)).toEqual(["UPSTREAM_FAILED"]);
    expect(answer.body.errors?.[0]).toMatchObject({
      path: ["backups"],
      extensions: { issue: "UNAVAILABLE", provider: "demo-tencent/redis" },
    });
    expect(answer.body.data).toEqual({ backups: null });
  });
});
