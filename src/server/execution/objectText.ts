import { getArgumentValues, type GraphQLResolveInfo } from "graphql";
import { failAt } from "./fieldErrors.js";
import { JsonJoiner, type Json } from "./longJson.js";
import {
  isPromise,
  joinedOnce,
  type Arguments,
  type FieldPlan,
  type ObjectText,
  type Path,
  type PlainText,
  type Run,
  type Selection,
  type Soon,
} from "./plan.js";
import { guarded } from "./plainText.js";

/**
 * The way to the text of an object: the plain one where every selected field is a plain property, else,
 * and wherever the plain one meets anything unusual, field by field as GraphQL prescribes.
 * Source: GraphQL, section 6.3.
 */
export function objectTextOf(selection: Selection, plain: PlainText | null): ObjectText {
  const general: ObjectText = (run, source, path) => fieldByField(selection, run, source, path);
  if (plain === null) return general;
  const known = guarded(plain);
  return (run, source, path, info) =>
    (info === null ? undefined : known(source, run, info)) ?? general(run, source, path, info);
}

function fieldByField(
  { type, fields }: Selection,
  run: Run,
  source: unknown,
  prev: Path | undefined,
): Soon<Json> {
  const texts: Soon<Json | null>[] = [];
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
    // What other fields have begun is waited for, so that none of it fails unseen.
    return joinedSoon(fields, texts).finally(() => {
      throw error;
    });
  }
  return waiting ? joinedSoon(fields, texts) : joined(fields, texts as (Json | null)[]);
}

const joinedSoon = (
  fields: readonly FieldPlan[],
  texts: readonly Soon<Json | null>[],
): Promise<Json> => joinedOnce(texts, (done) => joined(fields, done));

function joined(fields: readonly FieldPlan[], texts: readonly (Json | null)[]): Json {
  const joiner = new JsonJoiner();
  fields.forEach(({ key }, i) => {
    joiner.add(i === 0 ? `{${key}` : `,${key}`);
    joiner.add(texts[i] ?? "null");
  });
  joiner.add(fields.length === 0 ? "{}" : "}");
  return joiner.joined();
}

/** A field that may be null becomes null where it fails; any other fails as a whole. */
function executeField(field: FieldPlan, run: Run, source: unknown, path: Path): Soon<Json | null> {
  try {
    const info = infoOf(field, run, path);
    const value = field.resolve(source, argumentsOf(field, run), run.context, info);
    const text = isPromise(value)
      ? completeSoon(field, run, value, info)
      : field.complete(run, value, path, info);
    return isPromise(text) ? unlessFailed(text, field, run, path) : text;
  } catch (thrown) {
    return failField(field, run, path, thrown);
  }
}

// Functions of their own, so that fields whose values are there make no closures.
const completeSoon = (
  field: FieldPlan,
  run: Run,
  value: Promise<unknown>,
  info: GraphQLResolveInfo,
): Promise<Json | null> => value.then((come) => field.complete(run, come, info.path, info));

const unlessFailed = (
  text: Promise<Json | null>,
  field: FieldPlan,
  run: Run,
  path: Path,
): Promise<Json | null> =>
  text.then(undefined, (thrown: unknown) => failField(field, run, path, thrown));

const failField = ({ field, nodes }: FieldPlan, run: Run, path: Path, thrown: unknown): null =>
  failAt(run, { type: field.type, nodes }, path, thrown);

const NO_ARGUMENTS: Arguments = Object.freeze({});

/** A field's arguments, read once for however many objects. @throws {GraphQLError} */
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
  { compiled, variables }: Run,
  path: Path,
): GraphQLResolveInfo {
  const { schema, fragments, operation } = compiled;
  return {
    fieldName: field.name,
    fieldNodes: nodes,
    returnType: field.type,
    parentType,
    path,
    schema,
    fragments,
    rootValue: undefined,
    operation,
    variableValues: variables,
  };
}
