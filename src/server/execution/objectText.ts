import { getArgumentValues, type GraphQLResolveInfo } from "graphql";
import { failAt } from "./fieldErrors.js";
import { JsonJoiner, type Json } from "./longJson.js";
import {
  isPromise,
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
  if (!waiting) return joined(fields, texts as (Json | null)[]);
  return joinedSoon(fields, texts);
}

async function joinedSoon(
  fields: readonly FieldPlan[],
  texts: readonly Soon<Json | null>[],
): Promise<Json> {
  return joined(fields, await Promise.all(texts));
}

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
  const fail = (thrown: unknown): null =>
    failAt(run, { type: field.field.type, nodes: field.nodes }, path, thrown);
  try {
    const args = getArgumentValues(field.field, field.nodes[0], run.variables);
    const info = infoOf(field, run, path);
    const value = field.resolve(source, args, run.context, info);
    const text = isPromise(value)
      ? value.then((resolved) => field.complete(run, resolved, path, info))
      : field.complete(run, value, path, info);
    return isPromise(text) ? text.then(undefined, fail) : text;
  } catch (thrown) {
    return fail(thrown);
  }
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
