import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLSchema,
} from "graphql";
import { DEFAULT_PAGE_SIZE } from "../../paging/pageArgs.js";
import { listOf, type Args, type VendorCalls } from "./vendorCalls.js";

const isList = ({ type }: GraphQLField<unknown, unknown>): boolean =>
  isListType(getNullableType(type));

/** Whether a field returns a page of a list, by the name of its type. */
export const isConnection = ({ type }: GraphQLField<unknown, unknown>): boolean =>
  getNamedType(type).name.endsWith("Connection");

/** The average length of each list of a schema's introspection, by `Type.field`. */
export type MetaLists = ReadonlyMap<string, number>;

/**
 * Measures the introspection lists of a schema.
 *
 * With averages, a query for all fields of all types costs exactly as many objects as it returns.
 */
export function metaListsOf(schema: GraphQLSchema): MetaLists {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const outputs = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = outputs.flatMap((type) => Object.values(type.getFields()));
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  const inputs = types
    .filter(isInputObjectType)
    .map((type) => Object.keys(type.getFields()).length);
  const values = types.filter(isEnumType).map((type) => type.getValues().length);
  const args = fields.map((field) => field.args.length);
  const directiveArgs = directives.map((directive) => directive.args.length);
  const each = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  return new Map([
    ["__Schema.types", types.length],
    ["__Schema.directives", directives.length],
    ["__Type.fields", each(fields.length, types.length)],
    ["__Type.inputFields", each(sum(inputs), types.length)],
    ["__Type.enumValues", each(sum(values), types.length)],
    ["__Type.interfaces", 1],
    ["__Type.possibleTypes", 1],
    ["__Field.args", each(sum(args), fields.length)],
    ["__Directive.args", each(sum(directiveArgs), directives.length)],
  ]);
}

/** What bounds the length of lists. */
export interface ListBounds {
  readonly metaLists: MetaLists;
  readonly vendorCalls: VendorCalls;
  /** Rows of one page. */
  readonly maxPage: number;
}

/** A field that returns objects. */
export interface ObjectField {
  /** As `Type.field`. */
  readonly name: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly args: Args;
  /** Rows of the connection that the field is selected on. */
  readonly page: number;
  /** Whether its objects contain no list. */
  readonly isPlain: boolean;
}

/** Download links of one backup: a public and an internal one for each of sixteen shards. */
const LINKS = 32;

/** The largest number of objects that a field can return. */
export function lengthOf(
  list: ObjectField,
  { metaLists, vendorCalls, maxPage }: ListBounds,
): number {
  const { name, field, args, page, isPlain } = list;
  if (!isList(field)) return 1;
  const described = metaLists.get(name);
  if (described !== undefined) return described;
  switch (name) {
    case "Query._entities":
      return listOf(args["representations"]).length;
    case "Query.nodes":
      return listOf(args["ids"]).length;
    case "Query.providers":
      return vendorCalls.providers;
    case "Backup.downloads":
      return LINKS;
  }
  if (/Connection\.(?:edges|nodes)$/.test(name)) return page;
  if (getNamedType(field.type).name !== "SourceIssue") return maxPage;
  // Issues and their providers are counted once per place; anything below them once per source.
  return isPlain ? vendorCalls.placeCount : vendorCalls.sources;
}

/** The page size that a connection is asked for. A size that will be refused counts as the nearest valid one. */
export function pageSize({ first, last }: Args, maxPage: number): number {
  const asked = typeof last === "number" ? last : typeof first === "number" ? first : null;
  return Math.min(Math.max(asked ?? DEFAULT_PAGE_SIZE, 0), maxPage);
}
