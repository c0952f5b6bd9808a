import { buildSubgraphSchema } from "@apollo/subgraph";
import {
  findBreakingChanges,
  isObjectType,
  isScalarType,
  lexicographicSortSchema,
  parse,
  printType,
  validate,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import { describe, expect, test } from "vitest";
import { printSubgraphSdl } from "../../../src/graphql/federation/sdl.js";
import { buildSubgraph } from "../../../src/graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../../../src/graphql/schema.js";
import { fakeReads } from "../fakeReads.js";
import { run, schema } from "../run.js";
import { askSubgraph, subgraph } from "./entity.js";

const QUESTION = `{
  providers { key vendor health { lastSuccessAt } capabilities { paging } }
  backups(first: 2, filter: { startedAfter: "2020-01-01T00:00:00Z" }) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { late node { id startedAt sizeBytes duration raw downloads { url expiresAt }
      instance { id vendor coverage(rpo: "PT24H") { state age } } } }
  }
  nodes(ids: ["nonsense"]) { id }
}`;

/** The types and fields that the federation specification adds, as text. */
const askedByRouters = (schema: GraphQLSchema): string[] => {
  const sorted = lexicographicSortSchema(schema);
  const types = ["_Any", "_Service", "_Entity"].map((name) => printType(sorted.getType(name)!));
  return [...types, ...printType(sorted.getQueryType()!).match(/^ {2}_.*$/gm)!];
};

describe("the subgraph", () => {
  test("answers what the plain schema answers, in the same words", async () => {
    const { reads } = fakeReads();
    const { data, errors } = await run(QUESTION);
    expect(errors).toEqual([]);
    expect(await askSubgraph(reads, QUESTION)).toEqual({ data, errors });
  });

  test("has all that the plain schema has, and only _service and _entities besides", () => {
    expect(findBreakingChanges(schema(), subgraph())).toEqual([]);
    const added = Object.keys(subgraph().getQueryType()?.getFields() ?? {}).filter(
      (name) => !Object.hasOwn(schema().getQueryType()?.getFields() ?? {}, name),
    );
    expect(added.toSorted()).toEqual(["_entities", "_service"]);
  });

  test("has them as Apollo's library makes them of the SDL", () => {
    const made = buildSubgraphSchema(parse(printSubgraphSdl()));
    expect(askedByRouters(subgraph())).toEqual(askedByRouters(made));
  });

  test("answers _service with the SDL that is printed", async () => {
    const { reads, asked } = fakeReads();
    const { data } = await askSubgraph(reads, "{ _service { sdl } }");
    expect(data).toEqual({ _service: { sdl: printSubgraphSdl() } });
    expect(asked).toEqual([]);
  });

  test("keeps the plain schema free of both", () => {
    const document = parse("{ _service { sdl } _entities(representations: []) { __typename } }");
    expect(validate(schema(), document).map(({ message }) => message)).toEqual([
      'Cannot query field "_service" on type "Query".',
      'Cannot query field "_entities" on type "Query".',
    ]);
  });

  test("keeps resolvers and scalars as they are", () => {
    for (const type of Object.values(schema().getTypeMap())) {
      const same = subgraph().getType(type.name);
      if (isScalarType(type) && isScalarType(same) && type.specifiedByURL !== undefined)
        expect(same.serialize).toBe(type.serialize);
      if (!isObjectType(type) || !isObjectType(same) || type.name.startsWith("__")) continue;
      for (const [name, { resolve }] of Object.entries(type.getFields()))
        expect(same.getFields()[name]?.resolve).toBe(resolve);
    }
  });

  test("keeps the extensions of types and fields", () => {
    const plain = buildGatewaySchema();
    const backup = plain.getType("Backup") as GraphQLObjectType;
    backup.extensions = { kept: "type" };
    backup.getFields()["downloads"]!.extensions = { weight: 3000 };
    const built = buildSubgraph(plain).getType("Backup") as GraphQLObjectType;
    expect(built.extensions).toMatchObject({ kept: "type" });
    expect(built.getFields()["downloads"]?.extensions).toEqual({ weight: 3000 });
  });
});
