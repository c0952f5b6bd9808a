import {
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  typeFromAST,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { ClientError } from "../../errors.js";
import type { Variables } from "../../execution/index.js";
import type { Context } from "../../graphql/context.js";

/** Variables as the client sent them. */
type SentVariables = Readonly<Record<string, unknown>>;

/** An operation and the variables that were sent with it. */
export interface VariablesOfOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly variables: SentVariables;
}

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

/** The maximum nesting of lists and objects. The schema's input types need six levels. */
export const DEEPEST = 64;
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
export function checkVariables(context: Context, sent: VariablesOfOperation): Variables {
  refuseDeep(sent.variables);
  const coerced = coercedVariables(context, sent);
  if (coerced !== null) return coerced;
  const faults = faultsOf(sent);
  throw new ClientError("BAD_USER_INPUT", `The variables are not valid. ${faults.join(" ")}`);
}

function refuseDeep(variables: SentVariables): void {
  if (isDeep(variables))
    throw new ClientError(
      "BAD_USER_INPUT",
      `The variables are nested deeper than ${DEEPEST} levels.`,
    );
}

/** Whether a JSON value is nested deeper than `DEEPEST` levels. */
export function isDeep(value: unknown): boolean {
  let level = [value].filter(isObject);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((object) => Object.values(object).filter(isObject));
  }
  return false;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

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
