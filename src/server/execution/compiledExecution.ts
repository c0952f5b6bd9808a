import {
  HeaderMap,
  type ApolloServerPlugin,
  type GraphQLRequestContextExecutionDidStart,
  type GraphQLRequestContextResponseForOperation,
  type GraphQLRequestExecutionListener,
  type GraphQLResponse,
} from "@apollo/server";
import { getVariableValues, type GraphQLError, type OperationDefinitionNode } from "graphql";
import type { Context } from "../../graphql/context.js";
import { JsonData } from "./answer.js";
import { compile, type Execute } from "./compile.js";
import { formatErrors, type FormatError } from "./formatErrors.js";
import { TextKeeper } from "./keptTexts.js";
import type { Listeners } from "./listeners.js";
import type { Variables } from "./plan.js";

/** Why an operation is left to graphql-js. */
export type InterpretedReason = "VARIABLES" | "NOT_A_QUERY" | "FIELD_LISTENERS";

/** What compiled execution takes part in. */
export interface CompiledExecutionParts {
  readonly format: FormatError;
  /** Those of all other plugins. */
  readonly listeners: Listeners;
  /** Told of each operation that is left to graphql-js. */
  readonly onInterpreted: (reason: InterpretedReason) => void;
}

type Executing = GraphQLRequestContextResponseForOperation<Context>;
/** The same, as listeners are told of it. */
type Begun = GraphQLRequestContextExecutionDidStart<Context>;

/** Characters of objects' texts that are kept for further answers. */
const KEPT_CHARACTERS = 8_000_000;

/**
 * Executes queries in compiled form, with the answers, errors and hooks that graphql-js would give.
 *
 * An operation is compiled when it is first met, and forgotten with the document that Apollo Server
 * keeps. Variables that are wrong and operations that are no queries are left to graphql-js.
 */
export function makeCompiledExecution(parts: CompiledExecutionParts): ApolloServerPlugin<Context> {
  const compiled = new WeakMap<OperationDefinitionNode, Execute | null>();
  const keeper = new TextKeeper(KEPT_CHARACTERS);
  const compiledOnce = (request: Executing): Execute | null => {
    const known = compiled.get(request.operation);
    if (known !== undefined) return known;
    const made = compile(request, keeper);
    compiled.set(request.operation, made);
    return made;
  };
  const leave = (reason: InterpretedReason): null => {
    parts.onInterpreted(reason);
    return null;
  };
  const listener = {
    responseForOperation: async (request: Executing): Promise<GraphQLResponse | null> => {
      // A name that the document does not have is told by Apollo Server, whatever its types say.
      if ((request.operation as OperationDefinitionNode | undefined) === undefined) return null;
      const execute = compiledOnce(request);
      if (execute === null) return leave("NOT_A_QUERY");
      const variables = variablesOf(request);
      if (variables === null) return leave("VARIABLES");
      const executions = await parts.listeners.executionDidStart(request as Begun);
      // Apollo Server tells them of each field by wrapping its resolver.
      if (executions.some(({ willResolveField }) => willResolveField))
        return leave("FIELD_LISTENERS");
      const { data, errors } = await execute(variables, request.contextValue);
      const response = await responseOf(request, new JsonData(data), errors, parts);
      await tellEnd(executions);
      return response;
    },
  };
  return { requestDidStart: async () => listener };
}

/** Null for variables that are wrong. */
function variablesOf({ schema, operation, request }: Executing): Variables | null {
  const { variableDefinitions = [] } = operation;
  return getVariableValues(schema, variableDefinitions, request.variables ?? {}).coerced ?? null;
}

async function responseOf(
  request: Executing,
  json: JsonData,
  errors: readonly GraphQLError[],
  { listeners, format }: CompiledExecutionParts,
): Promise<GraphQLResponse> {
  const data = json as unknown as Record<string, unknown>;
  if (errors.length === 0)
    return { http: { headers: new HeaderMap() }, body: { kind: "single", singleResult: { data } } };
  const failed = Object.assign(request, { errors });
  await Promise.all(listeners.of(request).map((one) => one.didEncounterErrors?.(failed)));
  const formatted = formatErrors(errors, format);
  return {
    http: formatted.http,
    body: { kind: "single", singleResult: { data, errors: formatted.errors } },
  };
}

async function tellEnd(
  executions: readonly GraphQLRequestExecutionListener<Context>[],
): Promise<void> {
  if (executions.length === 0) return;
  await Promise.all(executions.toReversed().map((one) => one.executionDidEnd?.()));
}
