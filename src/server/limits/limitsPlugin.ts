import type { GraphQLRequestContextDidResolveOperation } from "@apollo/server";
import type { OperationDefinitionNode } from "graphql";
import type { Context } from "../../graphql/context.js";
import type { OperationPlugin } from "../operationPlugins.js";
import { checkDocument } from "./document.js";
import type { KnownPlace } from "../../domain/provider.js";
import { refuseAbove, type OperationLimits, type PlacesOf } from "./limits.js";
import { costOf, decidingVariables, type OperationCost } from "./operationCost.js";
import { checkVariables } from "./variables.js";

/** What the limits are applied with. */
export interface LimitsParts {
  readonly limits: OperationLimits;
  readonly placesOf: PlacesOf;
}

/** The known costs of one operation, by the values of the variables that decide them. */
interface KnownCosts {
  readonly variables: readonly string[];
  readonly costs: Map<
    string,
    { readonly places: readonly KnownPlace[]; readonly cost: OperationCost | null }
  >;
}

/** Costs that are remembered for one operation. */
const KEPT_COSTS = 32;
/** Variables longer than this many characters are not remembered. */
const KEPT_CHARACTERS = 1_000;

/**
 * Refuses operations above the limits before anything runs: by their document, and by the largest answer
 * and the vendor calls that their variables allow.
 *
 * Errors: `ClientError` QUERY_TOO_COSTLY with the figure and the limit; BAD_USER_INPUT for variables
 * that the schema does not accept.
 */
export function makeLimitsPlugin({ limits, placesOf }: LimitsParts): OperationPlugin {
  const known = new WeakMap<OperationDefinitionNode, KnownCosts>();
  const knownCosts = ({ document, operation }: Runnable): KnownCosts => {
    const found = known.get(operation);
    if (found !== undefined) return found;
    checkDocument(document, limits);
    const made = { variables: decidingVariables(document), costs: new Map() };
    known.set(operation, made);
    return made;
  };
  return {
    didResolveOperation: async (resolved: Resolved): Promise<void> => {
      // Execution reports an operation name that the document does not contain.
      if (!isRunnable(resolved)) return;
      const { schema, operation, request } = resolved;
      checkVariables({ schema, operation, variables: request.variables ?? {} });
      const places = placesOf(resolved.contextValue.principal);
      const cost = costBy(knownCosts(resolved), resolved, { places, maxPage: limits.first });
      if (cost === null) return;
      const { entities, cost: objects, vendorCalls } = cost;
      refuseAbove<"entities" | "cost" | "vendorCalls">(
        { entities, cost: objects, vendorCalls },
        limits,
      );
    },
  };
}

type Resolved = GraphQLRequestContextDidResolveOperation<Context>;
type Runnable = Resolved & { readonly operation: OperationDefinitionNode };

const isRunnable = (resolved: Resolved): resolved is Runnable => resolved.operation !== undefined;

/** A variable's value in a list, empty if it was not sent: it then has its default, unlike null. */
const given = (variables: Readonly<Record<string, unknown>>, name: string): readonly unknown[] =>
  Object.hasOwn(variables, name) ? [variables[name]] : [];

/** The remembered cost, or the computed one. */
function costBy(
  { variables: names, costs }: KnownCosts,
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
