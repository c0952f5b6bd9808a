import { request } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { EstateInstance, TrueBackup } from "../../src/clouds/estate/types.js";
import type { Backup } from "../../src/domain/backup.js";
import { EVERY_BACKUP, type BackupFilter } from "../../src/domain/filter.js";
import { makeTransport } from "../../src/http/transport.js";
import { BACKUPS, gatewayOver, readsOf, walkPages } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { type PageArgs, wanted } from "../wantedPage.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Clouds whose clock differs from that of their gateway, and who say so in the header Date. */
async function startApart(hours: number): Promise<{
  clouds: Clouds;
  gateway: Gateway;
  pass: (ms: number) => void;
}> {
  let now = MOMENT;
  const vendorNow = () => now + hours * HOUR;
  const clouds = await startStillClouds({ now: vendorNow });
  onTestFinished(() => clouds.close());
  const plain = makeTransport();
  const gateway = gatewayOver(clouds, {
    now: () => now,
    transport: {
      ...plain,
      async send(...asked) {
        const answer = await plain.send(...asked);
        const date = new Date(vendorNow()).toUTCString();
        return { ...answer, headers: { ...answer.headers, date } };
      },
    },
  });
  onTestFinished(() => gateway.close());
  return { clouds, gateway, pass: (ms) => void (now += ms) };
}

describe.each([3, -3, 22, -72])("where the clocks of vendors are %i hours off", (hours) => {
  test("lists are whole", async () => {
    const { clouds, gateway } = await startApart(hours);
    const pages = await walkPages(gateway, {}, { size: 200 });
    expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
    const nameOf = (row: Backup | TrueBackup) =>
      [row.provider, row.instanceNativeId, row.nativeId, row.status].join(" ");
    const listed = pages.flatMap(({ edges }) => edges.map(({ node }) => nameOf(node)));
    expect(listed.sort()).toEqual(clouds.estate.truth().map(nameOf).sort());
  });

  test("links to files in buckets open", async () => {
    const { gateway } = await startApart(hours);
    const page = wanted({ first: 1 });
    const filter: BackupFilter = { ...EVERY_BACKUP, vendors: ["S3"], statuses: ["SUCCEEDED"] };
    const { edges } = await readsOf(gateway).backups({ ...BACKUPS, page, filter });
    const [link] = await readsOf(gateway).downloads(edges[0]?.node as Backup);
    expect(link?.expiresAt).toBe(MOMENT + hours * HOUR + 15 * MINUTE);
    const answer = await request(link?.url ?? "");
    expect(answer.statusCode).toBe(200);
    await answer.body.dump();
  });
});

describe.each([0, -1, -72])("where the clocks of vendors are %i hours off", (hours) => {
  const FILTER: BackupFilter = { ...EVERY_BACKUP, vendors: ["ALIBABA"] };

  /** A backup that starts and ends a minute after the first page of a client. */
  async function startBackup() {
    const { clouds, gateway, pass } = await startApart(hours);
    const read = async (page: PageArgs) =>
      readsOf(gateway).backups({ ...BACKUPS, filter: FILTER, page: wanted(page) });
    const { startCursor } = await read({ first: 1 });
    pass(MINUTE);
    const { estate, knobs } = clouds;
    const product = "ALIBABA_KVSTORE";
    const instance = estate
      .instances(product, estate.regions[product][0] as string)
      .find(({ shardCount }) => shardCount === 1) as EstateInstance;
    const at = estate.now();
    const times = { startedAt: at, finishedAt: at, listedFrom: at };
    const { nativeId } = estate.insertBackup({
      product,
      instanceNativeId: instance.nativeId,
      ...times,
    });
    pass(MINUTE);
    return { read, startCursor, nativeId, faults: knobs.faults, pass };
  }

  test("a client that polls gets new backups", async () => {
    const { read, startCursor, nativeId } = await startBackup();
    const { edges } = await read({ last: 200, before: startCursor });
    expect(edges.map(({ node }) => node.nativeId)).toContain(nativeId);
  });

  test("new backups come late after a failure", async () => {
    const { read, nativeId, faults, pass } = await startBackup();
    faults.add({
      vendor: "alibaba",
      action: "DescribeBackups",
      effect: { kind: "status", status: 500 },
    });
    const { endCursor, issues } = await read({ first: 1 });
    expect(issues.map(({ code }) => code)).toContain("STALE");
    faults.clear();
    pass(MINUTE);
    const { edges } = await read({ first: 200, after: endCursor });
    expect(edges.filter(({ late }) => late).map(({ node }) => node.nativeId)).toEqual([nativeId]);
  });
});

test("a machine whose clock is days behind reads no list by halves", async () => {
  const { gateway } = await startApart(72);
  const { issues } = await readsOf(gateway).backups({ ...BACKUPS, page: wanted({ first: 1 }) });
  const refused = issues.filter(({ message }) => message.includes("refused the call's time"));
  const providers = refused.map(({ provider }) => provider.split("/")[0]);
  expect([...new Set(providers)].sort()).toEqual([
    "demo-alibaba",
    "demo-aws",
    "demo-s3",
    "demo-tencent",
  ]);
});
