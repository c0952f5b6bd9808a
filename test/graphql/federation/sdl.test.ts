import {
  buildSchema,
  isObjectType,
  Kind,
  parse,
  type ConstDirectiveNode,
  type ObjectTypeDefinitionNode,
} from "graphql";
import { describe, expect, test } from "vitest";
import { ROUTER_MARKS, SUBGRAPH_MARKS } from "../../../src/graphql/federation/sdl.js";
import { printSubgraphSdl } from "../../../src/graphql/federation/sdl.js";
import { schema } from "../run.js";

const typesOf = (sdl: string): Map<string, ObjectTypeDefinitionNode> =>
  new Map(
    parse(sdl)
      .definitions.filter((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );

/** Directives of a type, or of a field as `Type.field`. */
function directivesAt(sdl: string, place: string): readonly ConstDirectiveNode[] {
  const [name = "", key] = place.split(".");
  const type = typesOf(sdl).get(name);
  const bearer = key === undefined ? type : type?.fields?.find((field) => field.name.value === key);
  return bearer?.directives ?? [];
}

const namesAt = (sdl: string, place: string): string[] =>
  directivesAt(sdl, place).map(({ name }) => name.value);

describe("the subgraph's SDL", () => {
  const sdl = printSubgraphSdl();
  const forRouters = printSubgraphSdl({ routerDirectives: true });

  test("links the newest federation that every composer takes, and imports what it uses", () => {
    expect(sdl.split("\n")[0]).toBe(
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", ' +
        'import: ["@cost", "@key", "@listSize", "@shareable", "@tag"])',
    );
  });

  test("leaves out node and nodes, and keeps every other field of every type", () => {
    const published = typesOf(sdl);
    for (const type of Object.values(schema().getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith("__")) continue;
      const wanted = Object.keys(type.getFields());
      const left = type.name === "Query" ? ["node", "nodes"] : [];
      const fields = published.get(type.name)?.fields?.map(({ name }) => name.value);
      expect(fields).toEqual(wanted.filter((field) => !left.includes(field)));
    }
  });

  test("keys its entities", () => {
    const keysOf = (type: string) =>
      directivesAt(sdl, type)
        .filter(({ name }) => name.value === "key")
        .map(({ arguments: [fields] = [] }) =>
          fields?.value.kind === Kind.STRING ? fields.value.value : null,
        );
    expect(keysOf("Provider")).toEqual(["id"]);
    expect(keysOf("Instance")).toEqual([
      "id",
      "providerKey region nativeId",
      "vendor region nativeId",
    ]);
    expect(keysOf("Backup")).toEqual(["id"]);
    const keyed = [...typesOf(sdl).keys()].filter((type) => keysOf(type).length > 0);
    expect(keyed.toSorted()).toEqual(["Backup", "Instance", "Provider"]);
  });

  test("shares PageInfo with other subgraphs", () => {
    expect(namesAt(sdl, "PageInfo")).toEqual(["shareable"]);
  });

  test("says of every connection how large its pages are", () => {
    const connections = [...typesOf(sdl).values()].flatMap((type) =>
      (type.fields ?? [])
        .filter(
          ({ type: of }) =>
            (of.kind === Kind.NON_NULL_TYPE ? of.type : of).kind === Kind.NAMED_TYPE &&
            JSON.stringify(of).includes('Connection"'),
        )
        .map((field) => `${type.name.value}.${field.name.value}`),
    );
    expect(connections.length).toBeGreaterThanOrEqual(6);
    for (const place of connections) expect(namesAt(sdl, place)).toContain("listSize");
  });

  test.each(Object.entries({ ...SUBGRAPH_MARKS, ...ROUTER_MARKS }))(
    "%s is there to be marked",
    (place) => {
      expect(namesAt(forRouters, place).length).toBeGreaterThan(0);
    },
  );

  test("has scopes only where routers check them", () => {
    expect(sdl).not.toContain("requiresScopes");
    expect(forRouters).toContain('"@requiresScopes"');
    expect(namesAt(forRouters, "Backup.downloads")).toEqual(["cost", "tag", "requiresScopes"]);
    expect(namesAt(forRouters, "Backup.raw")).toEqual(["tag", "requiresScopes"]);
  });

  test("describes every type as the plain schema does", () => {
    const [, body = ""] = sdl.split(/^extend schema .*$/m);
    const published = buildSchema(body, { assumeValidSDL: true });
    for (const { name, description } of Object.values(schema().getTypeMap()))
      expect(published.getType(name)?.description).toBe(description);
  });
});
