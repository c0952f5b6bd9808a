import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../src/clouds/clouds.js";
import { shardRowsOf, type Backup } from "../../src/domain/backup.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import { BACKUPS, gatewayOver, readsOf } from "../estate/gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

/** What an estate's rows are called by, in the words of `updateBackup`. */
const refOf = ({ provider, instanceNativeId, nativeId }: Backup) => ({
  product: PRODUCTS[provider.split("/")[1] as keyof typeof PRODUCTS],
  instanceNativeId,
  nativeId,
});
const PRODUCTS = {
  uredis: "UCLOUD_UREDIS",
  redis: "TENCENT_REDIS",
  kvstore: "ALIBABA_KVSTORE",
} as const;

const isSet = (backup: Backup): boolean => shardRowsOf(backup) !== null;

/** Their instance follows from another list, so ElastiCache's rows are always decoded again. */
const isNew = (backup: Backup): boolean => isSet(backup) || backup.listing === "snapshots";

describe("a list that is read again", () => {
  let clouds: Clouds;
  let ahead = 0;
  const now = (): number => MOMENT + ahead;
  beforeAll(async () => {
    clouds = await startStillClouds({ now });
  });
  afterAll(() => clouds.close());

  /** A gateway to which all is old after ten seconds. */
  const openGateway = () =>
    gatewayOver(clouds, {
      now,
      settings: { ttlMs: 10_000, staleIfErrorMs: 0, scanRows: 20_000, cacheRows: 200_000 },
      accounts: clouds.accounts.map((account) => ({
        ...account,
        upstream: { ...account.upstream, rate: 10_000 },
      })),
    });

  async function readTwice(between: (rows: readonly Backup[]) => void) {
    const gateway = openGateway();
    const read = async () => {
      const page = wanted({ first: 200 });
      const { edges } = await readsOf(gateway).backups({ ...BACKUPS, page });
      return edges.map(({ node }) => node);
    };
    const before = await read();
    // Links are signed again, so rows with links have changed.
    ahead += 11_000;
    between(before);
    const after = await read();
    await gateway.close();
    const known = new Set(before);
    return { before, after, isKnown: (backup: Backup) => known.has(backup) };
  }

  test("reuses an unchanged backup, even if its links changed", async () => {
    const { before, after, isKnown } = await readTwice(() => undefined);
    expect(after).toEqual(before);
    expect(after.length).toBeGreaterThan(100);
    expect(after.filter((backup) => !isNew(backup) && !isKnown(backup))).toEqual([]);
    expect(after.filter(isSet).some(isKnown)).toBe(false);
  });

  test("decodes a changed backup again, and nothing else", async () => {
    let changed: Backup[] = [];
    const { after, isKnown } = await readTwice((rows) => {
      changed = Object.keys(PRODUCTS).map((word) =>
        rows.find((row) => row.provider.endsWith(`/${word}`) && !isSet(row) && row.sizeBytes),
      ) as Backup[];
      for (const backup of changed)
        expect(clouds.estate.updateBackup(refOf(backup), { sizeBytes: 12_345_678 })).not.toBeNull();
    });
    const ids = new Set(changed.map(({ id }) => id));
    const decoded = after.filter((backup) => !isNew(backup) && !isKnown(backup));
    expect(new Set(decoded.map(({ id }) => id))).toEqual(ids);
    for (const { sizeBytes } of decoded) expect(sizeBytes).toBe(12_345_678);
  });

  test("drops a backup that is gone", async () => {
    let deleted: Backup | undefined;
    const { after } = await readTwice((rows) => {
      deleted = rows.find((row) => row.provider.endsWith("/redis")) as Backup;
      expect(clouds.estate.deleteBackup(refOf(deleted))).toBe(true);
    });
    expect(after.some(({ id }) => id === deleted?.id)).toBe(false);
  });

  test("reuses an unchanged instance", async () => {
    const gateway = openGateway();
    const read = async () => {
      const { edges } = await readsOf(gateway).instances({
        parent: { type: "Query" },
        page: wanted({ first: 200 }),
        filter: EVERY_INSTANCE,
        onSourceError: "PARTIAL",
      });
      return edges.map(({ node }) => node);
    };
    const before = new Set(await read());
    ahead += 11_000;
    const after = await read();
    expect(after.length).toBeGreaterThan(10);
    for (const instance of after) expect(before.has(instance)).toBe(true);
    await gateway.close();
  });
});
