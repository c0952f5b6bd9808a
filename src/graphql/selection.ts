import {
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  type SelectionSetNode,
} from "graphql";

type Fragments = Readonly<Record<string, FragmentDefinitionNode | undefined>>;

const MORE: ReadonlySet<string> = new Set(["hasNextPage", "hasPreviousPage"]);

/**
 * Whether the answer tells of a connection if there is more: only then is it worth finding out.
 * Directives are not looked at: a field that `@skip` leaves out counts as selected.
 */
export function asksForMore({ fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  const [node] = fieldNodes;
  // A list of lists asks as often as it has items.
  if (fieldNodes.length > 1 || node === undefined) return selectsMore(fieldNodes, fragments);
  let more = known.get(node);
  if (more === undefined) known.set(node, (more = selectsMore(fieldNodes, fragments)));
  return more;
}

const known = new WeakMap<FieldNode, boolean>();

const selectsMore = (fieldNodes: readonly FieldNode[], fragments: Fragments): boolean =>
  fieldNodes
    .flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments))
    .filter(({ name }) => name.value === "pageInfo")
    .flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments))
    .some(({ name }) => MORE.has(name.value));

/** The fields of a selection, those in fragments included. */
function fieldsIn(selectionSet: SelectionSetNode | undefined, fragments: Fragments): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap((selection): FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return fieldsIn(fragment?.selectionSet, fragments);
  });
}
