import { GraphQLError } from "graphql";
import type { OperationPlugin } from "./operationPlugin.js";

/**
 * Refuses operations of a kind that the schema does not have, mutations and subscriptions here: execution
 * would take them for a fault of the program.
 */
export const refuseMissingRoots: OperationPlugin = {
  didResolveOperation: async ({ schema, operation }) => {
    if (operation === undefined || schema.getRootType(operation.operation)) return;
    throw new GraphQLError(`The schema has no ${operation.operation}s.`, {
      nodes: operation,
      extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
    });
  },
};
