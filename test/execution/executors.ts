import {
  execute,
  getOperationAST,
  getVariableValues,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from "graphql";
import { expect } from "vitest";
import { compile, TextCache, type Plan } from "../../src/execution/index.js";
import { isReused } from "../../src/graphql/views.js";

/** A question that both executors answer. */
export interface Question {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables?: Record<string, unknown>;
  /** Made again for each execution. */
  readonly context?: () => unknown;
}

/** What results are compared by: the bytes of the data, and everything of each error. */
export interface Result {
  readonly data: string;
  readonly errors: readonly unknown[];
}

/** The result of graphql-js. */
export async function interpreted(question: Question): Promise<Result> {
  const { schema, document, variables = {}, context } = question;
  const result: ExecutionResult = await execute({
    schema,
    document,
    contextValue: context?.(),
    variableValues: variables,
  });
  return { data: JSON.stringify(result.data), errors: (result.errors ?? []).map(allOf) };
}

/** Compiles a query. */
export function planOf(
  { schema, document }: Pick<Question, "schema" | "document">,
  options: Parameters<typeof compile>[1] = {},
): Plan {
  const operation = getOperationAST(document);
  if (!operation) throw new Error("Expected one operation.");
  const plan = compile({ schema, document, operation }, options);
  if (plan === null) throw new Error("Expected a query.");
  return plan;
}

/** The result of one execution of a plan. */
export async function executed(
  plan: Plan,
  { schema, document, variables = {}, context }: Question,
): Promise<Result> {
  const definitions = getOperationAST(document)?.variableDefinitions ?? [];
  const { coerced } = getVariableValues(schema, definitions, variables);
  if (coerced === undefined) throw new Error("Expected valid variables.");
  const { data, errors } = await plan.execute(coerced, context?.());
  return { data, errors: errors.map(allOf) };
}

/** The ways to execute: each trick has a twin without it. */
const OPTIONS = [
  { shortcuts: false },
  { shortcuts: true },
  {
    get texts() {
      return new TextCache({ maxBytes: 300_000, isImmutable: isReused });
    },
  },
];

/** Expects the result of graphql-js from every way to execute, also when a plan is executed again. */
export async function expectSame(question: Question): Promise<void> {
  const expected = await interpreted(question);
  for (const options of OPTIONS) {
    const plan = planOf(question, options);
    for (let times = 0; times < 2; times += 1)
      expect(await executed(plan, question)).toEqual(expected);
  }
}

const allOf = (error: GraphQLError): unknown => ({
  ...error.toJSON(),
  nodes: error.nodes?.map(({ kind, loc }) => [kind, loc?.start]),
  original: error.originalError && [error.originalError.name, error.originalError.message],
});
