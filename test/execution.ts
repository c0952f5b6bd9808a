import {
  getOperationAST,
  getVariableValues,
  graphql,
  parse,
  validate,
  type ExecutionResult,
  type GraphQLSchema,
} from "graphql";
import type { Context } from "../src/graphql/context.js";
import { compile } from "../src/execution/index.js";

/** How the suite executes operations: GATEWAY_EXECUTION=interpreted has graphql-js do it. */
export const EXECUTION =
  process.env["GATEWAY_EXECUTION"] === "interpreted" ? "interpreted" : "compiled";

interface Question {
  readonly schema: GraphQLSchema;
  readonly source: string;
  readonly contextValue: Context;
  readonly variableValues?: Record<string, unknown>;
}

/** The result of an operation, executed as the whole suite is. */
export const answerOf = async (question: Question): Promise<ExecutionResult> =>
  (EXECUTION === "compiled" ? await compiledAnswer(question) : null) ?? graphql(question);

/** Null for what is left to graphql-js. */
async function compiledAnswer(question: Question): Promise<ExecutionResult | null> {
  const { schema, contextValue, variableValues = {} } = question;
  const document = parsed(question);
  const operation = document && getOperationAST(document);
  if (!operation) return null;
  const plan = compile({ schema, document, operation });
  const definitions = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(schema, definitions, variableValues);
  if (plan === null || coerced === undefined) return null;
  const { data, errors } = await plan.execute(coerced, contextValue);
  const result = { data: JSON.parse(data) as Record<string, unknown> | null };
  return errors.length === 0 ? result : { ...result, errors };
}

function parsed({ schema, source }: Question) {
  try {
    const document = parse(source);
    return validate(schema, document).length === 0 ? document : null;
  } catch {
    return null;
  }
}
