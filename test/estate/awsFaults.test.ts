import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FaultPlan } from "../../src/clouds/knobs/faults.js";
import type { AwsKnobs } from "../../src/clouds/knobs/values.js";
import { makeStack, type Stack } from "../server/stack.js";
import { nativeIdsOf, pageOf, type HttpPage } from "./graphqlWalk.js";
import { UNCACHED } from "./gateway.js";
import { sized } from "../runs.js";
import { startClock } from "../stillClouds.js";

/** Three pages of each region's list, four in `.ci/run`, and two of each instance's. */
const SIZE = { instances: sized(2, 3), regions: 1, backupsEach: 60 } as const;
const PRODUCTS = ["AWS_ELASTICACHE", "AWS_ELASTICACHE_SERVERLESS", "AWS_MEMORYDB"] as const;
const FILTER = { vendors: ["AWS"] };
const MINUTE = 60_000;

let stack: Stack;
const clock = startClock();
let ahead = 0;
const now = (): number => clock() + ahead;
beforeEach(async () => {
  ahead = 0;
  stack = await makeStack({
    clouds: {
      now,
      estate: SIZE,
      upstream: { retries: 2, rate: 10_000, concurrency: 64 },
    },
    server: { now },
    gateway: { now, settings: UNCACHED },
  });
});
afterEach(() => stack.close());

const idsNow = (): string[] =>
  stack.clouds.estate
    .truth()
    .filter(({ product }) => PRODUCTS.some((one) => one === product))
    .map(({ nativeId, instanceNativeId }) => `${instanceNativeId} ${nativeId}`)
    .sort();

/** Every page, until nothing more is to come; `between` happens after each. */
async function walk(between: (pages: number) => void = () => undefined): Promise<HttpPage[]> {
  const pages: HttpPage[] = [];
  let after: string | null = null;
  for (;;) {
    const page: HttpPage = await pageOf(stack.url, { first: 120, after, filter: FILTER });
    pages.push(page);
    if (!page.pageInfo.hasNextPage && page.complete) return pages;
    // Breakers wait before they try again.
    if (!page.complete) ahead += MINUTE;
    after = page.pageInfo.endCursor ?? after;
    between(pages.length);
    expect(pages.length).toBeLessThan(60);
  }
}

/** Lists that failed get a part of an operation's calls and time only, so they may also be cut. */
const codesOf = (pages: readonly HttpPage[]): string[] =>
  [...new Set(pages.flatMap(({ issues }) => issues.map(({ code }) => code)))].filter(
    (code) => code !== "CUT",
  );

/** Rows by their ids within the gateway, since names of snapshots repeat between products. */
function expectEachOnce(pages: readonly HttpPage[], wanted: readonly string[]): void {
  const ids = pages.flatMap(({ edges }) => edges.map(({ node }) => node.id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(nativeIdsOf(pages).sort()).toEqual(wanted.map((one) => one.split(" ")[1]).sort());
}

const set = (knobs: Partial<AwsKnobs>): void => stack.clouds.knobs.set("aws", knobs);

describe("a walk over ElastiCache, Serverless and MemoryDB gives each backup once", () => {
  test.each<{ readonly what: string; readonly knobs: Partial<AwsKnobs> }>([
    { what: "an empty page with a marker precedes each page", knobs: { emptyPages: true } },
    { what: "pages are short", knobs: { pageCap: 7 } },
    {
      what: "markers count rows, which are shuffled, and pages are empty",
      knobs: { markers: "offset", order: "shuffled", emptyPages: true },
    },
  ])("where $what", async ({ knobs }) => {
    set(knobs);
    const pages = await walk();
    expect(codesOf(pages)).toEqual([]);
    expectEachOnce(pages, idsNow());
  });

  test("where markers move with rows that come and go", async () => {
    set({ markers: "offset" });
    const { clouds } = stack;
    const before = idsNow();
    const gone = new Set<string>();
    let calls = 0;
    clouds.knobs.hook = ({ vendor, action }) => {
      if (vendor !== "aws" || !action.includes("Snapshots")) return;
      calls += 1;
      // Changes stop before a list counts as changing faster than it can be read.
      if (calls % 5 !== 0 || calls > 200) return;
      for (const product of PRODUCTS) {
        const rows = clouds.estate.truth().filter((row) => row.product === product);
        const row = rows[(calls * 13) % rows.length];
        if (row !== undefined && clouds.estate.deleteBackup(row))
          gone.add(`${row.instanceNativeId} ${row.nativeId}`);
        clouds.estate.insertBackup({
          product,
          instanceNativeId: row?.instanceNativeId ?? "",
          startedAt: (row?.startedAt ?? 0) + 90_000,
        });
      }
    };
    const pages = await walk();
    expect(gone.size).toBeGreaterThan(10);
    const ids = pages.flatMap(({ edges }) => edges.map(({ node }) => node.id));
    expect(new Set(ids).size).toBe(ids.length);
    const stayed = before.filter((one) => !gone.has(one)).map((one) => one.split(" ")[1]);
    expect(nativeIdsOf(pages)).toEqual(expect.arrayContaining(stayed));
  });

  test("where markers expire now and then", async () => {
    let calls = 0;
    stack.clouds.knobs.hook = ({ vendor }) => {
      if (vendor !== "aws") return;
      calls += 1;
      set({ markerLifeMs: calls % sized(5, 17) === 0 ? -1 : 15 * MINUTE });
    };
    const pages = await walk();
    expect(stack.clouds.calls.count({ outcome: "refused" })).toBeGreaterThan(3);
    expectEachOnce(pages, idsNow());
  });

  test("where markers lead to the same page for a while", async () => {
    set({ markers: "repeating" });
    const pages = await walk((count) => {
      if (count === 2) set({ markers: "row" });
    });
    expect(codesOf(pages)).toEqual(["BAD_RESPONSE"]);
    expectEachOnce(pages, idsNow());
  });

  test("where one call in nine is throttled", async () => {
    set({ throttle: { everyNth: 9 } });
    const pages = await walk();
    expect(stack.clouds.calls.count({ outcome: "throttled" })).toBeGreaterThan(5);
    expect(codesOf(pages).filter((code) => code !== "THROTTLED")).toEqual([]);
    expectEachOnce(pages, idsNow());
  });

  const body = (text: string) => ({ kind: "body", body: text }) as const;
  test.each<{ readonly what: string; readonly effect: FaultPlan["effect"]; readonly code: string }>(
    [
      { what: "no XML", effect: body("<DescribeSnapshotsResponse><Desc"), code: "BAD_RESPONSE" },
      {
        what: "a document type",
        effect: body('<!DOCTYPE a [<!ENTITY b "c">]><a/>'),
        code: "BAD_RESPONSE",
      },
      { what: "another document", effect: body("<Hello><World/></Hello>"), code: "BAD_RESPONSE" },
      { what: "nothing", effect: body(""), code: "BAD_RESPONSE" },
      { what: "half a body", effect: { kind: "halfBody" }, code: "UNAVAILABLE" },
      { what: "a page of HTML", effect: { kind: "html" }, code: "BAD_RESPONSE" },
      {
        what: "an error of its own",
        effect: { kind: "vendorError", code: "InternalFailure", status: 500 },
        code: "UNAVAILABLE",
      },
    ],
  )("where later pages are answered with $what for a while", async ({ effect, code }) => {
    stack.clouds.knobs.faults.add({ vendor: "aws", fromPage: 2, effect });
    const pages = await walk((count) => {
      if (count === 2) stack.clouds.knobs.faults.clear();
    });
    expect(codesOf(pages)).toEqual([code]);
    expectEachOnce(pages, idsNow());
  });
});
