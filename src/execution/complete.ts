import {
  defaultTypeResolver,
  GraphQLError,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLAbstractType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
} from "graphql";
import { inspect } from "graphql/jsutils/inspect.js";
import type { FieldNodes } from "./collectFields.js";
import { executeSelection } from "./fields.js";
import { arrayText, leafTextOf } from "./json.js";
import type { Complete, Planner, Run, Selection } from "./plan.js";
import { isPromise, joinSoon, type Path, type Soon } from "./run.js";

/** The field whose values are completed. */
interface Completed {
  readonly nodes: FieldNodes;
  readonly planner: Planner;
}

/**
 * How a value becomes text, by its type.
 * Source: GraphQL specification, section 6.4.3.
 */
export function completeOf(type: GraphQLOutputType, at: Completed): Complete {
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

/** Completes a value that is neither null nor an error. */
function completeValue(type: GraphQLOutputType, at: Completed): Complete {
  if (isLeafType(type)) {
    const text = leafTextOf(type);
    return (_, value) => text(value);
  }
  if (isListType(type)) return withShortcut(type, at, listOf(type, at));
  if (isObjectType(type)) return withShortcut(type, at, objectOf(type, at));
  return abstractOf(type as GraphQLAbstractType, at);
}

function withShortcut(type: GraphQLOutputType, at: Completed, general: Complete): Complete {
  const shortcut = once(() => at.planner.shortcut(type, at.nodes));
  return (run, value, path, info) =>
    shortcut()?.(value, run, info) ?? general(run, value, path, info);
}

function listOf(type: GraphQLList<GraphQLOutputType>, at: Completed): Complete {
  const completeItem = completeItemOf(type.ofType, at);
  return (run, value, prev, info) => {
    const texts = mapItems(itemsOf(value, info), (item, key) =>
      completeItem(run, item, { prev, key, typename: undefined }, info),
    );
    return texts.some(isPromise) ? joinSoon(texts, arrayText) : arrayText(texts as string[]);
  };
}

/** An item that may be null becomes null when it fails; any other item fails its list. */
function completeItemOf(type: GraphQLOutputType, { nodes, planner }: Completed): Complete {
  const complete = completeOf(type, { nodes, planner });
  const place = { type, nodes };
  return (run, item, path, info) => {
    const fail = (thrown: unknown): null => run.errors.failAt(place, path, thrown);
    try {
      const text = isPromise(item)
        ? item.then((arrived) => complete(run, arrived, path, info))
        : complete(run, item, path, info);
      return isPromise(text) ? text.then(undefined, fail) : text;
    } catch (thrown) {
      return fail(thrown);
    }
  };
}

/** When an item throws, the promises of those before it are not awaited, and their errors are dropped. */
function mapItems<T>(items: readonly unknown[], map: (item: unknown, index: number) => T): T[] {
  const mapped: T[] = [];
  try {
    items.forEach((item, index) => mapped.push(map(item, index)));
    return mapped;
  } catch (error) {
    for (const started of mapped) if (isPromise(started)) started.then(undefined, () => undefined);
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

function objectOf(type: GraphQLObjectType, { nodes, planner }: Completed): Complete {
  const selectionOf = once(() => planner.selection(type, nodes));
  const execute = (selection: Selection, run: Run, value: unknown, at: Fitting): Soon<string> => {
    if (at.fits) return executeSelection(selection, run, value, at.path);
    const given = inspect(value);
    throw new GraphQLError(`Expected value of type "${type.name}" but got: ${given}.`, { nodes });
  };
  return (run, value, path, info) => {
    const selection = selectionOf();
    if (!type.isTypeOf) return executeSelection(selection, run, value, path);
    const fits = type.isTypeOf(value, run.context, info);
    return isPromise(fits)
      ? fits.then((arrived) => execute(selection, run, value, { fits: arrived, path }))
      : execute(selection, run, value, { fits, path });
  };
}

/** What `isTypeOf` says of a value. */
interface Fitting {
  readonly fits: unknown;
  readonly path: Path;
}

function abstractOf(type: GraphQLAbstractType, at: Completed): Complete {
  const completes = new Map<GraphQLObjectType, Complete>();
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const completeFor = (runtimeType: GraphQLObjectType): Complete => {
    const known = completes.get(runtimeType);
    if (known !== undefined) return known;
    const made = completeValue(runtimeType, at);
    completes.set(runtimeType, made);
    return made;
  };
  return (run, value, path, info) => {
    const complete = (name: unknown): Soon<string | null> => {
      const runtimeType = runtimeTypeOf(name, { type, nodes: at.nodes, value, info });
      return completeFor(runtimeType)(run, value, path, info);
    };
    const name: unknown = resolveType(value, run.context, info, type);
    return isPromise(name) ? name.then(complete) : complete(name);
  };
}

/** The value of an abstract type, and where it was found. */
interface AbstractValue {
  readonly type: GraphQLAbstractType;
  readonly nodes: FieldNodes;
  readonly value: unknown;
  readonly info: GraphQLResolveInfo;
}

/**
 * The object type that a type resolver has named.
 * @throws {GraphQLError} with the messages of graphql-js, where it named no possible type.
 */
function runtimeTypeOf(name: unknown, at: AbstractValue): GraphQLObjectType {
  const { type, nodes, value, info } = at;
  const { schema, parentType, fieldName } = info;
  const abstract = `Abstract type "${type.name}"`;
  const where = `must resolve to an Object type at runtime for field "${parentType.name}.${fieldName}"`;
  if (name === undefined || name === null)
    throw new GraphQLError(
      `${abstract} ${where}. Either the "${type.name}" type should provide a "resolveType" function ` +
        'or each possible type should provide an "isTypeOf" function.',
      { nodes },
    );
  if (typeof name !== "string")
    throw new GraphQLError(
      isObjectType(name)
        ? "Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead."
        : `${abstract} ${where} with value ${inspect(value)}, received "${inspect(name)}".`,
    );
  const found = schema.getType(name);
  if (found === undefined)
    throw new GraphQLError(
      `${abstract} was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    );
  if (!isObjectType(found))
    throw new GraphQLError(`${abstract} was resolved to a non-object type "${name}".`, { nodes });
  if (!schema.isSubType(type, found))
    throw new GraphQLError(
      `Runtime Object type "${found.name}" is not a possible type for "${type.name}".`,
      { nodes },
    );
  return found;
}

/** Makes a value when it is first needed, and tries again as long as that throws. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
