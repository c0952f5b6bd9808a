import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLString,
  isEnumType,
  type GraphQLEnumType,
  type GraphQLLeafType,
} from "graphql";
import { inspect } from "graphql/jsutils/inspect.js";

/** A JSON array of texts; null stands for null. */
export function arrayText(items: readonly (string | null)[]): string {
  let text = "";
  for (const item of items) text += `${text === "" ? "[" : ","}${item ?? "null"}`;
  return text === "" ? "[]" : `${text}]`;
}

/** A JSON object of texts, by keys that have their colon. */
export function objectText(
  fields: readonly { readonly key: string }[],
  texts: readonly (string | null)[],
): string {
  let text = "";
  fields.forEach(({ key }, i) => (text += `${i === 0 ? "{" : ","}${key}${texts[i] ?? "null"}`));
  return text === "" ? "{}" : `${text}}`;
}

/** Makes the JSON text of a leaf's value. Errors: those of the type's `serialize`. */
export type LeafText = (value: unknown) => string;

/** How the values of a leaf type become text; values that `serialize` would return as they are skip it. */
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

function serialized(type: GraphQLLeafType, value: unknown): string {
  const result: unknown = type.serialize(value);
  if (result === undefined || result === null)
    throw new Error(
      `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to ` +
        `return non-nullable value, returned: ${inspect(result)}`,
    );
  return JSON.stringify(result);
}
