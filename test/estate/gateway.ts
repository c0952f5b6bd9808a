import type { Backup } from "../../src/domain/backup.js";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import { makeGateway, type Gateway, type GatewayParts } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { BackupQuery, Reads } from "../../src/domain/reads.js";
import type { Connection } from "../../src/domain/connection.js";
import { wanted } from "../wantedPage.js";

const SETTINGS = { ttlMs: 30_000, staleIfErrorMs: 600_000, scanRows: 20_000, cacheRows: 200_000 };

/** What was read is kept for its operation only, so that every page asks the vendors. */
export const UNCACHED = { ...SETTINGS, ttlMs: 0, staleIfErrorMs: 0 };

/** A gateway over the embedded clouds, which have no quota to keep to, by the clock of the clouds. */
export const gatewayOver = (
  clouds: Clouds,
  { accounts = clouds.accounts, ...parts }: Partial<GatewayParts> = {},
): Gateway =>
  makeGateway({
    accounts: accounts.map((account) => ({
      ...account,
      upstream: { ...account.upstream, rate: account.upstream.rate ?? 10_000 },
    })),
    settings: SETTINGS,
    cursorKeys: [Buffer.alloc(32, 7)],
    now: clouds.estate.now,
    ...parts,
  });

/** The reads of one operation that nothing bounds. */
export const readsOf = (gateway: Gateway): Reads =>
  gateway.open(ANYONE, {
    signal: new AbortController().signal,
    deadline: Number.MAX_SAFE_INTEGER,
    vendorCalls: 100_000,
  });

export const BACKUPS: BackupQuery = {
  parent: { type: "Query" },
  page: wanted({}),
  filter: EVERY_BACKUP,
  order: "STARTED_AT_DESC",
  onSourceError: "PARTIAL",
};

/** Walks a list by its own cursors, an operation a page, and gives every page. */
export async function walkPages(
  gateway: Gateway,
  query: Partial<BackupQuery>,
  way: { readonly size: number; readonly backwards?: boolean },
): Promise<Connection<Backup>[]> {
  const pages: Connection<Backup>[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page = way.backwards
      ? wanted({ last: way.size, before: cursor })
      : wanted({ first: way.size, after: cursor });
    const read = await readsOf(gateway).backups({ ...BACKUPS, ...query, page });
    pages.push(read);
    const more = way.backwards ? await read.hasPreviousPage() : await read.hasNextPage();
    if (!more) return pages;
    cursor = way.backwards ? read.startCursor : read.endCursor;
  }
}

const REGION = {
  ucloud: "cn-bj2",
  tencent: "ap-guangzhou",
  alibaba: "cn-hangzhou",
  aws: "eu-west-1",
  s3: "eu-west-1",
};

/** The accounts of clouds with an estate of one region, as configs that name the region. */
export const inOneRegion = ({ accounts }: Clouds) =>
  accounts.map((account) => ({ ...account, regions: [REGION[account.vendor]] }));
