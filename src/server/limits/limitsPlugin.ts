import type { GraphQLRequestContextDidResolveOperation } from "@apollo/server";
import {
  getVariableValues,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  type OperationDefinitionNode,
  typeFromAST,
} from "graphql";
import { LRUCache } from "lru-cache";
import { getOrMake, idOf } from "../../domain/maps.js";
import { DEEPEST, isDeep } from "../../domain/row.js";
import { ClientError } from "../../errors.js";
import type { ValidOperation, Variables } from "../../execution/index.js";
import type { Context } from "../../graphql/context.js";
import type { OperationPlugin } from "../options.js";
import { pointsAbove } from "./callerLimits.js";
import { checkDocument, type OperationLimits, type PlacesOf, refuseAbove } from "./document.js";
import { costOf, decidingVariables, type OperationCost } from "./operationCost.js";

/** Variables as the client sent them. */
type SentVariables = Readonly<Record<string, unknown>>;

/** An operation and the variables that were sent with it. */
type VariablesOfOperation = Pick<ValidOperation, "schema" | "operation"> & {
  readonly variables: SentVariables;
};

const COERCED = Symbol("coerced variables");

/**
 * The variables of a request, coerced to the types of the schema; null if they are not valid.
 *
 * They are coerced once and kept on the request's context, because limits, cost and execution need them.
 */
export function coercedVariables(
  context: Context & { [COERCED]?: Variables | null },
  { schema, operation, variables }: VariablesOfOperation,
): Variables | null {
  let coerced = context[COERCED];
  if (coerced === undefined) {
    const definitions = operation.variableDefinitions ?? [];
    coerced = getVariableValues(schema, definitions, variables, { maxErrors: 1 }).coerced ?? null;
    context[COERCED] = coerced;
  }
  return coerced;
}

/** Mistakes that one error names. */
const MOST_FAULTS = 5;
/** Longer names are cut in errors. */
const LONGEST_NAME = 60;

/**
 * Refuses variables that the schema does not accept, before anything else looks at them, and returns them
 * coerced.
 *
 * graphql-js creates an error for every mistake, and each error quotes the whole value: 8,500 unknown
 * fields in 84 kB kept it busy for minutes. This function names at most five mistakes and quotes no value.
 *
 * Cost:   linear in the variables.
 * Errors: `ClientError` BAD_USER_INPUT.
 */
function checkVariables(context: Context, sent: VariablesOfOperation): Variables {
  if (isDeep(sent.variables))
    throw new ClientError(
      "BAD_USER_INPUT",
      `The variables are nested deeper than ${DEEPEST} levels.`,
    );
  const coerced = coercedVariables(context, sent);
  if (coerced !== null) return coerced;
  const faults = faultsOf(sent);
  throw new ClientError("BAD_USER_INPUT", `The variables are not valid. ${faults.join(" ")}`);
}

/** The first mistakes, one sentence each. */
function faultsOf({ schema, operation, variables }: VariablesOfOperation): string[] {
  const faults: string[] = [];
  for (const { variable, type: node, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, node) as GraphQLInputType;
    const isAbsent = !Object.hasOwn(variables, name);
    if (isAbsent && (defaultValue !== undefined || !isNonNullType(type))) continue;
    for (const fault of faultsIn(type, variables[name], `$${short(name)}`)) {
      faults.push(fault);
      if (faults.length === MOST_FAULTS) return faults;
    }
  }
  return faults;
}

/** The mistakes in one value. A generator, so that the search ends when enough are found. */
function* faultsIn(type: GraphQLInputType, value: unknown, at: string): Generator<string> {
  if (value === undefined || value === null) {
    if (isNonNullType(type)) yield `${at}: expected ${type}, but got nothing.`;
  } else if (isNonNullType(type)) yield* faultsIn(type.ofType, value, at);
  else if (isListType(type)) {
    if (!Array.isArray(value)) yield* faultsIn(type.ofType, value, at);
    else for (const [i, item] of value.entries()) yield* faultsIn(type.ofType, item, `${at}[${i}]`);
  } else if (isInputObjectType(type)) yield* faultsInObject(type, value, at);
  else if (!isAccepted(type, value))
    yield `${at}: expected ${type}${meaningOf(type)}, but got ${kindOf(value)}.`;
}

function* faultsInObject(
  type: GraphQLInputObjectType,
  value: unknown,
  at: string,
): Generator<string> {
  if (typeof value !== "object" || Array.isArray(value)) {
    yield `${at}: expected ${type}, but got ${kindOf(value)}.`;
    return;
  }
  const given = value as SentVariables;
  const fields = type.getFields();
  for (const { name, type: fieldType, defaultValue } of Object.values(fields))
    if (Object.hasOwn(given, name) || (isNonNullType(fieldType) && defaultValue === undefined))
      yield* faultsIn(fieldType, given[name], `${at}.${name}`);
  for (const name of Object.keys(given))
    if (!Object.hasOwn(fields, name)) yield `${at}: ${type} has no field "${short(name)}".`;
}

function isAccepted(type: GraphQLInputType, value: unknown): boolean {
  if (!isScalarType(type) && !isEnumType(type)) return true;
  try {
    return type.parseValue(value) !== undefined;
  } catch {
    return false;
  }
}

/** The example in the description of the schema's own scalars. */
function meaningOf(type: GraphQLInputType): string {
  const first = isScalarType(type) ? (type.description ?? "").split(/(?<=\.)\s/)[0] : "";
  return first?.includes("such as") ? ` (${first.replace(/\.$/, "")})` : "";
}

const short = (name: string): string =>
  name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`;

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "text it does not accept" : `a ${typeof value}`;
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
 * What is accepted costs the caller points.
 *
 * Errors: `ClientError` QUERY_TOO_COSTLY with the figure and the limit; BAD_USER_INPUT for variables
 * that the schema does not accept; RATE_LIMITED.
 */
export function makeLimitsPlugin(limits: OperationLimits, placesOf: PlacesOf): OperationPlugin {
  /** The deciding variables of operations whose document was accepted. */
  const accepted = new WeakMap<OperationDefinitionNode, readonly string[]>();
  const costs = new LRUCache<string, { readonly cost: OperationCost | null }>({
    maxSize: COST_BYTES,
    sizeCalculation: (_, key) => ENTRY_BYTES + 2 * key.length,
  });
  const costBy = (operation: OperationDefinitionNode, resolved: Resolved): OperationCost | null => {
    const { schema, document, request, contextValue } = resolved;
    const sent = request.variables ?? {};
    const variables = checkVariables(contextValue, { schema, operation, variables: sent });
    const places = placesOf(contextValue.principal);
    const deciding = getOrMake(accepted, operation, () => {
      checkDocument(document, limits);
      return decidingVariables(document);
    });
    const values = deciding.map((name) => valueOf(sent, name));
    const key = `${idOf(operation)} ${idOf(places)} ${JSON.stringify(values)}`;
    const known = costs.get(key);
    if (known !== undefined) return known.cost;
    const asked = { schema, document, operation, variables };
    const cost = costOf(asked, { places, maxPage: limits.first });
    if (key.length <= KEY_CHARACTERS) costs.set(key, { cost });
    return cost;
  };
  return {
    didResolveOperation: async (resolved): Promise<void> => {
      const { operation } = resolved;
      // Execution reports an operation name that the document does not contain.
      if (operation === undefined) return;
      const found = costBy(operation, resolved);
      if (found === null) return;
      const { entities, cost, vendorCalls } = found;
      refuseAbove({ entities, cost, vendorCalls }, limits);
      const points = pointsAbove(cost);
      if (points > 0) await resolved.contextValue.charge?.(points);
    },
  };
}

type Resolved = GraphQLRequestContextDidResolveOperation<Context>;

/** A variable's value in a list, empty if it was not sent: it then has its default, unlike null. */
const valueOf = (variables: SentVariables, name: string): readonly unknown[] =>
  Object.hasOwn(variables, name) ? [variables[name]] : [];
