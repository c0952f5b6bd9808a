import { request } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { Backup } from "../../src/domain/backup.js";
import { EVERY_BACKUP, type BackupFilter } from "../../src/domain/filter.js";
import { makeTransport } from "../../src/http/transport.js";
import { BACKUPS, gatewayOver, NO_PAGE, readsOf, walkPages } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";

const HOUR = 3_600_000;

/** Clouds whose clock differs from that of their gateway, and who say so in the header Date. */
async function startApart(hours: number): Promise<{ clouds: Clouds; gateway: Gateway }> {
  const vendorNow = MOMENT + hours * HOUR;
  const clouds = await startStillClouds({ now: () => vendorNow });
  onTestFinished(() => clouds.close());
  const plain = makeTransport();
  const date = new Date(vendorNow).toUTCString();
  const gateway = gatewayOver(clouds, {
    now: () => MOMENT,
    transport: {
      ...plain,
      async send(...asked) {
        const answer = await plain.send(...asked);
        return { ...answer, headers: { ...answer.headers, date } };
      },
    },
  });
  onTestFinished(() => gateway.close());
  return { clouds, gateway };
}

describe.each([3, -3, 22])("where the clocks of vendors are %i hours off", (hours) => {
  test("lists are whole", async () => {
    const { clouds, gateway } = await startApart(hours);
    const pages = await walkPages(gateway, {}, { size: 200 });
    expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
    const nameOf = (row: { provider: string; instanceNativeId: string; nativeId: string }) =>
      [row.provider, row.instanceNativeId, row.nativeId].join(" ");
    const listed = pages.flatMap(({ edges }) => edges.map(({ node }) => nameOf(node)));
    expect(listed.sort()).toEqual(clouds.estate.truth().map(nameOf).sort());
  });

  test("links to files in buckets open", async () => {
    const { gateway } = await startApart(hours);
    const page = { ...NO_PAGE, first: 1 };
    const filter: BackupFilter = { ...EVERY_BACKUP, vendors: ["S3"], statuses: ["SUCCEEDED"] };
    const { edges } = await readsOf(gateway).backups({ ...BACKUPS, page, filter });
    const [link] = await readsOf(gateway).downloads(edges[0]?.node as Backup);
    expect(link?.expiresAt).toBe(MOMENT + hours * HOUR + 15 * 60_000);
    const answer = await request(link?.url ?? "");
    expect(answer.statusCode).toBe(200);
    await answer.body.dump();
  });
});

test("a machine whose clock is days behind reads no list by halves", async () => {
  const { gateway } = await startApart(72);
  const { issues } = await readsOf(gateway).backups({ ...BACKUPS, page: { ...NO_PAGE, first: 1 } });
  const refused = issues.filter(({ message }) => message.includes("refused the call's time"));
  const providers = refused.map(({ provider }) => provider.split("/")[0]);
  expect([...new Set(providers)].sort()).toEqual([
    "demo-alibaba",
    "demo-aws",
    "demo-s3",
    "demo-tencent",
  ]);
});
