import {
  getArgumentValues,
  getNamedType,
  Kind,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type SelectionSetNode,
} from "graphql";
import type { Fact } from "../domain/instance.js";
import { type BackupRange, FROM_NEWEST } from "../domain/reads.js";
import {
  collectFields,
  selectionsOf,
  type FieldNodes,
  type Fragments,
  type SelectionParts,
} from "../execution/index.js";

/** Some fields of an operation, and the type that they return. */
interface SelectedNode {
  readonly type: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
}

/** The fields of an instance that look for a backup, newest first. */
const LOOKING_FOR_NEWEST: ReadonlySet<string> = new Set(["latestBackup", "coverage"]);

/** Reads the arguments of a list of backups. */
type RangeOf<Args> = (args: Args) => BackupRange;

/** The lists of backups selected below each instance of the connection that a field returns. */
export function listsOfEach<Args>(
  info: GraphQLResolveInfo,
  rangeOf: RangeOf<Args>,
): readonly BackupRange[] {
  const parts = partsOf(info);
  const type = getNamedType(info.returnType) as GraphQLObjectType;
  return listsOf(parts, instancesIn(parts, { type, nodes: info.fieldNodes }), rangeOf);
}

/** The lists of backups selected below the instance that a field returns. */
export const listsOfOne = <Args>(
  info: GraphQLResolveInfo,
  rangeOf: RangeOf<Args>,
): readonly BackupRange[] => {
  const type = info.schema.getType("Instance") as GraphQLObjectType;
  return listsOf(partsOf(info), [{ type, nodes: info.fieldNodes }], rangeOf);
};

const partsOf = ({ schema, fragments, variableValues }: GraphQLResolveInfo): SelectionParts => ({
  schema,
  fragments,
  variables: variableValues,
});

/** Lists with invalid arguments are left out. Their own resolver reports the error. */
function listsOf<Args>(
  parts: SelectionParts,
  instances: readonly SelectedNode[],
  rangeOf: RangeOf<Args>,
): readonly BackupRange[] {
  const fields = instances.flatMap((instance) =>
    fieldsOf(parts, instance).map(([node]) => ({ node, field: fieldOf(instance.type, node) })),
  );
  const lists = fields
    .filter(({ node }) => node.name.value === "backups")
    .flatMap(({ node, field }) => {
      if (field === undefined) return [];
      try {
        return [rangeOf(getArgumentValues(field, node, parts.variables) as Args)];
      } catch {
        return [];
      }
    });
  const looksForNewest = fields.some(({ node }) => LOOKING_FOR_NEWEST.has(node.name.value));
  return looksForNewest ? [...lists, FROM_NEWEST] : lists;
}

/** The facts that fields of an instance show. */
const FACT_FIELDS: ReadonlyMap<string, Fact> = new Map<string, Fact>([
  ["tags", "tags"],
  ["project", "project"],
  ["encrypted", "encrypted"],
  ["automaticBackups", "automaticBackups"],
  ["retention", "retentionMs"],
]);

/** The facts selected of each instance of the connection that a field returns. */
export function factsOfEach(info: GraphQLResolveInfo): readonly Fact[] {
  const parts = partsOf(info);
  const type = getNamedType(info.returnType) as GraphQLObjectType;
  const instances = instancesIn(parts, { type, nodes: info.fieldNodes });
  const names = instances.flatMap((one) => fieldsOf(parts, one).map(([node]) => node.name.value));
  return [...new Set(names.flatMap((name) => FACT_FIELDS.get(name) ?? []))];
}

/** The fields that select a connection's instances: `nodes`, and `node` below `edges`. */
const instancesIn = (parts: SelectionParts, connection: SelectedNode): readonly SelectedNode[] => [
  ...below(parts, connection, "nodes"),
  ...below(parts, connection, "edges").flatMap((edge) => below(parts, edge, "node")),
];

const below = (
  parts: SelectionParts,
  selected: SelectedNode,
  name: string,
): readonly SelectedNode[] =>
  fieldsOf(parts, selected)
    .filter(([node]) => node.name.value === name)
    .map((nodes) => {
      const type = getNamedType(fieldOf(selected.type, nodes[0])?.type) as GraphQLObjectType;
      return { type, nodes };
    });

/** None where a `@skip` or `@include` is null, which execution reports. */
function fieldsOf(parts: SelectionParts, { type, nodes }: SelectedNode): readonly FieldNodes[] {
  try {
    return [...collectFields(parts, type, selectionsOf(nodes)).values()];
  } catch {
    return [];
  }
}

const fieldOf = (type: GraphQLObjectType, { name }: FieldNode) => type.getFields()[name.value];

const HAS_MORE: ReadonlySet<string> = new Set(["hasNextPage", "hasPreviousPage"]);

/**
 * Whether a connection's `hasNextPage` or `hasPreviousPage` is selected. Only then is it worth a
 * vendor call to find out. Directives are ignored: a field that `@skip` removes counts as selected.
 */
export function selectsHasMore({ fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  const [node] = fieldNodes;
  if (fieldNodes.length > 1 || node === undefined) return hasMoreIn(fieldNodes, fragments);
  // The field of a list of lists is resolved once for each item, so the result is kept.
  let more = known.get(node);
  if (more === undefined) known.set(node, (more = hasMoreIn(fieldNodes, fragments)));
  return more;
}

const known = new WeakMap<FieldNode, boolean>();

const hasMoreIn = (fieldNodes: readonly FieldNode[], fragments: Fragments): boolean =>
  fieldNodes
    .flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments))
    .filter(({ name }) => name.value === "pageInfo")
    .flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments))
    .some(({ name }) => HAS_MORE.has(name.value));

/** The fields of a selection, including those in fragments. */
function fieldsIn(selectionSet: SelectionSetNode | undefined, fragments: Fragments): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap((selection): FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return fieldsIn(fragment?.selectionSet, fragments);
  });
}
