import {
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type FieldNode,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from "graphql";
import { isLasting } from "../../graphql/lasting.js";
import type { KeptTexts } from "./keptTexts.js";
import { leafTextOf } from "./leafText.js";
import { arrayOf, type Json } from "./longJson.js";
import { isPromise, type PlainText, type Selection, type SelectionOf } from "./plan.js";

/** The field whose values are written. */
interface WrittenField {
  readonly nodes: readonly FieldNode[];
  readonly selectionOf: SelectionOf;
  /** A place for texts. */
  readonly texts: () => KeptTexts;
}

/**
 * The plain way to the text of a type's values; null where there is none.
 *
 * Plain is what is there already: values that are neither errors, promises nor functions, of types that
 * need no resolver anywhere below.
 */
export function plainTextOf(type: GraphQLOutputType, field: WrittenField): PlainText | null {
  const plain = ofType(type, field);
  return plain === null ? null : guarded(plain);
}

/** What cannot be read or written is left to the general way, which says so. */
export const guarded =
  (plain: PlainText): PlainText =>
  (value, run, info) => {
    try {
      return plain(value, run, info);
    } catch {
      return undefined;
    }
  };

function ofType(type: GraphQLOutputType, at: WrittenField): PlainText | null {
  if (isNonNullType(type)) {
    const plain = ofType(type.ofType, at);
    if (plain === null) return null;
    return (value, run, info) =>
      value === undefined || value === null ? undefined : plain(value, run, info);
  }
  if (isLeafType(type)) return plainLeaf(type);
  if (isListType(type)) {
    const item = ofType(type.ofType, at);
    return item === null ? null : remembering(plainList(item), at.texts());
  }
  if (!isObjectType(type)) return null;
  const selected = at.selectionOf(type, at.nodes).plain;
  return selected === null ? null : plainObject(type, selected);
}

function plainLeaf(type: GraphQLLeafType): PlainText {
  const text = leafTextOf(type);
  return (value) => {
    if (value === undefined || value === null) return "null";
    return isUnusual(value) ? undefined : text(value);
  };
}

const isUnusual = (value: unknown): boolean =>
  typeof value === "function" ||
  (typeof value === "object" && (value instanceof Error || isPromise(value)));

const plainList =
  (item: PlainText): PlainText =>
  (value, run, info) => {
    if (value === undefined || value === null) return "null";
    if (!Array.isArray(value)) return undefined;
    const texts: Json[] = [];
    for (const one of value as unknown[]) {
      const text = item(one, run, info);
      if (text === undefined) return undefined;
      texts.push(text);
    }
    return arrayOf(texts);
  };

const plainObject =
  (type: GraphQLObjectType, selected: PlainText): PlainText =>
  (value, run, info) => {
    if (value === undefined || value === null) return "null";
    if (typeof value !== "object" || isUnusual(value)) return undefined;
    // Types tell their objects by class: which field leads to the object plays no part.
    const fits = type.isTypeOf?.(value, run.context, info) ?? true;
    return fits === true ? selected(value, run, info) : undefined;
  };

/**
 * The plain way to the text of a selection's object; null where one of its fields has none.
 *
 * The texts of objects that last are put into `kept`.
 */
export function plainSelection({ fields }: Selection, kept: KeptTexts): PlainText | null {
  if (fields.some(({ plain }) => plain === null)) return null;
  const members = fields.map(({ key, plain }, i) => ({
    key: i === 0 ? key : `,${key}`,
    plain: plain as PlainText,
  }));
  const make: PlainText = (source, run, info) => {
    let text = "{";
    for (const { key, plain } of members) {
      const member = plain(source, run, info);
      if (member === undefined) return undefined;
      text += `${key}${member}`;
    }
    return `${text}}`;
  };
  return remembering(make, kept);
}

const remembering =
  (make: PlainText, kept: KeptTexts): PlainText =>
  (source, run, info) => {
    if (source === undefined || source === null) return make(source, run, info);
    const known = kept.get(source as object);
    if (known !== undefined) return known;
    const text = make(source, run, info);
    if (text === undefined || !isLasting(source as object)) return text;
    kept.set(source as object, String(text));
    return kept.get(source as object) ?? text;
  };
