import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
  buildSchema,
  findBreakingChanges,
  type GraphQLNamedType,
} from "graphql";
import { describe, expect, test } from "vitest";
import { printSdl } from "../../src/graphql/schema.js";
import { schema } from "./run.js";
import { CONTRACT } from "./contractSdl.js";

const ownTypes = (): GraphQLNamedType[] =>
  Object.values(schema().getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

function* partsOf(type: GraphQLNamedType): Generator<[string, Described]> {
  yield [type.name, type];
  if (isEnumType(type))
    for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value];
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields()))
      yield [`${type.name}.${field.name}`, field];
  if (!isObjectType(type) && !isInterfaceType(type)) return;
  for (const field of Object.values(type.getFields())) {
    yield [`${type.name}.${field.name}`, field];
    for (const arg of field.args) yield [`${type.name}.${field.name}(${arg.name})`, arg];
  }
}

describe("the schema", () => {
  test("describes every type, field, argument and enum value", () => {
    const parts = ownTypes().flatMap((type) => [...partsOf(type)]);
    expect(parts.length).toBeGreaterThan(200);
    expect(parts.filter(([, { description }]) => !description?.trim()).map(([at]) => at)).toEqual(
      [],
    );
  });

  test("has what the contract names, as the contract types it", () => {
    expect(findBreakingChanges(buildSchema(CONTRACT), schema())).toEqual([]);
  });

  test("has nothing that the contract does not name", () => {
    expect(findBreakingChanges(schema(), buildSchema(CONTRACT))).toEqual([]);
  });

  test("prints the same when it is built again", () => {
    expect(printSdl()).toBe(`${printSchema(schema())}\n`);
  });

  test("prints text that builds the same schema", () => {
    const sorted = (text: string): string =>
      printSchema(lexicographicSortSchema(buildSchema(text)));
    expect(sorted(printSdl())).toBe(printSchema(lexicographicSortSchema(schema())));
  });

  test("makes every field that a vendor feeds nullable where another field stands beside it", () => {
    const query = schema().getQueryType()?.getFields() ?? {};
    const strict = Object.values(query).filter(({ type }) => type.toString().endsWith("!"));
    expect(strict.map(({ name }) => name)).toEqual(["nodes", "providers", "backupPolicies"]);
    expect(getNamedType(query["nodes"]?.type)?.name).toBe("Node");
    expect(query["nodes"]?.type.toString()).toBe("[Node]!");
  });
});
