import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { EVERY_BACKUP } from "../../../src/domain/filter.js";
import { listBackups } from "../../../src/lists/backups.js";
import type { SharedCache } from "../../../src/index/replicas.js";
import { ModelEstate, PLAIN_LIST } from "../../model/modelEstate.js";
import { EPOCH } from "../../model/scenarios.js";
import { ModelGateway, queryOf, SETTINGS } from "../../model/walker.js";
import { wanted } from "../../wantedPage.js";
import { FakeShared } from "../../index/fakeShared.js";

const DAY = 86_400_000;

/** A cache in which instances are looked up for longer than their backups are read. */
function cacheOf(shared: FakeShared, replica: string): SharedCache {
  const cache = shared.of(replica, async () => undefined);
  const get = async (name: string): Promise<string | null> => {
    if (name.startsWith("instances")) for (let i = 0; i < 20; i += 1) await setImmediate();
    return cache.get(name);
  };
  return { ...cache, get };
}

/** One instance of two shards with one backup. */
const estateOfShards = (): ModelEstate =>
  new ModelEstate(
    [
      {
        own: PLAIN_LIST,
        wide: null,
        refusesWide: false,
        instanceList: PLAIN_LIST,
        extent: { oldest: EPOCH - 9 * DAY, newest: EPOCH - DAY, order: "newestFirst", grain: 1 },
        regions: 1,
        instances: [{ region: 0, ageMs: null, listed: true, shards: 2 }],
        rows: [{ instance: 0, start: 0.5, lasts: null }],
        sharded: true,
      },
    ],
    EPOCH,
  );

describe("an instance that grows shards while its lists are shared", () => {
  test("is judged by its shards on every replica", async () => {
    const estate = estateOfShards();
    const shared = new FakeShared();
    const replicas = ["a", "b"].map(
      (name) => new ModelGateway(estate, {}, { sharedOf: () => cacheOf(shared, name) }),
    );
    const statusOn = async (gateway: ModelGateway | undefined): Promise<string | undefined> => {
      const query = queryOf({ order: "STARTED_AT_DESC", backwards: false, filter: EVERY_BACKUP });
      const page = wanted({ first: 5 });
      const { edges } = await listBackups((gateway as ModelGateway).open(), { ...query, page });
      return edges[0]?.node.status;
    };
    expect(await statusOn(replicas[0])).toBe("SUCCEEDED");
    const [instance] = estate.regions[0]?.instances.rows ?? [];
    Object.assign(instance ?? {}, { facts: { ...instance?.facts, shardCount: 3 } });
    estate.world.now += 2 * SETTINGS.ttlMs;
    expect([await statusOn(replicas[0]), await statusOn(replicas[1])]).toEqual([
      "FAILED",
      "FAILED",
    ]);
  });
});
