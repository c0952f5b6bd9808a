import { request as send } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../src/clouds/clouds.js";
import { startClouds, type CloudsOptions } from "../../src/clouds/clouds.js";
import type { Backup, MappedBackup } from "../../src/domain/backup.js";
import { isRow, type Row } from "../../src/domain/row.js";
import type {
  BackupListing,
  Listing,
  ListScope,
  Params,
  ProductDeclaration,
  Region,
  VendorApi,
  VendorCall,
} from "../../src/listing/declaration.js";
import { vendorOf } from "../../src/vendors/index.js";
import { backup, signed } from "./fixture.js";

const NOW = Date.UTC(2026, 5, 15, 12);
const DAY = 86_400_000;
let nonces = 0;

/** One signed call over HTTP, opened as the engine opens it. */
async function ask(api: VendorApi, call: VendorCall): Promise<Row> {
  const nonce = (nonces += 1).toString(16).padStart(8, "0").padEnd(32, "0");
  const { method, url, headers, body } = signed(api, call, { now: NOW, nonce });
  const answer = await send(url, { method, headers, body: body ?? null });
  return api.open(api.decode(await answer.body.text()), answer.statusCode, {});
}

const firstPage = ({ shape }: Listing<unknown>): Params => {
  const { page } = shape;
  if (page.style === "offset") return { [page.offset]: 0, [page.limit]: page.max };
  return page.style === "pageNumber" ? { [page.page]: 1, [page.size]: page.max } : {};
};

function lastMonth({ shape, formatInstant }: Listing<unknown>): Params {
  if (shape.window === null || formatInstant === undefined) return {};
  const { since, until } = shape.window;
  return { [since]: formatInstant(NOW - 29 * DAY), [until]: formatInstant(NOW + DAY / 2) };
}

async function read<T>(
  api: VendorApi,
  listing: Listing<T>,
  scope: ListScope,
): Promise<readonly T[]> {
  const params = { ...listing.params(scope), ...firstPage(listing), ...lastMonth(listing) };
  const payload = await ask(api, { action: listing.action, region: scope.region, params });
  const rows = listing.rows(payload).filter(isRow);
  for (const row of rows) expect(listing.keyOf(row)).not.toBe("");
  return rows.map((row) => listing.map(row, scope)).filter((mapped) => mapped !== null);
}

async function regionsOf(
  api: VendorApi,
  { regions }: ProductDeclaration,
  configured: readonly string[] | null,
): Promise<readonly Region[]> {
  if (regions === null || regions === "instances")
    return (configured ?? []).map((id) => ({ id, endpoint: null }));
  const payload = await ask(api, { action: regions.action, region: null, params: {} });
  const none = { region: null, instance: null };
  const rows = regions.rows(payload).filter(isRow);
  const found = new Map(rows.map((row) => [regions.keyOf(row), regions.map(row, none)]));
  return [...found.values()].filter((region) => region !== null);
}

/** Backups of one page of each instance's list, with the listing that showed them. */
async function backupsOf(
  api: VendorApi,
  product: ProductDeclaration,
  region: Region,
): Promise<readonly (MappedBackup & { listing: BackupListing })[]> {
  const lists = product.instances.map((each) => read(api, each, { region, instance: null }));
  const instances = (await Promise.all(lists)).flat();
  expect(instances.length).toBeGreaterThan(0);
  // The list of the region shows the others.
  const own = instances.filter(({ listing }) => listing !== product.wide?.name);
  const found = own.map(async (instance) => {
    const listing = product.perInstance.find(({ name }) => name === instance.listing);
    if (listing === undefined) throw new Error(`No listing is called ${instance.listing}.`);
    const mapped = await read(api, listing, { region, instance });
    return mapped.map((each) => ({ ...each, listing }));
  });
  return (await Promise.all(found)).flat();
}

const stored = (mapped: MappedBackup, listing: string): Backup => {
  const { shard: _shard, startedAt, ...facts } = mapped;
  return backup({ ...facts, startedAt: startedAt ?? 0, listing });
};

describe.each<CloudsOptions & { what: string }>([
  { what: "UCloud, Tencent 3.0, Alibaba v3, AWS" },
  {
    what: "Tencent 2.0 by HmacSHA1, Alibaba v1",
    tencentApi: "2.0",
    signatureMethod: "HmacSHA1",
    alibabaSignature: "v1",
  },
  { what: "Tencent 2.0 by HmacSHA256", tencentApi: "2.0", signatureMethod: "HmacSHA256" },
])("the embedded clouds accept every call of $what", (options) => {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await startClouds({ ...options, now: () => NOW });
  });
  afterAll(() => clouds.close());

  test.each(["ucloud", "tencent", "alibaba", "aws"])(
    "%s: regions, instances, backups, links",
    async (vendor) => {
      const account = clouds.accounts.find((each) => each.vendor === vendor);
      if (account === undefined) throw new Error(`The clouds have no account of ${vendor}.`);
      const declaration = vendorOf(account);
      const api = declaration.api(account);
      const truth = new Map(
        clouds.estate.truth().map((each) => [`${each.product}/${each.nativeId}`, each]),
      );

      for (const product of declaration.products(account)) {
        const [region] = await regionsOf(api, product, account.regions);
        if (region === undefined) throw new Error("There is no region.");
        const found = await backupsOf(api, product, region);
        // A backup that has not begun has no place yet.
        const placed = found.filter(({ startedAt }) => startedAt !== null);
        const single = placed.filter(({ shard }) => shard === null);
        expect(single.length).toBeGreaterThan(0);
        for (const each of single) {
          expect(truth.get(`${product.product}/${each.nativeId}`)).toMatchObject({
            instanceNativeId: each.instanceNativeId,
            startedAt: each.startedAt,
            status: each.status,
            trigger: each.trigger,
          });
        }
        if (product.wide !== null) {
          const wide = await read(api, product.wide, { region, instance: null });
          expect(wide.length).toBeGreaterThan(0);
        }

        const good = single.find(({ status }) => status === "SUCCEEDED");
        if (good === undefined) throw new Error("There is no good backup.");
        const whole = stored(good, good.listing.name);
        const linkCalls = product.downloads.calls(whole, region);
        expect(linkCalls.length).toBeLessThanOrEqual(product.downloads.mostCalls ?? 1);
        for (const call of linkCalls) {
          const links = product.downloads.map(await ask(api, call), whole, NOW);
          expect(links.length).toBeGreaterThan(0);
          for (const { url, expiresAt } of links) {
            expect(url).toMatch(/^https?:\/\//);
            expect(expiresAt).toBeGreaterThan(NOW);
          }
        }
      }
    },
  );
});
