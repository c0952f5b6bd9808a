import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import { pause } from "../../src/http/bounds.js";
import { TransportError } from "../../src/http/faults.js";
import type { Transport } from "../../src/http/transport.js";
import { CLOUD_VENDORS } from "../../src/clouds/vendorCloud.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { ANYONE } from "../../src/domain/principal.js";
import { BACKUPS, gatewayOver, readsOf, UNCACHED } from "./gateway.js";
import { patientTransport, VirtualClock } from "./virtualClock.js";
import { sized } from "../runs.js";
import { startClock, startStillClouds } from "../stillClouds.js";
import { type PageArgs, wanted } from "../wantedPage.js";

describe("a walk while a vendor fails and comes back", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  const clock = startClock();
  let ahead = 0;
  /** The vendors are well again, and the breakers have waited long enough to find out. */
  const recover = (): void => {
    clouds.knobs.faults.clear();
    ahead += 30_000;
  };
  beforeEach(async () => {
    ahead = 0;
    clouds = await startStillClouds({
      estate: { instances: sized(3, 6), backupsEach: 20 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    });
    gateway = gatewayOver(clouds, {
      now: () => clock() + ahead,
      settings: UNCACHED,
    });
  });
  afterEach(async () => {
    await gateway.close();
    await clouds.close();
  });

  const read = async (page: PageArgs, onSourceError: "PARTIAL" | "FAIL" = "PARTIAL") => {
    const reads = readsOf(gateway);
    const query = { ...BACKUPS, page: wanted(page), onSourceError };
    const read = await reads.backups(query);
    const { complete, issues, late } = reads.lists;
    expect([complete, issues]).toEqual([read.complete, read.issues.length]);
    for (const [provider, rows] of late)
      expect(
        read.edges.filter((edge) => edge.late && edge.node.provider === provider),
      ).toHaveLength(rows);
    expect([...late.values()].reduce((sum, rows) => sum + rows, 0)).toBe(
      read.edges.filter((edge) => edge.late).length,
    );
    return read;
  };

  test.each(CLOUD_VENDORS)("nothing of %s is lost and nothing comes twice", async (vendor) => {
    const ids: string[] = [];
    let late = 0;
    let after: string | null = null;
    for (let pages = 0; ; pages += 1) {
      // Down on the third to the fifth page.
      if (pages === 2) clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });
      if (pages === 5) recover();
      const page = await read({ first: sized(40, 75), after });
      if (pages >= 2 && pages < 5) {
        expect(page.complete).toBe(false);
        expect(new Set(page.issues.map(({ provider }) => provider.split("/")[0]))).toEqual(
          new Set([`demo-${vendor}`]),
        );
      }
      ids.push(...page.edges.map(({ node }) => node.nativeId));
      late += page.edges.filter((edge) => edge.late).length;
      if (!(await page.hasNextPage()) && page.complete) break;
      after = page.endCursor;
    }
    expect(late).toBeGreaterThan(0);
    const truth = clouds.estate.truth().map(({ nativeId }) => nativeId);
    expect(ids.sort()).toEqual(truth.sort());
  });

  test("a caller that wants all or nothing gets the first issue's code", async () => {
    clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "status", status: 503 } });
    await expect(read({ first: 5 }, "FAIL")).rejects.toMatchObject({
      code: "UPSTREAM_FAILED",
      extensions: { issue: "UNAVAILABLE", provider: "demo-tencent/redis" },
    });
  });

  test("a page that every vendor fails has no rows, no next page, and a cursor to go on from", async () => {
    for (const vendor of CLOUD_VENDORS)
      clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });
    const page = await read({ first: 5 });
    expect(page.edges).toEqual([]);
    expect([page.complete, await page.hasNextPage()]).toEqual([false, false]);
    expect(await page.totalCount()).toBeNull();
    recover();
    const again = await read({ first: 5, after: page.endCursor });
    expect(again.edges).toHaveLength(5);
  });

  test("a cursor is at most half as long as a request's body may be", async () => {
    const effect = { kind: "status", status: 503 } as const;
    clouds.knobs.faults.add({ vendor: "alibaba", action: "DescribeBackups", effect });
    const readWith = async (bodyBytes: number) => {
      await gateway.close();
      gateway = gatewayOver(clouds, { bodyBytes });
      return read({ first: 5 });
    };
    const { length } = (await readWith(100_000)).endCursor ?? "";
    expect((await readWith(2 * length + 10)).endCursor).toHaveLength(length);
    const page = await readWith(2 * length - 10);
    expect(() => page.endCursor).toThrow(/lists of demo-alibaba\/kvstore could not be read/);
  });
});

describe("a vendor that hangs", () => {
  // The default figures: 10 s an attempt, two retries, 25 s in all.
  const DEADLINE_MS = 25_000;

  /** Sends requests, but for those to a vendor: each of them waits by the clock until its time is over. */
  function hangingAt(endpoint: string, clock: VirtualClock): Transport {
    const patient = patientTransport();
    return {
      ...patient,
      async send(request, limits, signal) {
        if (!request.url.includes(new URL(endpoint).host))
          return patient.send(request, limits, signal);
        await pause(clock, limits.timeoutMs, { signal });
        throw new TransportError(limits.onTimeout);
      },
    };
  }

  test.each(CLOUD_VENDORS)(
    "makes %s TIMEOUT and DEGRADED in the first answer, beside the rows of all others",
    async (vendor) => {
      const clock = new VirtualClock();
      const clouds = await startStillClouds({
        now: clock.now,
        estate: { instances: 6, backupsEach: 4 },
        upstream: { timeoutMs: 10_000, retries: 2, rate: 10_000, concurrency: 64 },
      });
      clouds.knobs.hook = () => clock.stir();
      const transport = hangingAt(clouds.endpoints[vendor], clock);
      const gateway = gatewayOver(clouds, { sleep: clock.sleep, transport });
      const deadline = clock.now() + DEADLINE_MS;
      const over = new AbortController();
      const bounds = { signal: over.signal, deadline, vendorCalls: 1_000 };
      const reads = gateway.open(ANYONE, bounds);
      const backups = reads.backups({ ...BACKUPS, page: wanted({ first: 200 }) });
      const page = await clock.until(backups);
      expect(clock.now()).toBeLessThan(deadline);
      expect(new Set(page.issues.map(({ code }) => code))).toEqual(new Set(["TIMEOUT"]));
      const own = ({ provider }: { readonly provider: string }) => provider.includes(vendor);
      expect(page.issues.every(own)).toBe(true);
      const healthy = clouds.estate.truth().filter((row) => !own(row));
      expect(page.edges).toHaveLength(healthy.length);
      for (const provider of reads.providers())
        if (own({ provider: provider.key })) {
          const { state, lastIssue } = await reads.health(provider);
          expect([["DEGRADED", "DOWN"].includes(state), lastIssue]).toEqual([true, "TIMEOUT"]);
        }
      over.abort();
      await gateway.close();
      await clouds.close();
    },
  );
});
