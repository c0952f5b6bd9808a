import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import { collectSubfields } from "graphql/execution/collectFields.js";

/** Fragments of a document by name; an object without a prototype. */
export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** Variables, coerced to the types of the schema. */
export type Variables = Readonly<Record<string, unknown>>;

/** What decides which fields a selection set selects. */
export interface SelectionParts {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: Variables;
}

/** The nodes of a document that become one field of the response. */
export type FieldNodes = readonly [FieldNode, ...FieldNode[]];

/** A node that may select fields: a field, or an operation. */
export type SelectingNode = Pick<FieldNode, "selectionSet">;

/** Fields by response name, in the order of the response. */
export type CollectedFields = ReadonlyMap<string, FieldNodes>;

/** The fragments that a document defines. */
export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

/**
 * Collects the fields that nodes select on an object type.
 *
 * Errors: `GraphQLError` where the `if` of a `@skip` or `@include` is a variable that is null.
 * Source: GraphQL specification, section 6.3.2.
 */
export function collectFields(
  { schema, fragments, variables }: SelectionParts,
  type: GraphQLObjectType,
  nodes: readonly SelectingNode[],
): CollectedFields {
  const fields: ReadonlyMap<string, unknown> = collectSubfields(
    schema,
    fragments,
    variables,
    type,
    nodes as FieldNode[],
  );
  return fields as CollectedFields;
}
