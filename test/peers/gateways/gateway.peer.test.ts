import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { printSubgraphSdl } from "../../../src/graphql/federation/sdl.js";
import { ask, serveGateway, type Served } from "../served.js";
import {
  inventorySdl,
  KEYS,
  serveInventory,
  type Asset,
  type Inventory,
  type Key,
} from "./inventory.js";
import { serveRouter, type Router } from "./router.js";
import { byApollo, byTheGuild } from "./supergraph.js";

const SECRET = "what only the router knows";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const keyed = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

/** The products of AWS share native ids, so that the key without a provider fits several instances. */
const WITHOUT_AWS = ["demo-ucloud", "demo-tencent", "demo-alibaba"];

const CONFIG = {
  federation: { enabled: true, secretSha256: sha256(SECRET) },
  cache: { ttl: "PT0S" },
  auth: {
    mode: "apiKey",
    apiKeys: [
      {
        name: "all",
        sha256: sha256("all"),
        scopes: ["backups:read", "backups:download", "raw:read", "metrics:read"],
        accounts: WITHOUT_AWS,
      },
      {
        name: "reader",
        sha256: sha256("reader"),
        scopes: ["backups:read"],
        accounts: WITHOUT_AWS,
      },
      {
        name: "one account",
        sha256: sha256("one"),
        scopes: ["backups:read"],
        accounts: ["demo-alibaba"],
      },
    ],
  },
};

/** Two instances of each product, and what the inventory says about them. */
async function assetsOf({ url }: Served): Promise<Asset[]> {
  const { data } = await ask(
    url,
    "{ providers { product instances(first: 2) { nodes { vendor providerKey region nativeId } } } }",
    keyed("all"),
  );
  return data.providers.flatMap(({ product, instances }: any) =>
    instances.nodes.map((key: Omit<Asset, "owner" | "team">) => ({
      ...key,
      owner: `owner of ${key.nativeId}`,
      team: product.toLowerCase(),
    })),
  );
}

const GHOST: Asset = {
  vendor: "TENCENT",
  providerKey: "demo-tencent/redis",
  region: "ap-guangzhou",
  nativeId: "crs-nobody",
  owner: "nobody",
  team: "ghosts",
};

let served: Served;
let inventories: Record<Key, Inventory>;
let assets: Asset[];

beforeAll(async () => {
  served = await serveGateway(CONFIG);
  assets = await assetsOf(served);
  expect(assets).toHaveLength(8);
  inventories = {
    vendor: await serveInventory([...assets, GHOST], "vendor"),
    providerKey: await serveInventory([...assets, GHOST], "providerKey"),
  };
});
afterEach(() => served.clouds.knobs.reset());
afterAll(async () => {
  for (const key of KEYS) await inventories[key].close();
  await served.close();
});

const vendorOf = ({ nativeId }: Asset): string | undefined =>
  assets.find((asset) => asset.nativeId === nativeId)?.vendor;

/** How our subgraph is composed with an inventory that knows instances by a key. */
const beside = (key: Key) => ({
  inventory: inventorySdl(key),
  urls: { backups: served.url, inventory: inventories[key].url },
});

describe.each(
  KEYS.flatMap((key) => [
    { composer: "@apollo/composition", compose: byApollo, key },
    { composer: "@theguild/federation-composition", compose: byTheGuild, key },
  ]),
)("@apollo/gateway with the supergraph of $composer, by $key", ({ compose, key }) => {
  let router: Router;
  beforeAll(async () => {
    router = await serveRouter(compose(printSubgraphSdl(), beside(key)).supergraphSdl, SECRET);
  });
  beforeEach(() => void router.taken());
  afterAll(() => router.close());
  const route = (query: string, key = "all", variables = {}) =>
    ask(router.url, query, { ...keyed(key), variables });

  test("adds what the inventory knows to the gateway's own list", async () => {
    const ids = assets.map(({ nativeId }) => nativeId);
    const { data, errors } = await route(
      `query ($ids: [String!]) { instances(first: 50, filter: { nativeIds: $ids }) {
        complete nodes { nativeId owner team provider { key } } } }`,
      "all",
      { ids },
    );
    expect(errors).toBeUndefined();
    expect(data.instances.complete).toBe(true);
    expect(data.instances.nodes).toHaveLength(assets.length);
    for (const { nativeId, owner, team } of data.instances.nodes)
      expect({ owner, team }).toEqual({
        owner: `owner of ${nativeId}`,
        team: assets.find((asset) => asset.nativeId === nativeId)?.team,
      });
  });

  test("finds the gateway's instances by what the inventory knows about them", async () => {
    const fields = "name status memoryBytes latestBackup { id startedAt }";
    const { data, errors } = await route(`{ assets { id nativeId owner ${fields} } }`);
    expect(errors).toBeUndefined();
    expect(data.assets.map((asset: Asset | null) => asset?.nativeId)).toEqual([
      ...assets.map(({ nativeId }) => nativeId),
      undefined,
    ]);
    for (const { id, owner, nativeId, ...shown } of data.assets.slice(0, -1)) {
      const direct = await ask(served.url, `{ instance(id: "${id}") { ${fields} } }`, keyed("all"));
      expect(shown).toEqual(direct.data.instance);
      expect(owner).toBe(`owner of ${nativeId}`);
    }
  });

  test("fetches all entities at once, with the calls of the lists that contain them", async () => {
    const QUERY = "{ assets { nativeId name } }";
    served.clouds.calls.reset();
    await route(QUERY);
    const fetched = router.taken();
    expect(fetched.map(({ subgraph }) => subgraph)).toEqual(["inventory", "backups"]);
    expect(fetched[1]?.query).toContain("_entities");
    expect(fetched[1]?.variables["representations"]).toHaveLength(assets.length + 1);
    const ofEntities = served.clouds.calls.counts();
    served.clouds.calls.reset();
    await ask(served.url, "{ instances(first: 200) { nodes { name } } }", keyed("all"));
    const ofList = served.clouds.calls.counts();
    for (const [action, count] of Object.entries(ofEntities))
      expect([action, count]).toEqual([action, Math.min(count, ofList[action] ?? 0)]);
  });

  test("returns null without an error for an instance that does not exist", async () => {
    const { data, errors } = await route('{ assets(team: "ghosts") { owner name } }');
    expect(errors).toBeUndefined();
    expect(data.assets).toEqual([{ owner: "nobody", name: null }]);
  });

  test("names the cloud that cannot be read, and keeps the rest", async () => {
    served.clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "status", status: 503 } });
    const { data, errors } = await route("{ assets { nativeId owner name } }");
    const named = data.assets.filter(({ name }: { name: string | null }) => name !== null);
    expect(new Set(named.map(vendorOf))).toEqual(new Set(["ALIBABA", "UCLOUD"]));
    expect(named).toHaveLength(6);
    expect(data.assets.every(({ owner }: Asset) => owner.length > 0)).toBe(true);
    expect(errors?.length).toBeGreaterThan(0);
    for (const { extensions } of errors ?? [])
      expect(extensions).toMatchObject({
        code: "UPSTREAM_FAILED",
        issue: "UNAVAILABLE",
        provider: "demo-tencent/redis",
        retryable: true,
      });
  });

  test("forwards what an incomplete list says about itself", async () => {
    served.clouds.knobs.faults.add({ vendor: "alibaba", effect: { kind: "reset" } });
    const { data, errors } = await route(`{ backups(first: 20) {
      complete issues { code provider { key } } nodes { instance { nativeId owner } } } }`);
    expect(errors).toBeUndefined();
    expect(data.backups.complete).toBe(false);
    expect(data.backups.issues).toContainEqual({
      code: "UNAVAILABLE",
      provider: { key: "demo-alibaba/kvstore" },
    });
    expect(data.backups.nodes).toHaveLength(20);
  });

  test.each([
    { query: "{ backups(first: 100000) { complete } }", code: "BAD_USER_INPUT" },
    { query: '{ backups(after: "nonsense") { complete } }', code: "CURSOR_INVALID" },
  ])("passes $code on", async ({ query, code }) => {
    const { data, errors } = await route(query);
    expect(data).toEqual({ backups: null });
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual([code]);
  });

  test("nobody can read through it what the key does not allow", async () => {
    const { data, errors } = await route(
      "{ assets { nativeId latestBackup { id downloads { url } raw } } }",
      "reader",
    );
    const latest = data.assets.flatMap((asset: any) => asset?.latestBackup ?? []);
    expect(latest.length).toBeGreaterThan(0);
    for (const { id, ...guarded } of latest) {
      expect(id).toEqual(expect.any(String));
      expect(guarded).toEqual({ downloads: null, raw: null });
    }
    const codes = errors?.map(({ extensions }) => extensions["code"]) ?? [];
    expect(codes).toEqual(Array(2 * latest.length).fill("FORBIDDEN"));
  });

  test("shows a key with one account only the entities of that account", async () => {
    const { data, errors } = await route("{ assets { nativeId owner name } }", "one");
    expect(errors).toBeUndefined();
    for (const asset of data.assets) {
      expect(asset.owner).toEqual(expect.any(String));
      expect(asset.name !== null).toBe(vendorOf(asset) === "ALIBABA");
    }
  });

  test("shows no stack trace", async () => {
    const { errors } = await route("{ backups(first: -1) { complete } }");
    expect(JSON.stringify(errors)).not.toContain("src/");
  });
});

describe("a router", () => {
  test("without the secret gets no entities", async () => {
    const { supergraphSdl } = byApollo(printSubgraphSdl(), beside("vendor"));
    const router = await serveRouter(supergraphSdl, null);
    const { data, errors } = await ask(router.url, "{ assets { owner name } }", keyed("all"));
    expect(data.assets.every(({ name }: { name: string | null }) => name === null)).toBe(true);
    expect(errors?.[0]?.extensions["code"]).toBe("GRAPHQL_VALIDATION_FAILED");
    await router.close();
  });

  test("of @apollo/gateway refuses a supergraph with scopes, so they are printed on demand", async () => {
    const sdl = printSubgraphSdl({ routerDirectives: true });
    const { supergraphSdl } = byApollo(sdl, beside("vendor"));
    await expect(serveRouter(supergraphSdl, SECRET)).rejects.toThrow(/requiresScopes/);
  });
});
