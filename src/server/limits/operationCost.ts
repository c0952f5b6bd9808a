import {
  getVariableValues,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { fragmentsOf } from "../../execution/index.js";
import { descriptionListsOf, type DescriptionLists } from "./answerLists.js";
import { AnswerWalk } from "./answerWalk.js";
import { CallTally } from "./callTally.js";
import type { KnownPlace } from "./options.js";

/** What an operation may take at worst, before anything of it runs. */
export interface OperationCost {
  /** Objects of the answer. */
  readonly cost: number;
  readonly vendorCalls: number;
  /** Representations of one `_entities` question. */
  readonly entities: number;
  /** Fields that were looked at to find this out. */
  readonly steps: number;
}

/** An operation as it was asked. */
export interface AskedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What the cost of an operation depends on besides. */
export interface CostBasis {
  readonly places: readonly KnownPlace[];
  /** Rows of one page. */
  readonly maxPage: number;
}

const descriptions = new WeakMap<GraphQLSchema, DescriptionLists>();

/** The cost of an operation; null for one whose variables are wrong, which is told when it is run. */
export function costOf(
  asked: AskedOperation,
  { places, maxPage }: CostBasis,
): OperationCost | null {
  const { schema, document, operation } = asked;
  const root = schema.getRootType(operation.operation);
  const { coerced } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    asked.variables,
    { maxErrors: 1 },
  );
  if (root === undefined || root === null || coerced === undefined) return null;
  const known = descriptions.get(schema) ?? descriptionListsOf(schema);
  descriptions.set(schema, known);
  const tally = new CallTally(places);
  const walk = new AnswerWalk({
    schema,
    descriptions: known,
    fragments: fragmentsOf(document),
    variables: coerced,
    tally,
    maxPage,
  });
  const { objects, instances, calls } = walk.root(root, operation.selectionSet);
  const { entities, steps } = walk;
  const vendorCalls = tally.calls(instances) + calls;
  return { cost: Math.ceil(objects), vendorCalls, entities, steps };
}

/** Arguments that decide where a page begins and not how much is in it. */
const PLACES_OF_PAGES: ReadonlySet<string> = new Set(["after", "before"]);

/** Names of the variables that an operation's cost may depend on. */
export function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument: ({ name }) => (PLACES_OF_PAGES.has(name.value) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  return [...names].sort();
}
