import { getArgumentValues, type GraphQLResolveInfo } from "graphql";
import { objectText } from "./json.js";
import type { Arguments, FieldPlan, Run, Selection } from "./plan.js";
import { isPromise, joinSoon, type Path, type Soon } from "./run.js";

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
    const info = infoOf(field, run, path);
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

function infoOf(
  { field, nodes, parentType }: FieldPlan,
  { operation, variables }: Run,
  path: Path,
): GraphQLResolveInfo {
  return {
    fieldName: field.name,
    fieldNodes: nodes,
    returnType: field.type,
    parentType,
    path,
    schema: operation.schema,
    fragments: operation.fragments,
    rootValue: undefined,
    operation: operation.operation,
    variableValues: variables,
  };
}
