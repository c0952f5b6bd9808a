import { defaultFieldResolver, type GraphQLObjectType, type GraphQLOutputType } from "graphql";
import { getFieldDef } from "graphql/execution/execute.js";
import {
  collectFields,
  type CollectedFields,
  type FieldNodes,
  type SelectionParts,
  type Variables,
} from "./collectFields.js";
import { completeOf } from "./complete.js";
import type { FieldPlan, FieldPlanner, PlannedOperation, Selection, Shortcut } from "./plan.js";
import { Shortcuts, type TextCache } from "./shortcuts.js";

/** How a plan is made. */
export interface PlanOptions {
  /** Where texts of immutable objects are kept; null keeps none. */
  readonly texts: TextCache | null;
  /** False executes every field in the general way. */
  readonly shortcuts: boolean;
}

/**
 * The selections of one operation, each planned when execution first reaches it.
 *
 * Variables decide which fields `@skip` and `@include` remove; all other variables are read during
 * execution. So one of these serves every execution in which the deciding variables are the same.
 */
export class Selections implements FieldPlanner {
  /** Fields that were planned so far. */
  fieldCount = 0;
  private readonly planned = new Map<FieldNodes, Map<GraphQLObjectType, Selection>>();
  private readonly scope: SelectionParts;
  private readonly shortcuts: Shortcuts | null;

  constructor(
    private readonly operation: PlannedOperation,
    variables: Variables,
    { texts, shortcuts }: PlanOptions,
  ) {
    const { schema, fragments } = operation;
    this.scope = { schema, fragments, variables };
    this.shortcuts = shortcuts
      ? new Shortcuts((type, nodes) => this.selection(type, nodes), texts)
      : null;
  }

  /** What the operation selects at its root. Errors: as `collectFields`. */
  root(type: GraphQLObjectType): Selection {
    return this.plan(type, collectFields(this.scope, type, [this.operation.operation]));
  }

  selection(type: GraphQLObjectType, nodes: FieldNodes): Selection {
    const ofNodes = this.planned.get(nodes) ?? new Map<GraphQLObjectType, Selection>();
    this.planned.set(nodes, ofNodes);
    const known = ofNodes.get(type);
    if (known !== undefined) return known;
    const planned = this.plan(type, collectFields(this.scope, type, nodes));
    ofNodes.set(type, planned);
    return planned;
  }

  shortcut(type: GraphQLOutputType, nodes: FieldNodes): Shortcut | null {
    return this.shortcuts?.of(type, nodes) ?? null;
  }

  private plan(type: GraphQLObjectType, collected: CollectedFields): Selection {
    const fields = [...collected].flatMap(
      ([name, nodes]) => this.fieldPlan(type, name, nodes) ?? [],
    );
    this.fieldCount += fields.length;
    return { type, fields };
  }

  private fieldPlan(
    parentType: GraphQLObjectType,
    name: string,
    nodes: FieldNodes,
  ): FieldPlan | null {
    const field = getFieldDef(this.operation.schema, parentType, nodes[0]);
    if (!field) return null;
    return {
      name,
      key: `${JSON.stringify(name)}:`,
      nodes,
      parentType,
      field,
      resolve: field.resolve ?? defaultFieldResolver,
      complete: completeOf(field.type, { nodes, planner: this }),
    };
  }
}
