import type { GraphQLSchema } from "graphql";
import { ANYONE, type Principal } from "../../../src/domain/principal.js";
import type { Context } from "../../../src/graphql/context.js";
import { formatError } from "../../../src/graphql/errors.js";
import { buildSubgraph } from "../../../src/graphql/federation/subgraph.js";
import { makeLoaders } from "../../../src/loaders/loaders.js";
import type { Reads } from "../../../src/domain/reads.js";
import { answerOf } from "../../execution.js";
import { schema } from "../run.js";

let built: GraphQLSchema | undefined;
export const subgraph = (): GraphQLSchema => (built ??= buildSubgraph(schema()));

/** What a router gets: data as JSON, and errors as the client sees them. */
export interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly {
    message: string;
    path?: unknown;
    extensions: Record<string, unknown>;
  }[];
}

/** Runs an operation on the subgraph as the server does. */
export async function askSubgraph(
  reads: Reads,
  source: string,
  given: { readonly variables?: Record<string, unknown>; readonly principal?: Principal } = {},
): Promise<Answer> {
  const contextValue: Context = {
    reads,
    loaders: makeLoaders(reads),
    principal: given.principal ?? ANYONE,
    requestId: "request-1",
    operation: {},
    limits: { first: 200 },
  };
  const result = await answerOf({
    schema: subgraph(),
    source,
    contextValue,
    variableValues: given.variables ?? {},
  });
  const errors = (result.errors ?? []).map((error) =>
    formatError(error.toJSON(), error, "request-1"),
  );
  return JSON.parse(JSON.stringify({ data: result.data ?? null, errors })) as Answer;
}

/** Asks for entities by their representations, with the same fields of each. */
export async function entitiesOf(
  reads: Reads,
  representations: readonly unknown[],
  selection: string,
  principal?: Principal,
): Promise<{ entities: readonly unknown[] | null; errors: Answer["errors"] }> {
  const source = `query ($of: [_Any!]!) { _entities(representations: $of) { ${selection} } }`;
  const { data, errors } = await askSubgraph(reads, source, {
    variables: { of: representations },
    ...(principal && { principal }),
  });
  return { entities: (data?.["_entities"] ?? null) as readonly unknown[] | null, errors };
}
