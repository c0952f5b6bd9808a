import type {
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from "graphql";
import type { ExecutionContext } from "graphql/execution/execute.js";
import type { FieldNodes, Fragments, Variables } from "./collectFields.js";
import type { FieldErrors, Path, Soon } from "./run.js";

/** An operation, with what its execution needs of the rest of its document. */
export interface PlannedOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
}

/** A field of a schema, whatever its objects are. */
export type Field = GraphQLField<unknown, unknown>;

/** One field of a selection, with everything about it that does not change between executions. */
export interface FieldPlan {
  /** Its name in the response. */
  readonly name: string;
  /** Its name as a JSON key, with the colon. */
  readonly key: string;
  readonly nodes: FieldNodes;
  readonly parentType: GraphQLObjectType;
  readonly field: Field;
  readonly resolve: NonNullable<Field["resolve"]>;
  readonly complete: Complete;
}

/** The fields that are selected on an object of one type. */
export interface Selection {
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
}

/** The arguments of a field by name. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One execution of a plan. */
export interface Run {
  /** The parts of which resolvers are informed. */
  readonly execution: ExecutionContext;
  readonly variables: Variables;
  readonly context: unknown;
  readonly errors: FieldErrors;
  /** Arguments are read once a field, and frozen: a list needs them once an item. */
  readonly args: Map<FieldPlan, Arguments>;
}

/**
 * Turns a field's value into JSON text; null stands for null, which the field may not allow.
 * Errors: throws, or rejects with, the error that makes the field fail.
 */
export type Complete = (
  run: Run,
  value: unknown,
  path: Path,
  info: GraphQLResolveInfo,
) => Soon<string | null>;

/**
 * Writes a value that is in memory as a whole: nothing below it needs a resolver or a promise, or fails.
 * Undefined for any other value, which is then completed as GraphQL prescribes. Never throws.
 */
export type Shortcut = (value: unknown, run: Run, info: GraphQLResolveInfo) => string | undefined;

/** Plans what lies below a field. */
export interface FieldPlanner {
  /** What the nodes of one field select on an object of a type. Errors: as `collectFields`. */
  selection(type: GraphQLObjectType, nodes: FieldNodes): Selection;
  /** Null where the values of a type always need resolvers. */
  shortcut(type: GraphQLOutputType, nodes: FieldNodes): Shortcut | null;
}
