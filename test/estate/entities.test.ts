import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { entitiesOf } from "../graphql/federation/entity.js";
import { BACKUPS, gatewayOver, NO_PAGE, readsOf } from "./gateway.js";

const ENTITIES = 1000;

describe("1,000 entities of an estate of 200 instances with 10 backups each", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startClouds({
      estate: { instances: 50, backupsEach: 10 },
      upstream: { rate: 1000 },
    });
  });
  afterAll(() => clouds.close());

  /** The vendor calls of a gateway that has read nothing before. */
  async function callsOf<T>(read: () => Promise<T>): Promise<[T, Record<string, number>]> {
    gateway = gatewayOver(clouds, { limits: { first: ENTITIES, scanRows: 20_000 } });
    clouds.calls.reset();
    const answer = await read();
    await gateway.close();
    return [answer, { ...clouds.calls.counts() }];
  }
  const page = { ...NO_PAGE, first: ENTITIES };
  const sum = (calls: Record<string, number>): number =>
    Object.values(calls).reduce((all, one) => all + one, 0);

  test("of backups cost no more calls than the instances that they are of, and their lists", async () => {
    const [list, ofList] = await callsOf(() => readsOf(gateway).backups({ ...BACKUPS, page }));
    const ids = list.edges.map(({ node }) => node.id);
    expect(ids).toHaveLength(ENTITIES);
    const representations = ids.map((id) => ({ __typename: "Backup", id }));
    const [{ entities, errors }, ofEntities] = await callsOf(() =>
      entitiesOf(readsOf(gateway), representations, "... on Backup { id }"),
    );
    expect(errors).toEqual([]);
    expect(entities).toEqual(ids.map((id) => ({ id })));
    const instances = new Set(list.edges.map(({ node }) => node.instanceNativeId)).size;
    expect(sum(ofEntities)).toBeLessThanOrEqual(Math.min(sum(ofList) + instances, ENTITIES / 3));
  });

  test("of instances cost the vendor calls of their list, by either key", async () => {
    const [list, ofList] = await callsOf(() =>
      readsOf(gateway).instances({
        parent: { type: "Query" },
        page,
        filter: null,
        onSourceError: "PARTIAL",
      }),
    );
    const rows = list.edges.map(({ node }) => node);
    expect(rows).toHaveLength(200);
    const vendors = new Map(
      readsOf(gateway)
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
      const [{ entities, errors }, ofEntities] = await callsOf(() =>
        entitiesOf(readsOf(gateway), representations, "... on Instance { id }"),
      );
      expect(errors).toEqual([]);
      expect(entities).toEqual(
        Array.from({ length: ENTITIES }, (_, i) => ({ id: rows[i % rows.length]?.id })),
      );
      expect(ofEntities).toEqual(ofList);
    }
  });
});
