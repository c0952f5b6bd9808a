import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Gateway } from "../../src/app.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { ANYONE } from "../../src/domain/principal.js";
import { TransportError } from "../../src/http/faults.js";
import type { HttpRequest } from "../../src/http/message.js";
import { makeTransport, type Transport } from "../../src/http/transport.js";
import { BACKUPS, gatewayOver, NO_PAGE } from "./gateway.js";

const DEADLINE_MS = 25_000;

/** What a list that hangs does: it takes the time of its attempt at once, or it takes all time. */
type Hanging = "until its timeout" | "for ever";

let clouds: Clouds;
let gateway: Gateway;
/** The requests that hang, by a word in them. */
let hanging: { readonly word: string; readonly how: Hanging } | null;
/** The times that hanging requests were given. */
let timeouts: number[];
let over: AbortController;

beforeEach(async () => {
  clouds = await startClouds({
    estate: { instances: 4, backupsEach: 3 },
    upstream: { retries: 0, rate: 10_000, concurrency: 64, timeoutMs: 10_000 },
  });
  const real = makeTransport();
  const transport: Transport = {
    ...real,
    send: (request, limits, signal) => {
      if (hanging === null || !isAbout(request, hanging.word))
        return real.send(request, limits, signal);
      timeouts.push(limits.timeoutMs);
      if (hanging.how === "until its timeout") throw new TransportError(limits.onTimeout);
      return new Promise((_, reject) => {
        over.signal.addEventListener("abort", () => reject(new TransportError("cut")));
      });
    },
  };
  gateway = gatewayOver(clouds, { transport });
  hanging = null;
  timeouts = [];
  over = new AbortController();
});
afterEach(async () => {
  over.abort();
  await gateway.close();
  await clouds.close();
});

const isAbout = ({ url, headers, body }: HttpRequest, word: string): boolean =>
  word.split(" ").every((part) => JSON.stringify([url, headers, body]).includes(part));

const open = () =>
  gateway.open(ANYONE, {
    signal: over.signal,
    deadline: Date.now() + DEADLINE_MS,
    vendorCalls: 2_000,
  });

const read = (first: number, after: string | null = null) =>
  open().backups({ ...BACKUPS, page: { ...NO_PAGE, first, after } });

/** Alibaba's list of instances in one of its regions. */
const INSTANCES = "DescribeInstances cn-hangzhou";

describe.each([
  { what: "a list of instances", word: INSTANCES, alibaba: 4 - 2 },
  { what: "a list of regions", word: "DescribeRegions", alibaba: 0 },
])("$what that hangs", ({ word, alibaba }) => {
  test.each(["backups", "coverage", "backupStats"] as const)(
    "keeps no other list of `%s` waiting",
    async (field) => {
      hanging = { word, how: "for ever" };
      const reads = open();
      const answer =
        field === "backups"
          ? reads.backups({ ...BACKUPS, page: { ...NO_PAGE, first: 20 } })
          : field === "coverage"
            ? reads.coverage(86_400_000, null)
            : reads.backupStats({ filter: null, by: ["STATUS"], timeZone: "UTC" });
      const listed = () => ({
        umem: clouds.calls.count({ action: "DescribeUMemBackup" }),
        tencent: clouds.calls.count({ action: "DescribeInstanceBackups" }) > 0,
        alibaba: clouds.calls.count({ action: "DescribeBackups" }),
      });
      await vi.waitFor(() => expect(listed()).toEqual({ umem: 4, tencent: true, alibaba }), {
        timeout: 60_000,
      });
      over.abort();
      await answer;
    },
  );
});

describe("a list of instances whose region hangs on every page of a walk", () => {
  beforeEach(() => {
    hanging = { word: INSTANCES, how: "until its timeout" };
  });

  test("gets the whole timeout first, then a quarter of the time while others have rows", async () => {
    const first = await read(5);
    expect([first.edges.length, await first.hasNextPage()]).toEqual([5, true]);
    expect(first.issues.map(({ code, region }) => [code, region])).toEqual([
      ["TIMEOUT", "cn-hangzhou"],
    ]);
    expect(timeouts).toEqual([10_000]);
    const second = await read(5, first.endCursor);
    expect([second.edges.length, await second.hasNextPage()]).toEqual([5, true]);
    expect(second.issues.map(({ code }) => code)).toEqual(["TIMEOUT"]);
    expect(timeouts).toHaveLength(2);
    expect(timeouts[1]).toBeLessThanOrEqual(DEADLINE_MS / 4);
  });

  test("gets the whole timeout again once the others have none, and then comes late", async () => {
    const all = await read(200);
    expect([all.complete, await all.hasNextPage()]).toEqual([false, false]);
    const none = await read(200, all.endCursor);
    expect([none.edges, none.complete]).toEqual([[], false]);
    expect(timeouts).toEqual([10_000, expect.any(Number), 10_000]);
    hanging = null;
    const late = await read(200, none.endCursor);
    expect(late.complete).toBe(true);
    const ids = [...all.edges, ...late.edges].map(({ node }) => node.nativeId);
    const truth = clouds.estate.truth().map(({ nativeId }) => nativeId);
    expect(ids.sort()).toEqual(truth.sort());
  });
});
