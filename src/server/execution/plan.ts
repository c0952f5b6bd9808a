import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from "graphql";
import type { Context } from "../../graphql/context.js";
import type { Json } from "./longJson.js";

/** Something that is there, or will be. */
export type Soon<T> = T | Promise<T>;

/** The place of a value in the answer, from the innermost step outwards. */
export type Path = NonNullable<GraphQLResolveInfo["path"]>;

/** An operation with all that its execution needs of the document. */
export interface CompiledOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** Variables as the schema's types have read them. */
export type Variables = Readonly<Record<string, unknown>>;

/** What a field is given by name. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One execution under way. */
export interface Run {
  readonly compiled: CompiledOperation;
  readonly variables: Variables;
  readonly context: Context;
  readonly errors: ErrorSink;
  /** The arguments of fields, which are the same for all objects; resolvers must not write into them. */
  readonly args: Map<FieldPlan, Arguments>;
}

/** Takes the errors of fields that may be null. */
export interface ErrorSink {
  add(error: GraphQLError, path: Path | undefined): void;
}

/**
 * Turns a field's value into JSON text; null stands for null, which the field may not allow.
 * Errors: throws, or rejects with, whatever makes the nearest field that may be null fail.
 */
export type Complete = (
  run: Run,
  value: unknown,
  path: Path,
  info: GraphQLResolveInfo,
) => Soon<Json | null>;

/** The JSON text of an object, by a selection of its fields. */
export type ObjectText = (
  run: Run,
  source: unknown,
  path: Path | undefined,
  info: GraphQLResolveInfo | null,
) => Soon<Json>;

/**
 * The JSON text of a value that needs nothing but itself; undefined where it turns out to need more,
 * so that the general way must be gone.
 */
export type PlainText = (value: unknown, run: Run, info: GraphQLResolveInfo) => Json | undefined;

/** A field of a schema, whatever its objects are. */
export type Field = GraphQLField<unknown, unknown>;

/** One field of a selection, with what is known of it before anything runs. */
export interface FieldPlan {
  readonly name: string;
  /** Its name as a JSON key, with the colon. */
  readonly key: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly parentType: GraphQLObjectType;
  readonly field: Field;
  readonly resolve: NonNullable<Field["resolve"]>;
  readonly complete: Complete;
  /** Null where the field has a resolver, arguments, or something below it has. */
  readonly plain: PlainText | null;
}

/** The fields that are selected on an object of one type. */
export interface Selection {
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
}

/** Gives the text of an object of a type, by what the nodes of one field select on it. */
export type SelectionOf = (type: GraphQLObjectType, nodes: readonly FieldNode[]) => SelectionTexts;

/** Both ways to the text of an object. */
export interface SelectionTexts {
  readonly text: ObjectText;
  readonly plain: PlainText | null;
}

/** Makes one text of several, once all are there. What is there already costs nothing. */
export async function joinedOnce<T>(
  texts: readonly Soon<T>[],
  join: (texts: readonly T[]) => Json,
): Promise<Json> {
  const come = await Promise.all(texts.filter(isPromise));
  let next = 0;
  return join(texts.map((text) => (isPromise(text) ? (come[next++] as T) : text)));
}

/** Whether a value is still to come, as executors tell it. */
export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === "function";
