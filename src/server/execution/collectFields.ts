import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
  typeFromAST,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import type { CompiledOperation, Variables } from "./plan.js";

/** Fields by the name that they have in the answer, in the answer's order. */
export type CollectedFields = ReadonlyMap<string, readonly [FieldNode, ...FieldNode[]]>;

/**
 * Collects what is selected on an object of one type.
 * Source: GraphQL, section 6.3.2.
 */
export function collectFields(
  compiled: CompiledOperation,
  variables: Variables,
  type: GraphQLObjectType,
  selectionSets: Iterable<SelectionSetNode>,
): CollectedFields {
  const collector = new Collector(compiled, variables, type);
  for (const selectionSet of selectionSets) collector.add(selectionSet);
  return collector.fields;
}

class Collector {
  readonly fields = new Map<string, [FieldNode, ...FieldNode[]]>();
  private readonly spread = new Set<string>();

  constructor(
    private readonly compiled: CompiledOperation,
    private readonly variables: Variables,
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
    const fragment = this.compiled.fragments[name];
    if (fragment !== undefined && this.applies(fragment)) this.add(fragment.selectionSet);
  }

  /** `@skip` goes before `@include`. */
  private includes(node: SelectionNode): boolean {
    if (node.directives === undefined || node.directives.length === 0) return true;
    const skip = getDirectiveValues(GraphQLSkipDirective, node, this.variables);
    if (skip?.["if"] === true) return false;
    const include = getDirectiveValues(GraphQLIncludeDirective, node, this.variables);
    return include?.["if"] !== false;
  }

  private applies({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode): boolean {
    if (typeCondition === undefined) return true;
    const { schema } = this.compiled;
    const condition = typeFromAST(schema, typeCondition);
    if (condition === this.type) return true;
    return isAbstractType(condition) && schema.isSubType(condition, this.type);
  }
}
