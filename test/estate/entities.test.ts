import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Gateway, GatewayParts } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { Backup } from "../../src/domain/backup.js";
import {
  EVERY_BACKUP,
  type BackupFilter,
  type OnSourceError,
  EVERY_INSTANCE,
} from "../../src/domain/filter.js";
import { providerId } from "../../src/domain/id.js";
import type { Reads } from "../../src/domain/reads.js";
import { entitiesOf } from "../graphql/federation/entity.js";
import { BACKUPS, gatewayOver, readsOf } from "./gateway.js";
import { sized } from "../runs.js";
import { startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

/** All of a product. */
const ENTITIES = sized(600, 1_000);
const INSTANCES = ENTITIES / 20;
const PRODUCTS = [
  "kvstore",
  "redis",
  "umem",
  "uredis",
  "elasticache",
  "elasticache-serverless",
  "memorydb",
  "rdb",
];

type Calls = Readonly<Record<string, number>>;

const page = wanted({ first: ENTITIES });
const sum = (calls: Calls): number => Object.values(calls).reduce((all, one) => all + one, 0);
const of = (calls: Calls, action: string): number => calls[action] ?? 0;
const asBackup = ({ id }: Backup) => ({ __typename: "Backup", id });

/** The ids of entities, in their order. */
async function askedOf(reads: Reads, representations: readonly unknown[]): Promise<unknown[]> {
  const selection = "... on Backup { id } ... on Instance { id } ... on Provider { id }";
  const { entities, errors } = await entitiesOf(reads, representations, selection);
  expect(errors).toEqual([]);
  return (entities ?? []).map((entity) => (entity as { id: string } | null)?.id ?? null);
}

const filterOf = (providers: readonly string[] | null): BackupFilter => ({
  ...EVERY_BACKUP,
  providers,
});

const listed = async (reads: Reads, providers: readonly string[] | null): Promise<Backup[]> => {
  const { edges } = await reads.backups({ ...BACKUPS, page, filter: filterOf(providers) });
  return edges.map(({ node }) => node);
};

describe(`${ENTITIES} entities of an estate of ${INSTANCES} instances of each product with 20 backups each`, () => {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await startStillClouds({ estate: { instances: INSTANCES, backupsEach: 20 } });
  });
  afterAll(() => clouds.close());
  afterEach(() => clouds.knobs.reset());

  /** What a gateway that has read nothing before gives, and the vendor calls that it makes. */
  async function callsOf<T>(
    read: (gateway: Gateway) => Promise<T>,
    parts: Partial<GatewayParts> = {},
  ): Promise<[T, Calls]> {
    const accounts = clouds.accounts.map((account) => ({
      ...account,
      upstream: { ...account.upstream, rate: 1000 },
    }));
    const gateway = gatewayOver(clouds, { accounts, ...parts });
    clouds.calls.reset();
    const answer = await read(gateway);
    await gateway.close();
    return [answer, { ...clouds.calls.counts() }];
  }

  test.each([null, ...PRODUCTS])(
    "of backups cost no call more than their list (of %s)",
    async (product) => {
      const keys = readsOf(gatewayOver(clouds))
        .providers()
        .map(({ key }) => key);
      const providers = product === null ? null : keys.filter((key) => key.endsWith(`/${product}`));
      const [list, ofList] = await callsOf((gateway) => listed(readsOf(gateway), providers));
      expect(list).toHaveLength(ENTITIES);
      const [ids, ofEntities] = await callsOf((gateway) =>
        askedOf(readsOf(gateway), list.map(asBackup)),
      );
      expect(ids).toEqual(list.map(({ id }) => id));
      for (const [action, calls] of Object.entries(ofEntities))
        expect([action, calls]).toEqual([action, Math.min(calls, of(ofList, action))]);
    },
  );

  test("of backups cost nothing where their list was read", async () => {
    const [, calls] = await callsOf(async (gateway) => {
      const list = await listed(readsOf(gateway), null);
      clouds.calls.reset();
      expect(await askedOf(readsOf(gateway), list.map(asBackup))).toHaveLength(ENTITIES);
    });
    expect(calls).toEqual({});
  });

  test("of backups of instances that are gone are found as well", async () => {
    const [list] = await callsOf((gateway) => listed(readsOf(gateway), ["demo-tencent/redis"]));
    const gone = [...new Set(list.map(({ instanceNativeId }) => instanceNativeId))].slice(0, 5);
    for (const id of gone) clouds.estate.deleteInstance("TENCENT_REDIS", id);
    const [ids] = await callsOf((gateway) => askedOf(readsOf(gateway), list.map(asBackup)));
    expect(ids).toEqual(list.map(({ id }) => id));
    const far = gone.map((id, i) => list.filter((row) => row.instanceNativeId === id)[i * 4]);
    const some = far.flatMap((row) => row ?? []);
    const [found] = await callsOf((gateway) => askedOf(readsOf(gateway), some.map(asBackup)));
    expect(found).toEqual(some.map(({ id }) => id));
    expect(found).toHaveLength(5);
  });

  test("that are few and far between are asked of their instances", async () => {
    const [list] = await callsOf((gateway) => listed(readsOf(gateway), ["demo-tencent/redis"]));
    const region = list[0]?.region ?? "";
    const [a, b, c] = clouds.estate.instances("TENCENT_REDIS", region);
    const far = [a, b, c].flatMap((instance, i) => {
      const own = list.filter((row) => row.instanceNativeId === instance?.nativeId);
      return own[i * 9] ?? [];
    });
    expect(far).toHaveLength(3);
    const [ids, calls] = await callsOf((gateway) => askedOf(readsOf(gateway), far.map(asBackup)));
    expect(ids).toEqual(far.map(({ id }) => id));
    // The list of all takes some calls to find its measure; the others are two instances and their list.
    expect(calls).toMatchObject({ "tencent DescribeInstances": 1 });
    expect(sum(calls)).toBeLessThanOrEqual(4 + 1 + 2);
  });

  test("of backups are read one by one where the list of all is refused, and name the failure where all fail", async () => {
    const [list] = await callsOf((gateway) => listed(readsOf(gateway), ["demo-ucloud/uredis"]));
    clouds.knobs.set("ucloud", { wide: "refused" });
    const [ids] = await callsOf((gateway) => askedOf(readsOf(gateway), list.map(asBackup)));
    expect(ids).toEqual(list.map(({ id }) => id));
    clouds.knobs.reset();
    clouds.knobs.faults.add({ vendor: "ucloud", effect: { kind: "status", status: 403 } });
    const [{ entities, errors }] = await callsOf((gateway) =>
      entitiesOf(readsOf(gateway), list.slice(0, 9).map(asBackup), "... on Backup { id }"),
    );
    expect(entities).toEqual(Array.from({ length: 9 }, () => null));
    expect(errors.map(({ extensions }) => extensions["code"])).toEqual(
      Array.from({ length: 9 }, () => "UPSTREAM_FAILED"),
    );
  });

  test("of instances cost the vendor calls of their list, by either key", async () => {
    const onSourceError: OnSourceError = "PARTIAL";
    const query = {
      parent: { type: "Query" },
      page,
      filter: EVERY_INSTANCE,
      onSourceError,
    } as const;
    const [list, ofList] = await callsOf((gateway) => readsOf(gateway).instances(query));
    const rows = list.edges.map(({ node }) => node);
    const vendors = new Map(
      readsOf(gatewayOver(clouds))
        .providers()
        .map(({ key, vendor }) => [key, vendor]),
    );
    const byId = rows.map(({ id }) => ({ __typename: "Instance", id }));
    const byNativeId = rows.map(({ provider, region, nativeId }) => ({
      __typename: "Instance",
      vendor: vendors.get(provider),
      region,
      nativeId,
    }));
    for (const keys of [byId, byNativeId]) {
      const representations = Array.from({ length: ENTITIES }, (_, i) => keys[i % keys.length]);
      const [ids, ofEntities] = await callsOf((gateway) =>
        askedOf(readsOf(gateway), representations),
      );
      expect(ids).toEqual(representations.map((_, i) => rows[i % rows.length]?.id));
      expect(Object.keys(ofEntities).sort()).toEqual(Object.keys(ofList).sort());
      // What one region's list shows of its vendor's count may save a call of another's.
      for (const [call, count] of Object.entries(ofEntities))
        expect(count).toBeLessThanOrEqual(ofList[call] as number);
    }
  });

  test("of providers cost no call, as their list does", async () => {
    const [, calls] = await callsOf(async (gateway) => {
      const ids = readsOf(gateway)
        .providers()
        .map(({ key }) => providerId(key));
      const representations = Array.from({ length: ENTITIES }, (_, i) => ({
        __typename: "Provider",
        id: ids[i % ids.length],
      }));
      expect(await askedOf(readsOf(gateway), representations)).toEqual(
        representations.map(({ id }) => id),
      );
    });
    expect(calls).toEqual({});
  });
});
