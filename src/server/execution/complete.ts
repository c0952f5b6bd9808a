import {
  defaultTypeResolver,
  GraphQLError,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
} from "graphql";
import { failAt } from "./fieldErrors.js";
import type { KeptTexts } from "./keptTexts.js";
import { leafTextOf } from "./leafText.js";
import { arrayOf, type Json } from "./longJson.js";
import {
  isPromise,
  joinedOnce,
  type Complete,
  type SelectionOf,
  type SelectionTexts,
  type Soon,
} from "./plan.js";
import { plainTextOf } from "./plainText.js";
import { runtimeTypeOf, wrongType } from "./runtimeType.js";

/** The field whose values are completed. */
export interface Completion {
  readonly nodes: readonly FieldNode[];
  readonly selectionOf: SelectionOf;
  /** A place for texts. */
  readonly texts: () => KeptTexts;
}

/**
 * The way from a value to its text, by its type.
 * Source: GraphQL, section 6.4.3.
 */
export function completeOf(type: GraphQLOutputType, at: Completion): Complete {
  if (isNonNullType(type)) return nonNull(completeOf(type.ofType, at));
  const complete = completeValue(type, at);
  return (run, value, path, info) => {
    if (value instanceof Error) throw value;
    return value === undefined || value === null ? null : complete(run, value, path, info);
  };
}

const nonNull =
  (complete: Complete): Complete =>
  (run, value, path, info) => {
    const text = complete(run, value, path, info);
    if (text !== null) return text;
    const { parentType, fieldName } = info;
    throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${fieldName}.`);
  };

/** Of a value that is neither null nor an error. */
function completeValue(type: GraphQLOutputType, at: Completion): Complete {
  if (isLeafType(type)) {
    const text = leafTextOf(type);
    return (_, value) => text(value);
  }
  if (isListType(type)) return listOf(type, at);
  return isObjectType(type) ? objectOf(type, at) : abstractOf(type as GraphQLAbstractType, at);
}

function listOf(type: GraphQLList<GraphQLOutputType>, at: Completion): Complete {
  const plain = once(() => plainTextOf(type, at));
  const completeItem = completeItemOf(type.ofType, at);
  return (run, value, prev, info) => {
    const known = plain()?.(value, run, info);
    if (known !== undefined) return known;
    const items = itemsOf(value, info);
    const texts = eachOf(items, (item, key) =>
      completeItem(run, item, { prev, key, typename: undefined }, info),
    );
    return texts.some(isPromise) ? joinedOnce(texts, arrayOf) : arrayOf(texts as Json[]);
  };
}

/** An item that may be null becomes null where it fails; any other fails with its list. */
function completeItemOf(type: GraphQLOutputType, at: Completion): Complete {
  const complete = completeOf(type, at);
  const failing = { type, nodes: at.nodes };
  return (run, item, path, info) => {
    const fail = (thrown: unknown): null => failAt(run, failing, path, thrown);
    try {
      const text = isPromise(item)
        ? item.then((resolved) => complete(run, resolved, path, info))
        : complete(run, item, path, info);
      return isPromise(text) ? text.then(undefined, fail) : text;
    } catch (thrown) {
      return fail(thrown);
    }
  };
}

/** What items have begun when a later one fails at once is not waited for, and fails unseen. */
function eachOf<T>(items: readonly unknown[], make: (item: unknown, index: number) => T): T[] {
  const made: T[] = [];
  try {
    items.forEach((item, index) => made.push(make(item, index)));
    return made;
  } catch (error) {
    for (const begun of made) if (isPromise(begun)) begun.then(undefined, () => undefined);
    throw error;
  }
}

function itemsOf(value: unknown, { parentType, fieldName }: GraphQLResolveInfo): unknown[] {
  if (Array.isArray(value)) return value;
  if (isIterable(value)) return [...value];
  throw new GraphQLError(
    `Expected Iterable, but did not find one for field "${parentType.name}.${fieldName}".`,
  );
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === "object" &&
  typeof (value as Iterable<unknown> | null)?.[Symbol.iterator] === "function";

function objectOf(type: GraphQLObjectType, at: Completion): Complete {
  const selection = once(() => at.selectionOf(type, at.nodes));
  return completeObject(type, at.nodes, selection);
}

const completeObject =
  (
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
    selection: () => SelectionTexts,
  ): Complete =>
  (run, value, path, info) => {
    const { text } = selection();
    const fits = type.isTypeOf?.(value, run.context, info) ?? true;
    const go = (is: boolean): Soon<Json> => {
      if (!is) throw wrongType(type, value, nodes);
      return text(run, value, path, info);
    };
    return isPromise(fits) ? (fits as Promise<boolean>).then(go) : go(fits as boolean);
  };

function abstractOf(type: GraphQLAbstractType, at: Completion): Complete {
  const completes = new Map<GraphQLObjectType, Complete>();
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const completeFor = (runtimeType: GraphQLObjectType): Complete => {
    const known = completes.get(runtimeType);
    if (known !== undefined) return known;
    const made = objectOf(runtimeType, at);
    completes.set(runtimeType, made);
    return made;
  };
  return (run, value, path, info) => {
    const go = (name: unknown): Soon<Json | null> => {
      const runtimeType = runtimeTypeOf(name, { type, nodes: at.nodes, value, info });
      return completeFor(runtimeType)(run, value, path, info);
    };
    const name: unknown = resolveType(value, run.context, info, type);
    return isPromise(name) ? name.then(go) : go(name);
  };
}

/** What is made once, and made again while it fails. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
