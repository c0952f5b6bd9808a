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
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** What tells which fields are selected. */
export interface SelectionParts {
  readonly schema: GraphQLSchema;
  /** By name; an object without a prototype. */
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** As the schema's types have read them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The nodes of a document that become one field of an answer. */
export type FieldNodes = readonly [FieldNode, ...FieldNode[]];

/** Fields by the name that they have in the answer, in the answer's order. */
export type CollectedFields = ReadonlyMap<string, FieldNodes>;

/** A document's fragments by name. */
export function fragmentsOf({ definitions }: DocumentNode): SelectionParts["fragments"] {
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

/** What several nodes select together. */
export const selectionsOf = (nodes: readonly FieldNode[]): readonly SelectionSetNode[] =>
  nodes.flatMap(({ selectionSet }) => selectionSet ?? []);

/**
 * Collects what is selected on an object of one type.
 * Source: GraphQL, section 6.3.2.
 */
export function collectFields(
  parts: SelectionParts,
  type: GraphQLObjectType,
  selectionSets: Iterable<SelectionSetNode>,
): CollectedFields {
  const collector = new Collector(parts, type);
  for (const selectionSet of selectionSets) collector.add(selectionSet);
  return collector.fields;
}

class Collector {
  readonly fields = new Map<string, [FieldNode, ...FieldNode[]]>();
  private readonly spread = new Set<string>();

  constructor(
    private readonly parts: SelectionParts,
    private readonly type: GraphQLObjectType,
  ) {}

  add({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) this.addSpread(selection);
      else if (this.includes(selection)) this.addIncluded(selection);
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

  private addSpread(selection: Extract<SelectionNode, { kind: Kind.FRAGMENT_SPREAD }>): void {
    const name = selection.name.value;
    if (this.spread.has(name) || !this.includes(selection)) return;
    this.spread.add(name);
    const fragment = this.parts.fragments[name];
    if (fragment !== undefined && this.applies(fragment)) this.add(fragment.selectionSet);
  }

  /** `@skip` goes before `@include`. */
  private includes(node: SelectionNode): boolean {
    if (node.directives === undefined || node.directives.length === 0) return true;
    const { variables } = this.parts;
    const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
    if (skip?.["if"] === true) return false;
    const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
    return include?.["if"] !== false;
  }

  private applies({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode): boolean {
    if (typeCondition === undefined) return true;
    const { schema } = this.parts;
    const condition = typeFromAST(schema, typeCondition);
    if (condition === this.type) return true;
    return isAbstractType(condition) && schema.isSubType(condition, this.type);
  }
}
