import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
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
  limits: Readonly<Record<NoInfer<M>, number>>,
): void {
  for (const measure of Object.keys(figures) as M[]) {
    const [figure, limit] = [figures[measure], limits[measure]];
    if (figure <= limit) continue;
    // A fragment that spreads itself makes a figure infinite, which JSON cannot hold.
    const shown = Number.isFinite(figure) ? figure : null;
    throw new ClientError(
      "QUERY_TOO_COSTLY",
      `The operation asks for ${shown ?? "endless"} ${MEASURES[measure]}; limits.${measure} is ${limit}.`,
      { [measure]: shown, limit },
    );
  }
}

/** The size of a document, measured without a schema. Introspection does not count as depth. */
type DocumentSize = Pick<OperationLimits, "depth" | "aliases" | "rootFields" | "directives">;

/** The limits that apply to a document's text alone. */
type DocumentLimits = DocumentSize & Pick<OperationLimits, "tokens">;

/** Characters of accepted documents that are remembered. */
const KEPT_CHARACTERS = 4_000_000;

/** Errors: `ClientError` QUERY_TOO_COSTLY. */
export function checkDocument(document: DocumentNode, limits: DocumentLimits): void {
  refuseAbove(sizeOf(document), limits);
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
 * Measures the largest operation or fragment of a document. A fragment counts at every level of the answer
 * that it is spread at. The depth of one that spreads itself is infinite.
 *
 * Cost:   at most `MOST_COMPARISONS` steps.
 * Errors: `ClientError` QUERY_TOO_COSTLY if that is not enough.
 */
export function sizeOf(document: DocumentNode): DocumentSize {
  const walk = new DocumentWalk(document);
  const largest = { depth: 0, aliases: 0, rootFields: 0, directives: 0 };
  for (const definition of document.definitions) {
    if (!("selectionSet" in definition)) continue;
    const size = walk.sizeOf(definition);
    for (const measure of Object.keys(largest) as (keyof DocumentSize)[])
      largest[measure] = Math.max(largest[measure], size[measure]);
  }
  return largest;
}

/** Fields that describe the schema. */
const META: ReadonlySet<string> = new Set(["__schema", "__type"]);

/** Levels of introspection that are free: twice what the usual introspection query needs. */
const FREE_META_LEVELS = 30;

const metaDepth = (depth: number): number => Math.max(0, depth - FREE_META_LEVELS);

/** Steps that validation may take to compare fields and fragments. */
const MOST_COMPARISONS = 10_000;

/** The selections that become one field of the answer. */
interface MergedField {
  readonly name: string;
  occurrences: number;
  readonly below: LevelPart[];
}

/** Selections that belong to one level of the answer. */
interface LevelPart {
  readonly selectionSet: SelectionSetNode;
  /** The fragments that it is in. */
  readonly within: readonly string[];
}

/** One level of the answer. */
interface Level {
  /** By their name in the answer. */
  readonly fields: Map<string, MergedField>;
  readonly fragments: Set<string>;
  spreads: number;
  isEndless: boolean;
}

/** Where a selection is: in which fragments, on which type, and beside which fields. */
interface SelectionScope extends Pick<LevelPart, "within"> {
  readonly on: string;
  readonly names: Set<string>;
}

/**
 * Walks a document as validation does, and counts what validation compares: at each level of the answer,
 * fields with the same name and all fragment spreads with each other. 200 fragments in 7 kB kept validation
 * busy for a fifth of a second.
 */
class DocumentWalk {
  private readonly fragments: Fragments;
  private comparisons = 0;
  private aliases = 0;
  private directives = 0;

  constructor(document: DocumentNode) {
    this.fragments = fragmentsOf(document);
  }

  /** Measures a fragment like an operation: validation reads it even if nothing spreads it. */
  sizeOf(definition: OperationDefinitionNode | FragmentDefinitionNode): DocumentSize {
    const { selectionSet, directives = [], variableDefinitions = [] } = definition;
    const isOperation = definition.kind === Kind.OPERATION_DEFINITION;
    this.aliases = 0;
    this.directives = directives.length;
    for (const variable of variableDefinitions) this.directives += variable.directives?.length ?? 0;
    const root = this.levelOf([
      { selectionSet, within: isOperation ? [] : [definition.name.value] },
    ]);
    const rootFields = [...root.fields.values()].reduce((sum, field) => sum + field.occurrences, 0);
    const depth = this.depthOf(root);
    const isMeta = !isOperation && definition.typeCondition.name.value.startsWith("__");
    return {
      depth: isMeta ? metaDepth(depth) : depth,
      aliases: this.aliases,
      rootFields: isOperation ? rootFields : 0,
      directives: this.directives,
    };
  }

  /** The levels of the answer from this one on. */
  private depthOf({ fields, isEndless }: Level): number {
    let depth = isEndless ? Number.POSITIVE_INFINITY : 0;
    for (const { name, below } of fields.values()) {
      const levels = below.length === 0 ? 0 : this.depthOf(this.levelOf(below));
      depth = Math.max(depth, META.has(name) ? metaDepth(levels) : levels + 1);
    }
    return depth;
  }

  private levelOf(parts: readonly LevelPart[]): Level {
    const level: Level = { fields: new Map(), fragments: new Set(), spreads: 0, isEndless: false };
    for (const { selectionSet, within } of parts)
      this.collect(selectionSet, { within, on: "", names: new Set() }, level);
    return level;
  }

  private collect({ selections }: SelectionSetNode, around: SelectionScope, level: Level): void {
    for (const selection of selections) {
      this.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) this.addField(selection, around, level);
      else if (selection.kind === Kind.FRAGMENT_SPREAD)
        this.addSpread(selection.name.value, around, level);
      else {
        const on = selection.typeCondition?.name.value ?? around.on;
        this.collect(selection.selectionSet, { ...around, on }, level);
      }
    }
  }

  private addField(
    { alias, name, selectionSet }: FieldNode,
    { within, on, names }: SelectionScope,
    { fields }: Level,
  ): void {
    const key = (alias ?? name).value;
    const place = `${on} ${key}`;
    if (alias !== undefined || names.has(place)) this.aliases += 1;
    names.add(place);
    const field = fields.get(key) ?? { name: name.value, occurrences: 0, below: [] };
    fields.set(key, field);
    this.addComparisons(1 + field.occurrences++);
    if (selectionSet !== undefined) field.below.push({ selectionSet, within });
  }

  private addSpread(name: string, { within }: SelectionScope, level: Level): void {
    this.addComparisons(1 + level.spreads++);
    if (within.includes(name)) level.isEndless = true;
    const fragment = this.fragments[name];
    if (fragment === undefined || within.includes(name) || level.fragments.has(name)) return;
    level.fragments.add(name);
    this.directives += fragment.directives?.length ?? 0;
    const around = { within: [...within, name], on: "", names: new Set<string>() };
    this.collect(fragment.selectionSet, around, level);
  }

  private addComparisons(count: number): void {
    this.comparisons += count;
    if (this.comparisons <= MOST_COMPARISONS) return;
    throw new ClientError(
      "QUERY_TOO_COSTLY",
      `The document needs more than ${MOST_COMPARISONS} comparisons of fields and fragments to be validated.`,
      { comparisons: this.comparisons, limit: MOST_COMPARISONS },
    );
  }
}
