import type { GraphQLRequestContextDidResolveOperation } from "@apollo/server";
import type { OperationDefinitionNode } from "graphql";
import { LRUCache } from "lru-cache";
import type { Context } from "../../graphql/context.js";
import type { OperationPlugin } from "../operationPlugins.js";
import { checkDocument, type OperationLimits, type PlacesOf, refuseAbove } from "./document.js";
import { costOf, decidingVariables, type OperationCost } from "./operationCost.js";
import { checkVariables } from "./variables.js";

/** What the limits are applied with. */
export interface LimitsParts {
  readonly limits: OperationLimits;
  readonly placesOf: PlacesOf;
}

/** Bytes of the costs that are remembered. */
const COST_BYTES = 2 * 2 ** 20;
/** Bytes of one cost besides its key. */
const ENTRY_BYTES = 300;
/** Costs with longer keys are not remembered: such variables rarely come again. */
const KEY_CHARACTERS = 1_000;

/**
 * Refuses operations above the limits before anything runs: by their document, and by the largest answer
 * and the vendor calls that their variables allow.
 *
 * Errors: `ClientError` QUERY_TOO_COSTLY with the figure and the limit; BAD_USER_INPUT for variables
 * that the schema does not accept.
 */
export function makeLimitsPlugin({ limits, placesOf }: LimitsParts): OperationPlugin {
  /** The deciding variables of operations whose document was accepted. */
  const accepted = new WeakMap<OperationDefinitionNode, readonly string[]>();
  const costs = new LRUCache<string, { readonly cost: OperationCost | null }>({
    maxSize: COST_BYTES,
    sizeCalculation: (_, key) => ENTRY_BYTES + 2 * key.length,
  });
  const decidingOf = ({ document, operation }: Runnable): readonly string[] => {
    const known = accepted.get(operation);
    if (known !== undefined) return known;
    checkDocument(document, limits);
    const names = decidingVariables(document);
    accepted.set(operation, names);
    return names;
  };
  const costBy = (resolved: Runnable): OperationCost | null => {
    const { schema, document, operation, request, contextValue } = resolved;
    const sent = request.variables ?? {};
    const variables = checkVariables(contextValue, { schema, operation, variables: sent });
    const places = placesOf(contextValue.principal);
    const values = decidingOf(resolved).map((name) => valueOf(sent, name));
    const key = `${idOf(operation)} ${idOf(places)} ${JSON.stringify(values)}`;
    const known = costs.get(key);
    if (known !== undefined) return known.cost;
    const asked = { schema, document, operation, variables };
    const cost = costOf(asked, { places, maxPage: limits.first });
    if (key.length <= KEY_CHARACTERS) costs.set(key, { cost });
    return cost;
  };
  return {
    didResolveOperation: async (resolved: Resolved): Promise<void> => {
      // Execution reports an operation name that the document does not contain.
      if (!isRunnable(resolved)) return;
      const cost = costBy(resolved);
      if (cost === null) return;
      const { entities, cost: objects, vendorCalls: most, mergedLists } = cost;
      // A list over many sources is never too costly by itself: its pages are cut at the limit.
      const isCut = most - mergedLists <= limits.vendorCalls;
      const vendorCalls = isCut ? Math.min(most, limits.vendorCalls) : most;
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
const valueOf = (variables: Readonly<Record<string, unknown>>, name: string): readonly unknown[] =>
  Object.hasOwn(variables, name) ? [variables[name]] : [];

const ids = new WeakMap<object, number>();
let lastId = 0;

/** A number that stands for an object in a key, so that the key does not keep the object in memory. */
function idOf(object: object): number {
  const known = ids.get(object);
  if (known !== undefined) return known;
  lastId += 1;
  ids.set(object, lastId);
  return lastId;
}
