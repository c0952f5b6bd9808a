import { afterEach, beforeEach, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { EVERY_INSTANCE, EVERY_BACKUP } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import { TransportError } from "../../src/http/faults.js";
import type { HttpRequest } from "../../src/http/message.js";
import { makeTransport, type Transport } from "../../src/http/transport.js";
import { BACKUPS, gatewayOver } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const DEADLINE_MS = 25_000;

let clouds: Clouds;
let gateway: Gateway;
/** The requests that hang, by a word in them. */
let hanging: string | null;
let over: AbortController;

beforeEach(async () => {
  clouds = await startStillClouds({
    estate: { instances: 4, backupsEach: 3 },
    upstream: { retries: 0, rate: 10_000, concurrency: 64, timeoutMs: 10_000 },
  });
  const real = makeTransport();
  const transport: Transport = {
    ...real,
    send: (request, limits, signal) => {
      if (hanging === null || !isAbout(request, hanging)) return real.send(request, limits, signal);
      return new Promise((_, reject) => {
        over.signal.addEventListener("abort", () => reject(new TransportError("cut")));
      });
    },
  };
  gateway = gatewayOver(clouds, { transport });
  hanging = null;
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
    deadline: MOMENT + DEADLINE_MS,
    vendorCalls: 2_000,
  });

/** Alibaba's list of instances in one of its regions. */
const INSTANCES = "DescribeInstances cn-hangzhou";

/** Which lists of Alibaba are read while one hangs. The regions of all clouds are read before `backups`. */
test.each([
  { field: "backups", word: INSTANCES, alibaba: 4 - 2 },
  { field: "backupStats", word: INSTANCES, alibaba: 4 - 2 },
  { field: "coverage", word: INSTANCES, alibaba: 4 - 2 },
  { field: "coverage", word: "DescribeRegions", alibaba: 0 },
] as const)(
  "$word that hangs keeps no other list of `$field` waiting",
  async ({ field, word, alibaba }) => {
    hanging = word;
    const reads = open();
    const answer =
      field === "backups"
        ? reads.backups({ ...BACKUPS, page: wanted({ first: 20 }) })
        : field === "coverage"
          ? reads.coverage(86_400_000, EVERY_INSTANCE)
          : reads.backupStats({ filter: EVERY_BACKUP, by: ["STATUS"], timeZone: "UTC" });
    const listed = () => ({
      umem: clouds.calls.count({ action: "DescribeUMemBackup" }),
      tencent: clouds.calls.count({ action: "DescribeInstanceBackups" }) > 0,
      alibaba: clouds.calls.count({ action: "DescribeBackups" }),
    });
    await expect.poll(listed).toEqual({ umem: 4, tencent: true, alibaba });
    over.abort();
    await answer;
  },
);
