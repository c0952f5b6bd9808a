import { type ExecutionResult, type GraphQLSchema } from "graphql";
import { ANYONE, type Principal } from "../../src/domain/principal.js";
import type { Context } from "../../src/graphql/context.js";
import { formatError } from "../../src/graphql/errors.js";
import { buildGatewaySchema } from "../../src/graphql/schema.js";
import { makeLoaders } from "../../src/loaders/loaders.js";
import type { Reads } from "../../src/domain/reads.js";
import { answerOf } from "../execution.js";
import { fakeReads, type Asked } from "./fakeReads.js";

let built: GraphQLSchema | undefined;
export const schema = (): GraphQLSchema => (built ??= buildGatewaySchema());

export interface Run {
  /** Answer data, read freely by tests. */
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly { message: string; path?: unknown; extensions: Extensions }[];
  readonly asked: readonly Asked[];
}
type Extensions = Record<string, unknown>;

export interface Given {
  readonly reads?: Partial<Reads>;
  readonly principal?: Principal;
  readonly variables?: Record<string, unknown>;
}

/** Runs an operation as the server does: real schema, fresh loaders, errors translated. */
export async function run(source: string, given: Given = {}): Promise<Run> {
  const { reads, asked } = fakeReads(given.reads);
  const contextValue: Context = {
    reads,
    loaders: makeLoaders(reads),
    principal: given.principal ?? ANYONE,
    requestId: "request-1",
    operation: {},
    limits: { first: 200 },
  };
  const variableValues = given.variables ?? {};
  const result = await answerOf({ schema: schema(), source, contextValue, variableValues });
  return { ...asJson(result), asked };
}

// Through JSON, as a client gets it: a value that JSON cannot write is not an answer.
const asJson = ({ data, errors }: ExecutionResult): Omit<Run, "asked"> =>
  JSON.parse(
    JSON.stringify({
      data: data ?? null,
      errors: (errors ?? []).map((error) => formatError(error.toJSON(), error, "request-1")),
    }),
  ) as Omit<Run, "asked">;

export const codesOf = ({ errors }: Run): unknown[] => errors.map((e) => e.extensions["code"]);
