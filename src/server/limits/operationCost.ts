import {
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  visit,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
} from "graphql";
import { getFieldDef } from "graphql/execution/execute.js";
import {
  collectFields,
  fragmentsOf,
  type FieldNodes,
  type SelectingNode,
  type SelectionParts,
  type ValidOperation,
  type Variables,
} from "../../execution/index.js";
import { idOf } from "../../domain/maps.js";
import type { KnownPlace } from "../../domain/provider.js";
import {
  type Args,
  callsOf,
  type FieldCalls,
  isConnection,
  lengthOf,
  statsSizeOf,
  type ListBounds,
  pageSize,
  reportWeight,
  VendorCalls,
  WEIGHTS,
} from "./vendorCalls.js";

/** The most that an operation can cost, computed before it runs. */
export interface OperationCost {
  /** Objects in the answer. */
  readonly cost: number;
  /** Vendor calls for single objects, besides the lists that pages, reports and statistics merge. */
  readonly vendorCalls: number;
  /** Representations in one `_entities` field. */
  readonly entities: number;
  /** Fields that were visited to compute this. */
  readonly steps: number;
}

/** An operation with its variables, which are coerced to the types of the schema. */
type AskedOperation = ValidOperation & { readonly variables: Variables };

/** What the cost of an operation depends on besides the operation. */
interface CostBasis {
  readonly places: readonly KnownPlace[];
  /** Rows of one page. */
  readonly maxPage: number;
}

/** The cost of an operation; null for an operation type that the schema lacks. */
export function costOf(
  { schema, document, operation, variables }: AskedOperation,
  { places, maxPage }: CostBasis,
): OperationCost | null {
  const root = schema.getRootType(operation.operation);
  if (!root) return null;
  const vendorCalls = new VendorCalls(places);
  const walk = new AnswerWalk({
    schema,
    fragments: fragmentsOf(document),
    variables,
    vendorCalls,
    maxPage,
  });
  const { objects, instances, calls } = walk.below(root, [operation], AT_ROOT);
  return {
    cost: Math.ceil(objects),
    vendorCalls: vendorCalls.ofInstances(instances) + calls,
    entities: walk.entities,
    steps: walk.steps,
  };
}

/** Arguments that decide where a page starts but not how many rows it has. */
const POSITIONS: ReadonlySet<string> = new Set(["after", "before"]);

/** The names of the variables that an operation's cost can depend on. */
export function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument: ({ name }) => (POSITIONS.has(name.value) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  return [...names].sort();
}

/** What the selection on one object costs. */
interface Demand {
  /** Objects below it. */
  readonly objects: number;
  /** Instances whose own backup list is read. */
  readonly instances: number;
  /** Vendor calls that nothing else shares. */
  readonly calls: number;
}

/** The characters of a field's filter that cost as much as an object: each object above reads the filter anew. */
const FILTER_CHARACTERS = 250;

/** Where in the answer a selection stands. */
interface SelectionPlace {
  /** Rows of the connection that it is selected on, buckets of statistics, or keys of a bucket; else 0. */
  readonly page: number;
  /** The keys of each bucket below, for statistics; else 0. */
  readonly keys: number;
  /** The provider that all objects here belong to; null if they can belong to any. */
  readonly provider: string | null;
}

const AT_ROOT: SelectionPlace = { page: 0, keys: 0, provider: null };

const NOTHING: Demand = Object.freeze({ objects: 0, instances: 0, calls: 0 });

/**
 * Walks an operation as an executor would, and counts the largest possible answer instead of building it.
 *
 * Fields that merge in the answer count once. A list multiplies everything below it. For an abstract
 * type, the most expensive of its types counts.
 *
 * Cost: each selection is counted once per type, page size and provider that it occurs with.
 */
class AnswerWalk {
  /** Fields visited so far. */
  steps = 0;
  /** The largest number of representations in one `_entities` field. */
  entities = 0;
  private readonly counted = new Map<string, Demand>();

  constructor(private readonly parts: ListBounds & SelectionParts) {}

  below(type: GraphQLObjectType, nodes: readonly SelectingNode[], at: SelectionPlace): Demand {
    const key = [type.name, at.page, at.keys, at.provider ?? "", ...nodes.map(idOf)];
    const name = key.join("\0");
    const known = this.counted.get(name);
    if (known !== undefined) return known;
    // Ends the recursion of fragments that spread themselves.
    this.counted.set(name, NOTHING);
    const demand = this.count(type, nodes, at);
    this.counted.set(name, demand);
    return demand;
  }

  private count(
    type: GraphQLObjectType,
    nodes: readonly SelectingNode[],
    at: SelectionPlace,
  ): Demand {
    const total = { objects: 0, instances: 0, calls: 0 };
    let readsOwn = false;
    for (const field of this.fieldsOf(type, nodes)) {
      this.steps += field.length;
      const { calls, demand } = this.ofField(type, field, at);
      total.objects += demand.objects;
      total.instances += demand.instances;
      total.calls += demand.calls + (calls.own ?? 0);
      readsOwn ||= calls.ofInstance === true;
    }
    return readsOwn ? { ...total, instances: total.instances + 1 } : total;
  }

  /** None if a `@skip` or `@include` is null: execution reports an error for each object, and stops there. */
  private fieldsOf(type: GraphQLObjectType, nodes: readonly SelectingNode[]): Iterable<FieldNodes> {
    try {
      return collectFields(this.parts, type, nodes).values();
    } catch {
      return [];
    }
  }

  private ofField(
    type: GraphQLObjectType,
    nodes: FieldNodes,
    at: SelectionPlace,
  ): { calls: FieldCalls; demand: Demand } {
    const [node] = nodes;
    const field = getFieldDef(this.parts.schema, type, node);
    const args = field ? this.argsOf(field, node) : null;
    // Execution reports what is wrong with such a field, without a vendor call.
    if (!field || args === null) return { calls: {}, demand: NOTHING };
    const { vendorCalls, maxPage } = this.parts;
    const name = `${type.name}.${field.name}`;
    const calls = callsOf(name, { args, vendorCalls, provider: at.provider });
    if (node.selectionSet === undefined) return { calls, demand: NOTHING };
    const provider = calls.provider ?? at.provider;
    const { page, keys } =
      name === "Query.backupStats"
        ? statsSizeOf(args, vendorCalls)
        : { page: isConnection(field) ? pageSize(args, maxPage) : at.keys, keys: 0 };
    const below = this.ofTypes(field, nodes, { page, keys, provider });
    const weight =
      name === "Query.coverage"
        ? reportWeight(args, vendorCalls)
        : (WEIGHTS.get(getNamedType(field.type).name) ?? 1);
    const size = lengthOf({ name, field, args, page: at.page }, this.parts);
    if (name === "Query._entities") this.entities = Math.max(this.entities, size);
    const filter = JSON.stringify(args["filter"] ?? null).length / FILTER_CHARACTERS;
    return {
      calls,
      demand: {
        objects: Math.floor(filter) + size * (weight + below.objects),
        instances: size * below.instances,
        calls: size * below.calls,
      },
    };
  }

  /** The most expensive of the types that the field's objects can have. */
  private ofTypes(
    field: GraphQLField<unknown, unknown>,
    nodes: readonly SelectingNode[],
    at: SelectionPlace,
  ): Demand {
    const named = getNamedType(field.type);
    const types = isAbstractType(named) ? this.parts.schema.getPossibleTypes(named) : [named];
    let { objects, instances, calls } = NOTHING;
    for (const type of types.filter(isObjectType)) {
      const below = this.below(type, nodes, at);
      objects = Math.max(objects, below.objects);
      instances = Math.max(instances, below.instances);
      calls = Math.max(calls, below.calls);
    }
    return { objects, instances, calls };
  }

  private argsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Args | null {
    if (field.args.length === 0) return {};
    try {
      return getArgumentValues(field, node, this.parts.variables);
    } catch {
      return null;
    }
  }
}
