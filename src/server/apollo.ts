import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { Context } from "../graphql/context.js";
import { CompiledExecution, DocumentStore, textOfAnswer } from "./compiledExecution.js";
import { joinPlugins, makeErrorAnswers, refuseMissingRoots } from "./operationPlugins.js";
import type { FederationOptions, ServerOptions } from "./options.js";

/** The GraphQL servers: one for clients, and one for routers if the gateway is a federation subgraph. */
export interface GraphqlServers {
  readonly plain: ApolloServer<Context>;
  readonly subgraph: ApolloServer<Context> | null;
  isRouter(headers: IncomingHttpHeaders): boolean;
  stop(): Promise<void>;
}

/** Starts the GraphQL servers. */
export async function startGraphql(options: ServerOptions): Promise<GraphqlServers> {
  const { federation } = options;
  const plain = makeApollo(options);
  const subgraph =
    federation === null ? null : makeApollo({ ...options, schema: federation.schema });
  await Promise.all([plain.start(), subgraph?.start()]);
  return {
    plain,
    subgraph,
    isRouter: federation === null ? () => false : makeRouterCheck(federation),
    stop: async () => void (await Promise.all([plain.stop(), subgraph?.stop()])),
  };
}

/** The header in which a federation router sends its secret. */
const SECRET_HEADER = "x-gateway-secret";

/**
 * Makes the check that recognizes routers by their secret.
 *
 * For other clients, `_service` and `_entities` do not exist: a wrong secret reveals no more than none.
 */
export function makeRouterCheck({
  secretSha256,
}: Pick<FederationOptions, "secretSha256">): (headers: IncomingHttpHeaders) => boolean {
  if (secretSha256 === null) return () => true;
  const expected = Buffer.from(secretSha256, "hex");
  return ({ [SECRET_HEADER]: secret }) =>
    typeof secret === "string" && timingSafeEqual(digestOf(secret), expected);
}

// Node decodes headers as Latin-1, one character for each byte.
const digestOf = (secret: string): Buffer => createHash("sha256").update(secret, "latin1").digest();

/** The server options that Apollo Server depends on. */
type ApolloOptions = Pick<
  ServerOptions,
  "schema" | "introspection" | "limits" | "logger" | "plugins" | "execution" | "onInterpreted"
>;

/** Makes a GraphQL server with all defaults that weaken it or contact other hosts turned off. */
function makeApollo(options: ApolloOptions): ApolloServer<Context> {
  const { schema, introspection, limits, logger, onInterpreted = () => undefined } = options;
  const errors = makeErrorAnswers(logger, introspection);
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
    documentStore: new DocumentStore(),
    // Names of the schema are no secret where introspection shows them.
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: limits.tokens },
    // graphql-js adds one more error when it stops.
    validationOptions: { maxErrors: 4 },
    maxRecursiveSelections: 10_000,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // A subgraph schema turns inline traces on by default.
      ApolloServerPluginInlineTraceDisabled(),
      // It wraps the resolver of every field, which doubles the cost of an answer.
      ApolloServerPluginCacheControlDisabled(),
      // Both report to Apollo as soon as APOLLO_KEY is in the environment.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      { requestDidStart: async () => listener },
    ],
  });
}
