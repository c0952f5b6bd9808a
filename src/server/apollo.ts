import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { Context } from "../graphql/context.js";
import { makeErrorAnswers, type ErrorAnswers } from "./errorAnswers.js";
import { textOfAnswer } from "./execution/answer.js";
import { makeCompiledExecution } from "./execution/compiledExecution.js";
import { Listeners } from "./execution/listeners.js";
import type { ServerOptions } from "./options.js";
import { refuseMissingRoots } from "./rootTypes.js";
import { joinSteady } from "./steadyPlugins.js";

/** What of the server's options Apollo Server is made from. */
export type ApolloOptions = Pick<
  ServerOptions,
  "schema" | "introspection" | "limits" | "logger" | "plugins" | "execution" | "onInterpreted"
>;

/** Makes the GraphQL server: hardened, without any of the defaults that look outside. */
export function makeApollo(options: ApolloOptions): ApolloServer<Context> {
  const { schema, introspection, limits, logger } = options;
  const errors = makeErrorAnswers(logger);
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
      ...executing(options, errors),
    ],
  });
}

/** All plugins that answer for what is executed; compiled execution comes last and tells the others. */
function executing(
  { plugins, execution, onInterpreted = () => undefined }: ApolloOptions,
  errors: ErrorAnswers,
): ApolloServerPlugin<Context>[] {
  const all = joinSteady([errors.plugin, refuseMissingRoots, ...plugins]);
  if (execution === "interpreted") return [...all];
  const listeners = new Listeners();
  const compiled = makeCompiledExecution({ format: errors.format, listeners, onInterpreted });
  return [...all.map(listeners.noting), compiled];
}
