import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
  typeFromAST,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

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

/** Fields by response name, in the order of the response. */
export type CollectedFields = ReadonlyMap<string, FieldNodes>;

/** The fragments that a document defines. */
export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

/** The selection sets of several nodes. */
export const selectionsOf = (nodes: readonly FieldNode[]): readonly SelectionSetNode[] =>
  nodes.flatMap(({ selectionSet }) => selectionSet ?? []);

/**
 * Collects the fields that selection sets select on an object type.
 *
 * Errors: `GraphQLError` where the `if` of a `@skip` or `@include` is a variable that is null.
 * Source: GraphQL specification, section 6.3.2.
 */
export function collectFields(
  scope: SelectionParts,
  type: GraphQLObjectType,
  selectionSets: Iterable<SelectionSetNode>,
): CollectedFields {
  const collector = new Collector(scope, type);
  for (const selectionSet of selectionSets) collector.add(selectionSet);
  return collector.fields;
}

class Collector {
  readonly fields = new Map<string, [FieldNode, ...FieldNode[]]>();
  private readonly spread = new Set<string>();

  constructor(
    private readonly scope: SelectionParts,
    private readonly type: GraphQLObjectType,
  ) {}

  add({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) this.addSpread(selection);
      else if (this.isIncluded(selection)) this.addIncluded(selection);
    }
  }

  private addIncluded(selection: FieldNode | InlineFragmentNode): void {
    if (selection.kind === Kind.FIELD) this.addField(selection);
    else if (this.applies(selection)) this.add(selection.selectionSet);
  }

  private addField(node: FieldNode): void {
    const name = (node.alias ?? node.name).value;
    const nodes = this.fields.get(name);
    if (nodes === undefined) this.fields.set(name, [node]);
    else nodes.push(node);
  }

  private addSpread(selection: FragmentSpreadNode): void {
    const name = selection.name.value;
    if (this.spread.has(name) || !this.isIncluded(selection)) return;
    this.spread.add(name);
    const fragment = this.scope.fragments[name];
    if (fragment !== undefined && this.applies(fragment)) this.add(fragment.selectionSet);
  }

  /** `@skip` takes precedence over `@include`. */
  private isIncluded(node: SelectionNode): boolean {
    if (node.directives === undefined || node.directives.length === 0) return true;
    const { variables } = this.scope;
    const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
    if (skip?.["if"] === true) return false;
    const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
    return include?.["if"] !== false;
  }

  private applies({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode): boolean {
    if (typeCondition === undefined) return true;
    const { schema } = this.scope;
    const condition = typeFromAST(schema, typeCondition);
    if (condition === this.type) return true;
    return isAbstractType(condition) && schema.isSubType(condition, this.type);
  }
}
