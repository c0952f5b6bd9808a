import type { GraphQLRequestListener } from "@apollo/server";
import type { Context } from "../graphql/context.js";

/** Takes part in operations: each hook is called for every operation. */
export type OperationPlugin = Pick<
  GraphQLRequestListener<Context>,
  "didResolveOperation" | "didEncounterErrors" | "willSendResponse"
>;

/** One plugin that calls the hooks of several, in order; after an error it calls no further one. */
export function joinPlugins(plugins: readonly OperationPlugin[]): Required<OperationPlugin> {
  type Hook = (request: never) => Promise<void>;
  const all = (hooks: readonly Hook[]) => async (request: unknown) => {
    for (const hook of hooks) await hook(request as never);
  };
  return {
    didResolveOperation: all(plugins.flatMap((plugin) => plugin.didResolveOperation ?? [])),
    didEncounterErrors: all(plugins.flatMap((plugin) => plugin.didEncounterErrors ?? [])),
    willSendResponse: all(plugins.flatMap((plugin) => plugin.willSendResponse ?? [])),
  };
}
