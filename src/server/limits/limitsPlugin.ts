import type { GraphQLRequestContextDidResolveOperation } from "@apollo/server";
import type { OperationDefinitionNode } from "graphql";
import type { Context } from "../../graphql/context.js";
import { checkDocument } from "./documentCheck.js";
import { costOf, decidingVariables, type OperationCost } from "./operationCost.js";
import type { KnownPlace, OperationLimits, PlacesOf } from "./options.js";
import type { OperationPlugin } from "../operationPlugin.js";
import { refuseAbove } from "./tooCostly.js";
import { checkVariables } from "./variables.js";

/** What the limits are applied with. */
export interface LimitsParts {
  readonly limits: OperationLimits;
  readonly placesOf: PlacesOf;
}

/** Costs of one operation that are remembered, by the variables that decide them. */
interface Remembered {
  readonly variables: readonly string[];
  readonly costs: Map<
    string,
    { readonly places: readonly KnownPlace[]; cost: OperationCost | null }
  >;
}

/** Costs of one operation with other variables that are remembered. */
const KEPT_COSTS = 32;
/** Characters of variables that are worth remembering a cost by. */
const KEPT_CHARACTERS = 1_000;

/**
 * Refuses operations that are larger than is allowed before anything of them runs: by the document, and
 * by what its answer and the vendor calls for it may come to with the variables that were sent.
 *
 * Errors: `ClientError` QUERY_TOO_COSTLY with the figure and the limit; BAD_USER_INPUT for variables
 * that the schema does not accept.
 */
export function makeLimitsPlugin({ limits, placesOf }: LimitsParts): OperationPlugin {
  const remembered = new WeakMap<OperationDefinitionNode, Remembered>();
  const remember = ({ document, operation }: Runnable): Remembered => {
    const known = remembered.get(operation);
    if (known !== undefined) return known;
    checkDocument(document, limits);
    const made = { variables: decidingVariables(document), costs: new Map() };
    remembered.set(operation, made);
    return made;
  };
  return {
    didResolveOperation: async (resolved: Resolved): Promise<void> => {
      // An operation that the document does not have is told when it is run.
      if (!isRunnable(resolved)) return;
      const { schema, operation, request } = resolved;
      checkVariables({ schema, operation, variables: request.variables ?? {} });
      const places = placesOf(resolved.contextValue.principal);
      const cost = costBy(remember(resolved), resolved, { places, maxPage: limits.first });
      if (cost !== null) refuseAbove<"cost" | "vendorCalls" | "entities">(figuresOf(cost), limits);
    },
  };
}

type Resolved = GraphQLRequestContextDidResolveOperation<Context>;
type Runnable = Resolved & { readonly operation: OperationDefinitionNode };

const isRunnable = (resolved: Resolved): resolved is Runnable => resolved.operation !== undefined;

const figuresOf = ({ entities, cost, vendorCalls }: OperationCost) => ({
  entities,
  cost,
  vendorCalls,
});

/** A variable as it was sent: one that is null is not one that is left out and has its default. */
const given = (variables: Readonly<Record<string, unknown>>, name: string): readonly unknown[] =>
  Object.hasOwn(variables, name) ? [variables[name]] : [];

/** The cost as remembered, else counted. */
function costBy(
  { variables: names, costs }: Remembered,
  { schema, document, operation, request }: Runnable,
  basis: { readonly places: readonly KnownPlace[]; readonly maxPage: number },
): OperationCost | null {
  const variables = request.variables ?? {};
  const key = names.length === 0 ? "" : JSON.stringify(names.map((name) => given(variables, name)));
  const known = costs.get(key);
  if (known?.places === basis.places) return known.cost;
  const cost = costOf({ schema, document, operation, variables }, basis);
  if (costs.size >= KEPT_COSTS) costs.clear();
  if (key.length <= KEPT_CHARACTERS) costs.set(key, { places: basis.places, cost });
  return cost;
}
