import { expect, onTestFinished, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { askedOf } from "./callsLeast.js";
import { BACKUPS, gatewayOver, inOneRegion } from "./gateway.js";
import { wanted } from "../wantedPage.js";

const LISTS = 60;
/** The calls of one operation: the lists take three operations. */
const CALLS = 25;
/** Each list is asked once; three lists are asked beyond their end, and two of them again in a second pass. */
const SETTLING = 5;
/** Windows are rounded to minutes. */
const BETWEEN_MS = 90_000;
const KEPT = { ttlMs: 3_600_000, staleIfErrorMs: 0, scanRows: 20_000, cacheRows: 200_000 };

/** One account with lists of so many rows, and a gateway that knows its instances. */
async function start(vendor: string, backupsEach: number) {
  const clock = { now: MOMENT };
  const now = (): number => clock.now;
  const clouds = await startStillClouds({
    now,
    estate: { instances: LISTS, backupsEach, regions: 1 },
    upstream: { retries: 0, rate: 10_000, concurrency: 16, timeoutMs: 60_000 },
  });
  onTestFinished(() => clouds.close());
  const accounts = inOneRegion(clouds).filter((account) => account.vendor === vendor);
  const gateway = gatewayOver({ ...clouds, accounts }, { now, settings: KEPT });
  onTestFinished(() => gateway.close());
  const { parent, onSourceError } = BACKUPS;
  const page = wanted({ first: 200 });
  await bounded(gateway, 100).instances({ parent, filter: EVERY_INSTANCE, onSourceError, page });
  clouds.calls.reset();
  return { clock, clouds, gateway };
}

const bounded = (gateway: Gateway, vendorCalls: number) =>
  gateway.open(ANYONE, {
    signal: new AbortController().signal,
    deadline: Number.MAX_SAFE_INTEGER,
    vendorCalls,
  });

/** Requests the first page until it is complete: how many lists each operation before that left unread. */
async function readFirst(gateway: Gateway, next: () => void): Promise<number[]> {
  const unread: number[] = [];
  for (;;) {
    expect(unread.length).toBeLessThan(LISTS);
    const page = await bounded(gateway, CALLS).backups({
      ...BACKUPS,
      page: wanted({ first: 50 }),
    });
    if (page.complete) return unread;
    expect(page.issues.map(({ code }) => code)).toEqual(["CUT"]);
    unread.push(page.issues[0]?.count ?? 0);
    next();
  }
}

test.each([
  { vendor: "alibaba", action: "DescribeBackups", rows: 10 },
  { vendor: "alibaba", action: "DescribeBackups", rows: 30 },
  { vendor: "alibaba", action: "DescribeBackups", rows: 100 },
  { vendor: "ucloud", action: "DescribeUMemBackup", rows: 10 },
  { vendor: "ucloud", action: "DescribeUMemBackup", rows: 50 },
])(
  "operations that are cut settle once what $rows rows mean: $vendor",
  async ({ vendor, action, rows }) => {
    const { clock, clouds, gateway } = await start(vendor, rows);
    const unread = await readFirst(gateway, () => (clock.now += BETWEEN_MS));
    expect(askedOf(clouds)[action]).toBeLessThanOrEqual(LISTS + SETTLING);
    if (vendor === "alibaba") {
      expect(unread).toHaveLength(Math.ceil((LISTS + SETTLING) / CALLS) - 1);
      // The second operation settles it before it begins further lists.
      expect(unread[1]).toBeLessThanOrEqual(LISTS + SETTLING - 2 * CALLS + SETTLING);
    }
    clock.now += 2 * KEPT.ttlMs;
    clouds.calls.reset();
    await readFirst(gateway, () => undefined);
    expect(askedOf(clouds)[action]).toBe(LISTS);
  },
);
