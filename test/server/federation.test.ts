import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ANYONE } from "../../src/domain/principal.js";
import { ClientError } from "../../src/errors.js";
import { printSubgraphSdl } from "../../src/graphql/federation/sdl.js";
import { makeRouterCheck } from "../../src/server/apollo.js";
import { INSTANCES } from "../graphql/fakeEstate.js";
import { subgraph } from "../graphql/federation/entity.js";
import { ask, codesOf, serve } from "./harness.js";

const SECRET = "the routers' secret";
const HEADERS = { "x-gateway-secret": SECRET };
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const serveSubgraph = (secretSha256: string | null) =>
  serve({ federation: { schema: subgraph(), secretSha256 } });

const SERVICE = "{ _service { sdl } }";
const ENTITIES = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Instance { name } } }`;
const OF = { of: [{ __typename: "Instance", id: INSTANCES[0]!.id }] };

describe("a subgraph with a secret", () => {
  test("answers _service and _entities to who has it", async () => {
    const { url } = await serveSubgraph(sha256(SECRET));
    const service = await ask(url, SERVICE, HEADERS);
    expect(service.body.data).toEqual({ _service: { sdl: printSubgraphSdl() } });
    const entities = await ask(url, ENTITIES, HEADERS, OF);
    expect(entities.body).toEqual({ data: { _entities: [{ name: "name of r-1" }] } });
  });

  test.each([
    ["no secret", {}],
    ["an empty one", { "x-gateway-secret": "" }],
    ["a wrong one", { "x-gateway-secret": "another" }],
    ["the hash itself", { "x-gateway-secret": sha256(SECRET) }],
  ])("does not know either field for %s", async (_, headers) => {
    const { url } = await serveSubgraph(sha256(SECRET));
    const service = await ask(url, SERVICE, headers);
    expect(codesOf(service)).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
    expect(service.body.errors?.[0]?.message).toBe(
      'Cannot query field "_service" on type "Query".',
    );
    const entities = await ask(url, ENTITIES, headers, OF);
    expect(new Set(codesOf(entities))).toEqual(new Set(["GRAPHQL_VALIDATION_FAILED"]));
    expect(JSON.stringify(entities.body)).not.toContain("name of");
  });

  test("answers everything else to anybody, node among it, and in the same words", async () => {
    const { url } = await serveSubgraph(sha256(SECRET));
    const source = `{ node(id: "${INSTANCES[1]!.id}") { id } providers { key } }`;
    const plain = await ask(url, source);
    const routed = await ask(url, source, HEADERS);
    expect(plain.body.data).toMatchObject({ node: { id: INSTANCES[1]!.id } });
    expect(routed.body).toEqual(plain.body);
  });

  test("takes the secret for no proof of who asks", async () => {
    const { url } = await serve({
      federation: { schema: subgraph(), secretSha256: sha256("s") },
      authenticate: async () => {
        throw new ClientError("UNAUTHENTICATED", "No key.");
      },
    });
    const answer = await ask(url, ENTITIES, { "x-gateway-secret": "s" }, OF);
    expect([answer.status, codesOf(answer)]).toEqual([401, ["UNAUTHENTICATED"]]);
  });

  test("keeps guarded fields from a router whose caller lacks the scope", async () => {
    const { url } = await serve({
      federation: { schema: subgraph(), secretSha256: sha256("s") },
      authenticate: async () => ({ ...ANYONE, scopes: new Set(["backups:read"]) }),
    });
    const source = `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on Instance { latestBackup { downloads { url } } } }
    }`;
    const answer = await ask(url, source, { "x-gateway-secret": "s" }, OF);
    expect(codesOf(answer)).toEqual(["FORBIDDEN"]);
    expect(answer.body.data).toEqual({ _entities: [{ latestBackup: { downloads: null } }] });
  });
});

describe("a gateway", () => {
  test("that is a subgraph without a secret takes everybody for a router", async () => {
    const { url } = await serveSubgraph(null);
    const { body } = await ask(url, ENTITIES, {}, OF);
    expect(body).toEqual({ data: { _entities: [{ name: "name of r-1" }] } });
  });

  test("that is no subgraph knows neither field, whatever the header says", async () => {
    const { url } = await serve({ federation: null });
    expect(codesOf(await ask(url, SERVICE, { "x-gateway-secret": "any" }))).toEqual([
      "GRAPHQL_VALIDATION_FAILED",
    ]);
  });
});

describe("the check of the secret", () => {
  test("reads the one header that is there, and no list of them", () => {
    const isRouter = makeRouterCheck({ secretSha256: sha256("s") });
    expect(isRouter({ "x-gateway-secret": "s" })).toBe(true);
    expect(isRouter({ "x-gateway-secret": ["s", "s"] })).toBe(false);
    expect(isRouter({})).toBe(false);
  });

  test("hashes the bytes that were sent, like the digest in the config", () => {
    const isRouter = makeRouterCheck({ secretSha256: sha256("clé") });
    const sent = Buffer.from("clé", "utf8").toString("latin1");
    expect(isRouter({ "x-gateway-secret": sent })).toBe(true);
  });
});
