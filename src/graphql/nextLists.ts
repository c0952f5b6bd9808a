import {
  getArgumentValues,
  getNamedType,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from "graphql";
import type { BackupRange } from "../domain/reads.js";
import { collectFields, selectionsOf, type SelectionParts } from "./collectFields.js";

/** What is selected of the objects of one type. */
interface Selected {
  readonly type: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
}

/** The fields of an instance that look for a backup from its newest on. */
const FROM_NEWEST: ReadonlySet<string> = new Set(["latestBackup", "coverage"]);

/** Any list that begins where they look first will do. */
const NEWEST: BackupRange = {
  page: { first: 1, after: null, last: null, before: null },
  filter: null,
  order: "STARTED_AT_DESC",
};

/** Reads the arguments of a list of backups. */
type RangeOf<Args> = (args: Args) => BackupRange;

/** The lists of backups that an answer shows of each instance of the connection that a field gives. */
export function listsOfEach<Args>(
  info: GraphQLResolveInfo,
  rangeOf: RangeOf<Args>,
): readonly BackupRange[] {
  const parts = partsOf(info);
  const type = getNamedType(info.returnType) as GraphQLObjectType;
  return listsOf(parts, instancesIn(parts, { type, nodes: info.fieldNodes }), rangeOf);
}

/** The lists of backups that an answer shows of the instance that a field gives. */
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

/** A list of backups whose arguments are wrong is left out: they are refused where it is resolved. */
function listsOf<Args>(
  parts: SelectionParts,
  instances: readonly Selected[],
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
  const looksForNewest = fields.some(({ node }) => FROM_NEWEST.has(node.name.value));
  return looksForNewest ? [...lists, NEWEST] : lists;
}

/** What is selected of a connection's instances, by edges or directly. */
const instancesIn = (parts: SelectionParts, connection: Selected): readonly Selected[] => [
  ...below(parts, connection, "nodes"),
  ...below(parts, connection, "edges").flatMap((edge) => below(parts, edge, "node")),
];

const below = (parts: SelectionParts, selected: Selected, name: string): readonly Selected[] =>
  fieldsOf(parts, selected)
    .filter(([node]) => node.name.value === name)
    .map((nodes) => {
      const type = getNamedType(fieldOf(selected.type, nodes[0])?.type) as GraphQLObjectType;
      return { type, nodes };
    });

const fieldsOf = (parts: SelectionParts, { type, nodes }: Selected) => [
  ...collectFields(parts, type, selectionsOf(nodes)).values(),
];

const fieldOf = (type: GraphQLObjectType, { name }: FieldNode) => type.getFields()[name.value];
