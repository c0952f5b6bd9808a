import { readFileSync } from "node:fs";
import { buildSchema, isObjectType, type GraphQLObjectType } from "graphql";
import { describe, expect, test } from "vitest";
import { printSubgraphSdl } from "../../../src/graphql/federation/sdl.js";
import { inventorySdl } from "./inventory.js";
import { byApollo, byTheGuild, directivesAt } from "./supergraph.js";

const committed = readFileSync(
  new URL("../../../schema/subgraph.graphql", import.meta.url),
  "utf8",
);
const forRouters = printSubgraphSdl({ routerDirectives: true });

describe.each([
  { name: "@apollo/composition", compose: byApollo },
  { name: "@theguild/federation-composition", compose: byTheGuild },
])("$name", ({ compose }) => {
  test.each([
    { what: "the committed subgraph", sdl: committed, key: "vendor" },
    { what: "the committed subgraph", sdl: committed, key: "providerKey" },
    { what: "the subgraph for routers that check scopes", sdl: forRouters, key: "vendor" },
  ] as const)("composes $what with the inventory by $key, without a hint", ({ sdl, key }) => {
    const { errors, hints, supergraphSdl } = compose(sdl, { inventory: inventorySdl(key) });
    expect({ errors, hints }).toEqual({ errors: [], hints: [] });
    const supergraph = buildSchema(supergraphSdl, { assumeValid: true });
    const instance = supergraph.getType("Instance") as GraphQLObjectType;
    expect(Object.keys(instance.getFields())).toEqual(
      expect.arrayContaining(["id", "nativeId", "backups", "owner", "team"]),
    );
    const fields = Object.keys(supergraph.getQueryType()?.getFields() ?? {});
    expect(fields).toEqual(expect.arrayContaining(["assets", "backups", "instances"]));
    expect(fields).not.toEqual(expect.arrayContaining(["node"]));
  });

  test("composes an inventory that knows fewer vendors", () => {
    const inventory = inventorySdl("vendor").replace(/enum Vendor .*/, "enum Vendor { UCLOUD }");
    expect(compose(committed, { inventory }).errors).toEqual([]);
  });

  test("forwards costs, sizes, tags and scopes to the router", () => {
    const sdl = compose(forRouters).supergraphSdl;
    expect(directivesAt(sdl, "Backup", "downloads")).toMatchObject({
      cost: { weight: 10 },
      tag: { name: "secret" },
      requiresScopes: { scopes: [["backups:download"]] },
    });
    expect(directivesAt(sdl, "Backup", "raw")).toMatchObject({
      requiresScopes: { scopes: [["raw:read"]] },
    });
    expect(directivesAt(sdl, "Query", "backups")).toMatchObject({
      listSize: { assumedSize: 20, slicingArguments: ["first", "last"] },
    });
    expect(compose(committed).supergraphSdl).not.toContain("requiresScopes");
  });

  test("composes it with another subgraph that has its own node and nodes", () => {
    const relay = `extend type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node]! }
      interface Node { id: ID! } type Team implements Node @key(fields: "id") { id: ID! }`;
    expect(compose(committed, { inventory: relay }).errors).toEqual([]);
    const ours = `${committed} extend type Query { node(id: ID!): Node }`;
    expect(compose(ours, { inventory: relay }).errors.join()).toMatch(/Query\.node/);
  });
});
