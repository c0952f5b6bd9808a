import {
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** How large a document is before anything of it is looked up in a schema. */
export interface DocumentSize {
  /** Levels of fields; what describes the schema is not counted. */
  readonly depth: number;
  /** Fields under a name of their own, and fields that one selection names again. */
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
}

/** Of one selection. */
interface Size {
  depth: number;
  aliases: number;
  directives: number;
  /** At its own level. */
  fields: number;
}

/**
 * Measures the largest operation or fragment of a document, with fragments counted wherever they are
 * spread.
 *
 * Cost: linear in the document: a fragment is measured once, and one that spreads itself has no end.
 */
export function sizeOf(document: DocumentNode): DocumentSize {
  const sizes = new Sizes(document);
  const largest = { depth: 0, aliases: 0, rootFields: 0, directives: 0 };
  for (const definition of document.definitions) {
    const isOperation = definition.kind === Kind.OPERATION_DEFINITION;
    if (!isOperation && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const size = sizes.ofDefinition(definition);
    largest.depth = Math.max(largest.depth, size.depth);
    largest.aliases = Math.max(largest.aliases, size.aliases);
    largest.directives = Math.max(largest.directives, size.directives);
    if (isOperation) largest.rootFields = Math.max(largest.rootFields, size.fields);
  }
  return largest;
}

/** Fields that describe the schema. */
const META: ReadonlySet<string> = new Set(["__schema", "__type"]);

/** Levels that are not counted where the schema is described: twice what the usual question takes. */
const DESCRIPTION_LEVELS = 30;

const described = (depth: number): number => Math.max(0, depth - DESCRIPTION_LEVELS);

const countOf = (directives: readonly DirectiveNode[] | undefined): number =>
  directives?.length ?? 0;

type Definition = Extract<DocumentNode["definitions"][number], { selectionSet: unknown }>;

class Sizes {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  /** Null while a fragment is being measured. */
  private readonly known = new Map<FragmentDefinitionNode, Size | null>();

  constructor({ definitions }: DocumentNode) {
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.fragments.set(definition.name.value, definition);
  }

  ofDefinition(definition: Definition): Size {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) return this.ofWholeFragment(definition);
    const size = this.ofSelection(definition.selectionSet, new Set());
    const variables = definition.variableDefinitions ?? [];
    size.directives += countOf(definition.directives);
    for (const { directives } of variables) size.directives += countOf(directives);
    return size;
  }

  /** A fragment by itself, as if it were an operation: rules of validation read it also where it is unused. */
  private ofWholeFragment(fragment: FragmentDefinitionNode): Size {
    const size = this.ofFragment(fragment);
    const isMeta = fragment.typeCondition.name.value.startsWith("__");
    return isMeta ? { ...size, depth: described(size.depth) } : size;
  }

  private ofFragment(fragment: FragmentDefinitionNode): Size {
    const known = this.known.get(fragment);
    if (known === null) return ENDLESS;
    if (known !== undefined) return known;
    this.known.set(fragment, null);
    const size = this.ofSelection(fragment.selectionSet, new Set());
    size.directives += countOf(fragment.directives);
    this.known.set(fragment, size);
    return size;
  }

  /** `names` are those that the same level has, by the type that they are selected on. */
  private ofSelection({ selections }: SelectionSetNode, names: Set<string>, on = ""): Size {
    const size: Size = { depth: 0, aliases: 0, directives: 0, fields: 0 };
    for (const selection of selections) {
      const part = this.ofPart(selection, names, on);
      size.depth = Math.max(size.depth, part.depth);
      size.aliases = bounded(size.aliases + part.aliases);
      size.directives = bounded(size.directives + part.directives + countOf(selection.directives));
      size.fields = bounded(size.fields + part.fields);
    }
    return size;
  }

  private ofPart(selection: SelectionNode, names: Set<string>, on: string): Size {
    if (selection.kind === Kind.FIELD) return this.ofField(selection, names, on);
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const type = selection.typeCondition?.name.value ?? on;
      return this.ofSelection(selection.selectionSet, names, type);
    }
    const fragment = this.fragments.get(selection.name.value);
    return fragment === undefined ? NOTHING : this.ofFragment(fragment);
  }

  private ofField({ alias, name, selectionSet }: FieldNode, names: Set<string>, on: string): Size {
    const key = `${on} ${alias?.value ?? name.value}`;
    const own = alias !== undefined || names.has(key) ? 1 : 0;
    names.add(key);
    const below = selectionSet === undefined ? NOTHING : this.ofSelection(selectionSet, new Set());
    const { depth, aliases, directives } = below;
    return {
      depth: META.has(name.value) ? described(depth) : depth + 1,
      aliases: aliases + own,
      directives,
      fields: 1,
    };
  }
}

const NOTHING: Size = Object.freeze({ depth: 0, aliases: 0, directives: 0, fields: 0 });

const ENDLESS: Size = Object.freeze({ ...NOTHING, depth: Number.POSITIVE_INFINITY });

/** Fragments that spread others twice double at every step. */
const bounded = (count: number): number => Math.min(count, Number.MAX_SAFE_INTEGER);
