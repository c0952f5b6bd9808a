import {
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from "graphql";
import {
  collectFields,
  selectionsOf,
  type FieldNodes,
  type SelectionParts,
} from "../../execution/index.js";
import { isConnection, lengthOf, pageSize, type Args, type ListParts } from "./answerLists.js";
import { callsOf, type FieldCalls } from "./fieldFacts.js";

/** What one object's selection takes. */
export interface Demand {
  /** Objects below it. */
  readonly objects: number;
  /** Instances whose own list of backups is read. */
  readonly instances: number;
  /** Calls that nothing else shares. */
  readonly calls: number;
}

/** What a walk over an operation is given. */
export interface WalkParts extends ListParts, SelectionParts {}

/** Where in an answer a selection stands. */
interface Standing {
  /** Rows of the connection that it is selected on; 0 where that is none. */
  readonly page: number;
  /** The provider that all objects at hand belong to; null where they may be anyone's. */
  readonly provider: string | null;
}

const NOTHING: Demand = Object.freeze({ objects: 0, instances: 0, calls: 0 });

/**
 * Walks an operation as an executor would, and counts the answer at its largest instead of making it.
 *
 * Fields that merge in the answer are counted once; a list multiplies all that is below it; of the types
 * that an object may have, the dearest is taken.
 * Cost:   a selection is counted once for each type, page size and provider that it is met with.
 */
export class AnswerWalk {
  /** Fields that were looked at. */
  steps = 0;
  /** Representations of entities that were asked for. */
  entities = 0;
  private readonly counted = new Map<string, Demand>();
  private readonly names = new Map<SelectionSetNode, number>();

  constructor(private readonly parts: WalkParts) {}

  root(type: GraphQLObjectType, selection: SelectionSetNode): Demand {
    return this.below(type, [selection], { page: 0, provider: null });
  }

  private below(
    type: GraphQLObjectType,
    selections: readonly SelectionSetNode[],
    at: Standing,
  ): Demand {
    const key = [type.name, at.page, at.provider ?? "", ...selections.map((s) => this.nameOf(s))];
    const name = key.join("\0");
    const known = this.counted.get(name);
    if (known !== undefined) return known;
    // Whatever leads back to itself ends there.
    this.counted.set(name, NOTHING);
    const demand = this.count(type, selections, at);
    this.counted.set(name, demand);
    return demand;
  }

  private count(
    type: GraphQLObjectType,
    selections: readonly SelectionSetNode[],
    at: Standing,
  ): Demand {
    const total = { objects: 0, instances: 0, calls: 0 };
    let readsOwn = false;
    for (const nodes of collectFields(this.parts, type, selections).values()) {
      this.steps += nodes.length;
      const { calls, demand } = this.ofField(type, nodes, at);
      total.objects += demand.objects;
      total.instances += demand.instances;
      total.calls += demand.calls + (calls.own ?? 0);
      readsOwn ||= calls.ofInstance === true;
    }
    return readsOwn ? { ...total, instances: total.instances + 1 } : total;
  }

  private ofField(
    type: GraphQLObjectType,
    nodes: FieldNodes,
    at: Standing,
  ): { calls: FieldCalls; demand: Demand } {
    const [node] = nodes;
    const field = fieldOf(this.parts.schema, type, node);
    const args = field === undefined ? null : this.argsOf(field, node);
    // What is wrong with it is told when it is run, and nothing is asked for it.
    if (field === undefined || args === null) return { calls: {}, demand: NOTHING };
    const { tally, maxPage } = this.parts;
    const name = `${type.name}.${field.name}`;
    const calls = callsOf(name, { args, tally, provider: at.provider });
    const selections = selectionsOf(nodes);
    if (selections.length === 0) return { calls, demand: NOTHING };
    const provider = calls.provider ?? at.provider;
    const page = isConnection(field) ? pageSize(args, maxPage) : 0;
    const below = this.ofTypes(field, selections, { page, provider });
    const isPlain = below.objects <= 1;
    const size = lengthOf({ name, field, args, page: at.page, isPlain }, this.parts);
    if (name === "Query._entities") this.entities = Math.max(this.entities, size);
    return {
      calls,
      demand: {
        objects: size * (1 + below.objects),
        instances: size * below.instances,
        calls: size * below.calls,
      },
    };
  }

  /** The dearest of the types that the field's objects may have. */
  private ofTypes(
    field: GraphQLField<unknown, unknown>,
    selections: readonly SelectionSetNode[],
    at: Standing,
  ): Demand {
    const named = getNamedType(field.type);
    const types = isAbstractType(named) ? this.parts.schema.getPossibleTypes(named) : [named];
    const demands = types.filter(isObjectType).map((type) => this.below(type, selections, at));
    const most = (part: keyof Demand): number => Math.max(0, ...demands.map((d) => d[part]));
    return { objects: most("objects"), instances: most("instances"), calls: most("calls") };
  }

  private argsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Args | null {
    if (field.args.length === 0) return {};
    try {
      return getArgumentValues(field, node, this.parts.variables);
    } catch {
      return null;
    }
  }

  private nameOf(selection: SelectionSetNode): number {
    const known = this.names.get(selection);
    if (known !== undefined) return known;
    this.names.set(selection, this.names.size);
    return this.names.size - 1;
  }
}

function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  { name }: FieldNode,
): GraphQLField<unknown, unknown> | undefined {
  if (type === schema.getQueryType())
    for (const meta of [SchemaMetaFieldDef, TypeMetaFieldDef])
      if (meta.name === name.value) return meta;
  return type.getFields()[name.value];
}
