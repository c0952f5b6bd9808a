import {
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  type SelectionSetNode,
} from "graphql";

const MORE: ReadonlySet<string> = new Set(["hasNextPage", "hasPreviousPage"]);

/**
 * Whether the answer tells of a connection if there is more: only then is it worth finding out.
 * Directives are not looked at: a field that `@skip` leaves out counts as selected.
 */
export const asksForMore = ({ fieldNodes, fragments }: GraphQLResolveInfo): boolean =>
  fieldNodes
    .flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments))
    .filter(({ name }) => name.value === "pageInfo")
    .flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments))
    .some(({ name }) => MORE.has(name.value));

/** The fields of a selection, those in fragments included. */
function fieldsIn(
  selectionSet: SelectionSetNode | undefined,
  fragments: Readonly<Record<string, FragmentDefinitionNode | undefined>>,
): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap((selection): FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return fieldsIn(fragment?.selectionSet, fragments);
  });
}
