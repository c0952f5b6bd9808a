import {
  execute,
  getOperationAST,
  getVariableValues,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from "graphql";
import type { Context } from "../../../src/graphql/context.js";
import { compile } from "../../../src/server/execution/compile.js";
import { TextKeeper } from "../../../src/server/execution/keptTexts.js";

/** One question to an executor. */
export interface Question {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables?: Record<string, unknown>;
  readonly context: Context;
  readonly operationName?: string;
}

/** What both executors can be compared by: the bytes of the data, and all of every error. */
export interface Told {
  readonly data: string;
  readonly errors: readonly unknown[];
}

/** The answer of graphql-js. */
export async function interpreted(question: Question): Promise<Told> {
  const { schema, document, variables, context, operationName } = question;
  const result: ExecutionResult = await execute({
    schema,
    document,
    contextValue: context,
    variableValues: variables ?? {},
    operationName: operationName ?? null,
  });
  return { data: JSON.stringify(result.data), errors: (result.errors ?? []).map(allOf) };
}

/** Compiles, and gives what executes; the same texts are kept over its executions. */
export function compiledOf({ schema, document, operationName }: Omit<Question, "context">) {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error("Expected one operation.");
  const executeCompiled = compile({ schema, document, operation }, new TextKeeper(100_000));
  if (executeCompiled === null) throw new Error("Expected a query.");
  return async (context: Context, variables: Record<string, unknown> = {}): Promise<Told> => {
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    if (coerced === undefined) throw new Error("Expected variables that fit.");
    const { data, errors } = await executeCompiled(coerced, context);
    return { data: String(data), errors: errors.map(allOf) };
  };
}

const allOf = (error: GraphQLError): unknown => ({
  ...error.toJSON(),
  nodes: error.nodes?.map(({ kind, loc }) => [kind, loc?.start]),
  original: error.originalError && [error.originalError.name, error.originalError.message],
});
