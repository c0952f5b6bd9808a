import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLString,
  isEnumType,
  type GraphQLEnumType,
  type GraphQLLeafType,
  type GraphQLScalarType,
} from "graphql";
import { inspect } from "graphql/jsutils/inspect.js";

/** Makes the JSON text of a leaf's value. Errors: what the type says of a value that is none of its own. */
export type LeafText = (value: unknown) => string;

/** The way to the text of a type's values; what a type only passes on is not given to it. */
export function leafTextOf(type: GraphQLLeafType): LeafText {
  if (isEnumType(type)) return enumText(type);
  const general = (value: unknown): string => serialized(type, value);
  if (type === GraphQLString || type === GraphQLID)
    return (value) => (typeof value === "string" ? JSON.stringify(value) : general(value));
  if (type === GraphQLBoolean)
    return (value) => (typeof value === "boolean" ? String(value) : general(value));
  return general;
}

function enumText(type: GraphQLEnumType): LeafText {
  const texts = new Map(type.getValues().map(({ value, name }) => [value, JSON.stringify(name)]));
  return (value) => texts.get(value) ?? serialized(type, value);
}

function serialized(type: GraphQLScalarType | GraphQLEnumType, value: unknown): string {
  const result: unknown = type.serialize(value);
  if (result === undefined || result === null)
    throw new Error(
      `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to ` +
        `return non-nullable value, returned: ${inspect(result)}`,
    );
  return JSON.stringify(result);
}
