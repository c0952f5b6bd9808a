import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { LRUCache } from "lru-cache";
import type { Principal } from "../../domain/principal.js";
import type { KnownPlace } from "../../domain/provider.js";
import { ClientError } from "../../errors.js";
import { type Fragments, fragmentsOf } from "../../execution/index.js";

/** What one operation may ask for; part of the config's `limits`. */
export interface OperationLimits {
  /** Rows of one page. */
  readonly first: number;
  /** Levels of fields. */
  readonly depth: number;
  /** Aliased fields, and fields that one selection repeats. */
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Objects in the largest possible answer. */
  readonly cost: number;
  /** Vendor calls. Lists are cut there; calls for single objects are estimated before they are made. */
  readonly vendorCalls: number;
  /** Representations in one `_entities` field. */
  readonly entities: number;
}

/** The places that a caller may see. Returns the same array until they change. */
export type PlacesOf = (principal: Principal) => readonly KnownPlace[];

/** What is measured of an operation, and how errors describe the figure. */
const MEASURES = {
  depth: "levels of fields",
  aliases: "aliases or repeated fields",
  rootFields: "fields at the root",
  directives: "directives",
  entities: "entities",
  cost: "objects in its answer at worst",
  vendorCalls: "vendor calls for single objects at worst",
} as const;

type Measure = keyof typeof MEASURES;

/** Errors: `ClientError` QUERY_TOO_COSTLY for the first figure above its limit. */
export function refuseAbove<M extends Measure>(
  figures: Readonly<Record<M, number>>,
  limits: Readonly<Record<M, number>>,
): void {
  for (const measure of Object.keys(figures) as M[])
    if (figures[measure] > limits[measure])
      throw tooCostly(measure, figures[measure], limits[measure]);
}

/** A fragment that spreads itself makes a figure infinite, which JSON cannot hold: it is null there. */
function tooCostly(measure: Measure, figure: number, limit: number): ClientError {
  const shown = Number.isFinite(figure) ? `${figure}` : "endless";
  return new ClientError(
    "QUERY_TOO_COSTLY",
    `The operation asks for ${shown} ${MEASURES[measure]}; limits.${measure} is ${limit}.`,
    { [measure]: Number.isFinite(figure) ? figure : null, limit },
  );
}

/** The size of a document, measured without a schema. Introspection does not count as depth. */
export type DocumentSize = Pick<OperationLimits, "depth" | "aliases" | "rootFields" | "directives">;

/** The limits that apply to a document's text alone. */
export type DocumentLimits = DocumentSize & Pick<OperationLimits, "tokens">;

/** Characters of accepted documents that are remembered. */
const KEPT_CHARACTERS = 4_000_000;

/** Errors: `ClientError` QUERY_TOO_COSTLY. */
export function checkDocument(document: DocumentNode, limits: DocumentLimits): void {
  refuseAbove<keyof DocumentSize>(sizeOf(document), limits);
  new Comparisons(document).check();
}

/**
 * Makes the check of a document's text, which runs before validation: validation compares fields with
 * each other, so a document written for the purpose keeps it busy for long.
 *
 * Errors: as `checkDocument`. Text that does not parse passes; the GraphQL server reports its errors.
 */
export function makeTextCheck(limits: DocumentLimits): (text: string) => void {
  const accepted = new LRUCache<string, true>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });
  return (text) => {
    if (accepted.has(text)) return;
    const document = parsed(text, limits);
    if (document === null) return;
    checkDocument(document, limits);
    accepted.set(text, true);
  };
}

function parsed(text: string, { tokens }: DocumentLimits): DocumentNode | null {
  try {
    return parse(text, { maxTokens: tokens, noLocation: true });
  } catch {
    return null;
  }
}

/**
 * Measures the largest operation or fragment of a document. A fragment counts everywhere it is spread.
 *
 * Cost: linear in the document, because each fragment is measured once. The depth of a fragment that
 * spreads itself is infinite.
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

/** The size of one selection. */
interface Size {
  depth: number;
  aliases: number;
  directives: number;
  /** Fields of its own level. */
  fields: number;
}

const NOTHING: Size = Object.freeze({ depth: 0, aliases: 0, directives: 0, fields: 0 });
const ENDLESS: Size = Object.freeze({ ...NOTHING, depth: Number.POSITIVE_INFINITY });

/** Fields that describe the schema. */
const META: ReadonlySet<string> = new Set(["__schema", "__type"]);

/** Levels of introspection that are free: twice what the usual introspection query needs. */
const FREE_META_LEVELS = 30;

const metaDepth = (depth: number): number => Math.max(0, depth - FREE_META_LEVELS);

const countOf = (directives: readonly DirectiveNode[] | undefined): number =>
  directives?.length ?? 0;

/** Keeps counts finite: fragments that spread others twice double them at every step. */
const bounded = (count: number): number => Math.min(count, Number.MAX_SAFE_INTEGER);

type Definition = Extract<DocumentNode["definitions"][number], { selectionSet: unknown }>;

class Sizes {
  private readonly fragments: Fragments;
  /** Null while a fragment is being measured. */
  private readonly known = new Map<FragmentDefinitionNode, Size | null>();

  constructor(document: DocumentNode) {
    this.fragments = fragmentsOf(document);
  }

  ofDefinition(definition: Definition): Size {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) return this.ofWholeFragment(definition);
    const size = this.ofSelection(definition.selectionSet, new Set());
    const variables = definition.variableDefinitions ?? [];
    size.directives += countOf(definition.directives);
    for (const { directives } of variables) size.directives += countOf(directives);
    return size;
  }

  /** Measures a fragment like an operation: validation reads it even if nothing spreads it. */
  private ofWholeFragment(fragment: FragmentDefinitionNode): Size {
    const size = this.ofFragment(fragment);
    const isMeta = fragment.typeCondition.name.value.startsWith("__");
    return isMeta ? { ...size, depth: metaDepth(size.depth) } : size;
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

  /** `names` holds the fields seen at the same level, each with the type it is selected on. */
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
    const fragment = this.fragments[selection.name.value];
    return fragment === undefined ? NOTHING : this.ofFragment(fragment);
  }

  private ofField({ alias, name, selectionSet }: FieldNode, names: Set<string>, on: string): Size {
    const key = `${on} ${alias?.value ?? name.value}`;
    const own = alias !== undefined || names.has(key) ? 1 : 0;
    names.add(key);
    const below = selectionSet === undefined ? NOTHING : this.ofSelection(selectionSet, new Set());
    const { depth, aliases, directives } = below;
    return {
      depth: META.has(name.value) ? metaDepth(depth) : depth + 1,
      aliases: aliases + own,
      directives,
      fields: 1,
    };
  }
}

/** Steps that validation may take to compare fields and fragments. */
const MOST_COMPARISONS = 10_000;

/** The selections that become one field of the answer. */
interface MergedField {
  occurrences: number;
  readonly below: SelectionSetNode[];
}

/**
 * Counts what validation compares: at each level of the answer, fields with the same name and all
 * fragment spreads with each other. 200 fragments in 7 kB kept validation busy for a fifth of a second.
 *
 * Cost: at most `MOST_COMPARISONS` steps. The depth of the document must be bounded.
 */
class Comparisons {
  private count = 0;
  private readonly fragments: Fragments;

  constructor(private readonly document: DocumentNode) {
    this.fragments = fragmentsOf(document);
  }

  /** Errors: `ClientError` QUERY_TOO_COSTLY. */
  check(): void {
    for (const definition of this.document.definitions)
      if ("selectionSet" in definition) this.addLevel([definition.selectionSet]);
  }

  /** Adds selections that merge into one level of the answer, and everything below them. */
  private addLevel(selectionSets: readonly SelectionSetNode[]): void {
    const fields = new Map<string, MergedField>();
    const spreads = { occurrences: 0, names: new Set<string>() };
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) this.addField(selection, fields);
        else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
        else {
          this.add(1 + spreads.occurrences++);
          const { value } = selection.name;
          const fragment = spreads.names.has(value) ? undefined : this.fragments[value];
          spreads.names.add(value);
          if (fragment !== undefined) collect(fragment.selectionSet);
        }
      }
    };
    selectionSets.forEach(collect);
    for (const { below } of fields.values()) if (below.length > 0) this.addLevel(below);
  }

  private addField(
    { alias, name, selectionSet }: FieldNode,
    fields: Map<string, MergedField>,
  ): void {
    const key = (alias ?? name).value;
    const field = fields.get(key) ?? { occurrences: 0, below: [] };
    fields.set(key, field);
    this.add(1 + field.occurrences++);
    if (selectionSet !== undefined) field.below.push(selectionSet);
  }

  private add(steps: number): void {
    this.count += steps;
    if (this.count <= MOST_COMPARISONS) return;
    throw new ClientError(
      "QUERY_TOO_COSTLY",
      `The document needs more than ${MOST_COMPARISONS} comparisons of fields and fragments to be validated.`,
      { comparisons: this.count, limit: MOST_COMPARISONS },
    );
  }
}
