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
import type { CallTally } from "./callTally.js";
import { listOf } from "./fieldFacts.js";

/** A field's arguments, with their defaults filled in. */
export type Args = Readonly<Record<string, unknown>>;

const isList = ({ type }: GraphQLField<unknown, unknown>): boolean =>
  isListType(getNullableType(type));

/** Whether a field gives a page of a list, by its type's name. */
export const isConnection = ({ type }: GraphQLField<unknown, unknown>): boolean =>
  getNamedType(type).name.endsWith("Connection");

/** How long each list of a schema's own description is on average, by `Type.field`. */
export type DescriptionLists = ReadonlyMap<string, number>;

/**
 * Counts what a schema holds.
 *
 * Averages, because with them a question for all fields of all types is counted as exactly as long as
 * its answer is.
 */
export function descriptionListsOf(schema: GraphQLSchema): DescriptionLists {
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

/** What tells how long lists may be. */
export interface ListParts {
  readonly descriptions: DescriptionLists;
  readonly tally: CallTally;
  /** Rows of one page. */
  readonly maxPage: number;
}

/** A field that gives objects. */
export interface AskedList {
  /** As `Type.field`. */
  readonly name: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly args: Args;
  /** Rows of the connection that it is selected on. */
  readonly page: number;
  /** Whether no object below it holds a list. */
  readonly isPlain: boolean;
}

/** Links of one backup: public and internal ones of sixteen shards. */
const LINKS = 32;

/** How many objects a field gives at worst. */
export function lengthOf(list: AskedList, { descriptions, tally, maxPage }: ListParts): number {
  const { name, field, args, page, isPlain } = list;
  if (!isList(field)) return 1;
  const described = descriptions.get(name);
  if (described !== undefined) return described;
  switch (name) {
    case "Query._entities":
      return listOf(args["representations"]).length;
    case "Query.nodes":
      return listOf(args["ids"]).length;
    case "Query.providers":
      return tally.providers;
    case "Backup.downloads":
      return LINKS;
  }
  if (/Connection\.(?:edges|nodes)$/.test(name)) return page;
  if (getNamedType(field.type).name !== "SourceIssue") return maxPage;
  // An issue and its provider are told once a place; what leads on from them, for every source.
  return isPlain ? tally.placeCount : tally.sources;
}

/** Rows that a connection is asked for; a size that it will refuse counts as the next that it takes. */
export function pageSize({ first, last }: Args, maxPage: number): number {
  const asked = typeof last === "number" ? last : typeof first === "number" ? first : null;
  return Math.min(Math.max(asked ?? DEFAULT_PAGE_SIZE, 0), maxPage);
}
