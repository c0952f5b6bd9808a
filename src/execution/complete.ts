import {
  defaultTypeResolver,
  getArgumentValues,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { buildResolveInfo } from "graphql/execution/execute.js";
import { inspect } from "graphql/jsutils/inspect.js";
import { isIterableObject } from "graphql/jsutils/isIterableObject.js";
import type { FieldNodes } from "./collectFields.js";
import {
  arraySoon,
  arrayText,
  isPromise,
  joinSoon,
  leafTextOf,
  objectText,
  type Path,
  type Soon,
} from "./run.js";
import type { Arguments, Complete, FieldPlan, FieldPlanner, Run, Selection } from "./plan.js";

/**
 * Executes the selected fields of an object, and joins their texts.
 *
 * Errors: throws, or rejects with, the error of a field that must not be null.
 * Source: GraphQL specification, sections 6.3 and 6.4.
 */
export function executeSelection(
  { type, fields }: Selection,
  run: Run,
  source: unknown,
  prev: Path | undefined,
): Soon<string> {
  const texts: Soon<string | null>[] = [];
  let waiting = false;
  try {
    for (const field of fields) {
      const path = { prev, key: field.name, typename: type.name };
      const text = executeField(field, run, source, path);
      waiting ||= isPromise(text);
      texts.push(text);
    }
  } catch (error) {
    if (!waiting) throw error;
    // The fields that have started are awaited, so that none of them rejects unhandled.
    return joinLater(fields, texts).finally(() => {
      throw error;
    });
  }
  return waiting ? joinLater(fields, texts) : objectText(fields, texts as (string | null)[]);
}

const joinLater = (
  fields: readonly FieldPlan[],
  texts: readonly Soon<string | null>[],
): Promise<string> => joinSoon(texts, (arrived) => objectText(fields, arrived));

/** A field that may be null becomes null when it fails; any other field fails its object. */
function executeField(
  field: FieldPlan,
  run: Run,
  source: unknown,
  path: Path,
): Soon<string | null> {
  try {
    const { nodes, parentType } = field;
    const info = buildResolveInfo(run.execution, field.field, nodes, parentType, path);
    const value = field.resolve(source, argumentsOf(field, run), run.context, info);
    const text = isPromise(value)
      ? completeLater(field, run, value, info)
      : field.complete(run, value, path, info);
    return isPromise(text) ? recoverLater(text, field, run, path) : text;
  } catch (thrown) {
    return failField(field, run, path, thrown);
  }
}

// Separate functions, so that a field whose value is not a promise allocates no closures.
const completeLater = (
  field: FieldPlan,
  run: Run,
  value: Promise<unknown>,
  info: GraphQLResolveInfo,
): Promise<string | null> => value.then((arrived) => field.complete(run, arrived, info.path, info));

const recoverLater = (
  text: Promise<string | null>,
  field: FieldPlan,
  run: Run,
  path: Path,
): Promise<string | null> =>
  text.then(undefined, (thrown: unknown) => failField(field, run, path, thrown));

const failField = ({ field, nodes }: FieldPlan, run: Run, path: Path, thrown: unknown): null =>
  run.errors.failAt({ type: field.type, nodes }, path, thrown);

const NO_ARGUMENTS: Arguments = Object.freeze({});

/** @throws {GraphQLError} for an argument that is missing or null and must not be. */
function argumentsOf(plan: FieldPlan, { variables, args }: Run): Arguments {
  if (plan.field.args.length === 0) return NO_ARGUMENTS;
  const known = args.get(plan);
  if (known !== undefined) return known;
  const read = Object.freeze(getArgumentValues(plan.field, plan.nodes[0], variables));
  args.set(plan, read);
  return read;
}

/** The field whose values are completed. */
interface Completed {
  readonly nodes: FieldNodes;
  readonly planner: FieldPlanner;
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
    return texts.some(isPromise) ? arraySoon(texts) : arrayText(texts as string[]);
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
  if (isIterableObject(value)) return [...value];
  throw new GraphQLError(
    `Expected Iterable, but did not find one for field "${parentType.name}.${fieldName}".`,
  );
}

function objectOf(type: GraphQLObjectType, { nodes, planner }: Completed): Complete {
  const selectionOf = once(() => planner.selection(type, nodes));
  return (run, value, path, info) => {
    const selection = selectionOf();
    if (!type.isTypeOf) return executeSelection(selection, run, value, path);
    const executeIf = (fits: unknown): Soon<string> => {
      if (fits) return executeSelection(selection, run, value, path);
      const given = inspect(value);
      throw new GraphQLError(`Expected value of type "${type.name}" but got: ${given}.`, { nodes });
    };
    const fits = type.isTypeOf(value, run.context, info);
    return isPromise(fits) ? fits.then(executeIf) : executeIf(fits);
  };
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
