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
  type GraphQLSchema,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** The nodes of a document that become one field of an answer. */
export interface Selected {
  readonly nodes: readonly FieldNode[];
  /** What is selected of the field's objects, by all of the nodes. */
  readonly selections: readonly SelectionSetNode[];
}

/** What tells which fields are selected. */
export interface SelectionParts {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The fields that selections ask of an object of one type, by their names in the answer. */
export function collectFields(
  parts: SelectionParts,
  type: GraphQLObjectType,
  selections: readonly SelectionSetNode[],
): ReadonlyMap<string, Selected> {
  const found = new Collected(parts, type);
  for (const selection of selections) found.add(selection);
  return found.fields;
}

interface Collecting extends Selected {
  readonly nodes: FieldNode[];
  readonly selections: SelectionSetNode[];
}

class Collected {
  readonly fields = new Map<string, Collecting>();
  private readonly spread = new Set<string>();

  constructor(
    private readonly parts: SelectionParts,
    private readonly type: GraphQLObjectType,
  ) {}

  add({ selections }: SelectionSetNode): void {
    for (const selection of selections) if (this.isIncluded(selection)) this.addOne(selection);
  }

  private addOne(selection: SelectionNode): void {
    if (selection.kind === Kind.FIELD) return this.addField(selection);
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return this.addWhere(selection.typeCondition, selection.selectionSet);
    const name = selection.name.value;
    const fragment = this.parts.fragments.get(name);
    // Once a level, as in the answer; so a fragment that spreads itself ends here too.
    if (fragment === undefined || this.spread.has(name)) return undefined;
    this.spread.add(name);
    return this.addWhere(fragment.typeCondition, fragment.selectionSet);
  }

  private addField(node: FieldNode): void {
    const name = node.alias?.value ?? node.name.value;
    const known = this.fields.get(name);
    const entry = known ?? { nodes: [], selections: [] };
    if (known === undefined) this.fields.set(name, entry);
    entry.nodes.push(node);
    if (node.selectionSet !== undefined) entry.selections.push(node.selectionSet);
  }

  private addWhere(condition: NamedTypeNode | undefined, selection: SelectionSetNode): void {
    if (condition === undefined || this.isOf(condition)) this.add(selection);
  }

  private isOf(condition: NamedTypeNode): boolean {
    const { schema } = this.parts;
    const wanted = typeFromAST(schema, condition);
    if (wanted === this.type) return true;
    return isAbstractType(wanted) && schema.isSubType(wanted, this.type);
  }

  private isIncluded(selection: SelectionNode): boolean {
    if (selection.directives === undefined || selection.directives.length === 0) return true;
    const { variables } = this.parts;
    const skip = getDirectiveValues(GraphQLSkipDirective, selection, variables);
    const include = getDirectiveValues(GraphQLIncludeDirective, selection, variables);
    return skip?.["if"] !== true && include?.["if"] !== false;
  }
}
