import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { Context } from "../graphql/context.js";
import { CompiledExecution, textOfAnswer } from "./compiledExecution.js";
import { makeErrorAnswers } from "./errorAnswers.js";
import { joinPlugins } from "./operationPlugin.js";
import type { ServerOptions } from "./options.js";
import { refuseMissingRoots } from "./rootTypes.js";

/** What of the server's options Apollo Server is made from. */
export type ApolloOptions = Pick<
  ServerOptions,
  "schema" | "introspection" | "limits" | "logger" | "plugins" | "execution" | "onInterpreted"
>;

/** Makes the GraphQL server: hardened, without any of the defaults that look outside. */
export function makeApollo(options: ApolloOptions): ApolloServer<Context> {
  const { schema, introspection, limits, logger, onInterpreted = () => undefined } = options;
  const errors = makeErrorAnswers(logger);
  const plugin = joinPlugins([errors.plugin, refuseMissingRoots, ...options.plugins]);
  const { didEncounterErrors } = plugin;
  const compiled = new CompiledExecution({
    format: errors.format,
    didEncounterErrors,
    onInterpreted,
  });
  const listener =
    options.execution === "interpreted"
      ? plugin
      : { ...plugin, responseForOperation: compiled.responseForOperation };
  return new ApolloServer<Context>({
    schema,
    introspection,
    logger,
    formatError: errors.format,
    stringifyResult: textOfAnswer,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: limits.tokens },
    validationOptions: { maxErrors: 5 },
    maxRecursiveSelections: 10_000,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // A subgraph schema would turn tracing on by itself.
      ApolloServerPluginInlineTraceDisabled(),
      // It wraps every field's resolver, which doubles the cost of an answer.
      ApolloServerPluginCacheControlDisabled(),
      // Either would send data out as soon as APOLLO_KEY is in the environment.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      { requestDidStart: async () => listener },
    ],
  });
}
