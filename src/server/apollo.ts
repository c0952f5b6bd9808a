import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import {
  ApolloServer,
  type GraphQLRequestContextWillSendResponse,
  type HTTPGraphQLRequest,
} from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import type { Context } from "../graphql/context.js";
import { formatError, isMasked } from "../graphql/errors.js";
import { GRAPHQL_TYPE, JSON_TYPE } from "./accept.js";
import { CompiledExecution, DocumentStore, textOfAnswer } from "./compiledExecution.js";
import { headersOf, statusOf } from "./faults.js";
import type { FederationOptions, FormatError, OperationPlugin, ServerOptions } from "./options.js";

/** The GraphQL servers: one for clients, and one for routers if the gateway is a federation subgraph. */
export interface GraphqlServers {
  /** The one for the client that sent the headers. */
  serverFor(headers: IncomingHttpHeaders): ApolloServer<Context>;
  stop(): Promise<void>;
}

/** Starts the GraphQL servers. */
export async function startGraphql(options: ServerOptions): Promise<GraphqlServers> {
  const { federation } = options;
  const plain = makeApollo(options);
  const subgraph = federation === null ? plain : makeApollo({ ...options, ...federation });
  const isRouter = federation === null ? () => false : makeRouterCheck(federation);
  const all = [...new Set([plain, subgraph])];
  await Promise.all(all.map((server) => server.start()));
  return {
    serverFor: (headers) => (isRouter(headers) ? subgraph : plain),
    stop: async () => void (await Promise.all(all.map((server) => server.stop()))),
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

/** Makes a GraphQL server with all defaults that weaken it or contact other hosts turned off. */
function makeApollo(options: ServerOptions): ApolloServer<Context> {
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
      {
        requestDidStart: async ({ request }) => {
          // Source: GraphQL over HTTP, section 5: an empty name is the same as none.
          if (request.operationName === "") delete request.operationName;
          return listener;
        },
      },
    ],
  });
}

/** One plugin that calls the hooks of several in order, up to the first error. */
function joinPlugins(plugins: readonly OperationPlugin[]): Required<OperationPlugin> {
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

/**
 * Makes the two places where Apollo Server turns errors into responses. They translate errors, with
 * suggestions for misspelt names if `suggests`, log those that
 * clients do not see, and set the status if nothing ran.
 *
 * Apollo Server formats an error without its request, so the plugin notes the request's id beforehand.
 */
function makeErrorAnswers(logger: Logger, suggests: boolean) {
  const requestIds = new WeakMap<object, string>();
  const idOf = (thrown: unknown): string =>
    (typeof thrown === "object" && thrown !== null && requestIds.get(thrown)) || "";
  const format: FormatError = (formatted, thrown) => {
    const requestId = idOf(thrown);
    const error = bounded(formatError(formatted, thrown, requestId, suggests));
    if (isMasked(error))
      logger.error({ requestId, err: thrown }, "An operation failed unexpectedly.");
    return error;
  };
  const plugin: OperationPlugin = {
    didEncounterErrors: async ({ errors, contextValue }) => {
      for (const error of errors) requestIds.set(error, contextValue.requestId);
    },
    willSendResponse: async (context) => {
      limitErrors(context);
      setHead(context);
    },
  };
  return { format, plugin };
}

/** Characters of a message, and places in the document, that one error repeats to the client. */
const LONGEST_MESSAGE = 1_000;
const MOST_LOCATIONS = 5;

/** Apollo Server's message does not say how clients set the header. */
const CSRF = /Cross-Site Request Forgery/;
const CSRF_MESSAGE =
  "A GET request needs a non-empty header apollo-require-preflight, which pages of other sites cannot " +
  "send. Add the header in your client (urql: fetchOptions), or use POST (urql: preferGetMethod: false; " +
  'graphql-request: method: "POST").';

/** Keeps an error small, whatever the document contains. */
function bounded(error: GraphQLFormattedError): GraphQLFormattedError {
  const { message, locations = [] } = error;
  if (CSRF.test(message)) return { ...error, message: CSRF_MESSAGE };
  if (message.length <= LONGEST_MESSAGE && locations.length <= MOST_LOCATIONS) return error;
  return {
    ...error,
    message: message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)}…`,
    locations: locations.slice(0, MOST_LOCATIONS),
  };
}

/** Errors that a response lists one by one. */
const MOST_ERRORS = 100;
/** The bytes of `errors` for each byte of a request's body, or of its query string. */
const MOST_GROWTH = 20;
/**
 * Bytes of `errors` besides: one error for the smallest request. The line and the headers of a request
 * have at least 70 bytes and those of a response less than 500, so this keeps to the same ratio.
 */
const LEAST_BYTES = 900;

type Errors = readonly GraphQLFormattedError[];

/**
 * Keeps the errors of a response small, because a short document can select a failing field for each of
 * thousands of rows. Those beyond the limits are counted, in one error for each code.
 */
function limitErrors({
  request,
  response: { body },
}: GraphQLRequestContextWillSendResponse<Context>): void {
  if (body.kind !== "single" || body.singleResult.errors === undefined) return;
  const bytes = LEAST_BYTES + MOST_GROWTH * bytesOf(request.http);
  body.singleResult = { ...body.singleResult, errors: within(bytes, body.singleResult.errors) };
}

/** The bytes that ask for something: a persisted document may be far longer than the request that names it. */
function bytesOf(request: HTTPGraphQLRequest | undefined): number {
  if (request?.method !== "POST") return request?.search.length ?? 0;
  const announced = request.headers.get("content-length");
  return announced === undefined ? sizeOf(request.body) : Number(announced);
}

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? "");

/** The first errors, as many as fit, and the counts of the others. */
function within(bytes: number, errors: Errors): Errors {
  if (errors.length <= MOST_ERRORS && sizeOf(errors) <= bytes) return errors;
  const all = countsOf(errors);
  let left = bytes - sizeOf(all);
  const listed: GraphQLFormattedError[] = [];
  for (const error of errors.slice(0, MOST_ERRORS)) {
    left -= sizeOf(error) + 1;
    if (left < 0) break;
    listed.push(error);
  }
  const [first] = errors;
  if (listed.length === 0 && first !== undefined) listed.push(shortened(first, -left));
  return [...listed, ...countsOf(errors.slice(listed.length))];
}

/** An error whose message has fewer characters, each of which has a byte or more. */
const shortened = (error: GraphQLFormattedError, characters: number): GraphQLFormattedError => ({
  ...error,
  message: `${error.message.slice(0, Math.max(0, error.message.length - characters - 3))}…`,
});

function countsOf(errors: Errors): Errors {
  const counts = new Map<unknown, number>();
  for (const { extensions } of errors)
    counts.set(extensions?.["code"], (counts.get(extensions?.["code"]) ?? 0) + 1);
  return [...counts].map(([code, count]) => ({
    message: `Errors with this code that are not listed: ${count}.`,
    extensions: { code, count },
  }));
}

/** The content types for clients that accept exactly one type; Apollo Server negotiates for the others. */
const TYPES: ReadonlyMap<string, string> = new Map(
  [JSON_TYPE, GRAPHQL_TYPE].map((type) => [type, `${type}; charset=utf-8`]),
);

/** Sets status and headers. Malformed requests keep the status that Apollo Server gave them. */
function setHead({ response, request }: GraphQLRequestContextWillSendResponse<Context>): void {
  if (response.body.kind !== "single") return;
  const { headers } = response.http;
  const accept = request.http?.headers.get("accept");
  // Where there is nothing to negotiate: negotiation is slow.
  const type = TYPES.get(accept ?? JSON_TYPE);
  if (type !== undefined && !headers.has("content-type")) headers.set("content-type", type);
  const { data, errors } = response.body.singleResult;
  const extensions = errors?.[0]?.extensions;
  const code = extensions?.["code"];
  if (data !== undefined || code === undefined || code === "BAD_REQUEST") return;
  response.http.status = statusOf(code, accept);
  for (const [name, value] of Object.entries(headersOf(code, extensions))) headers.set(name, value);
}

/** Refuses operation types that the schema lacks: execution would treat them as an internal error. */
const refuseMissingRoots: OperationPlugin = {
  didResolveOperation: async ({ schema, operation }) => {
    if (operation === undefined || schema.getRootType(operation.operation)) return;
    throw new GraphQLError(`The schema has no ${operation.operation}s.`, {
      nodes: operation,
      extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
    });
  },
};

const CALLS_HEADER = "x-gateway-calls";
const CALLS_SCOPE = "metrics:read";

/** Adds the vendor calls of an operation to `extensions.calls` if the client asks for them. */
export const reportCalls: OperationPlugin = {
  willSendResponse: async ({ request, response, contextValue: { principal, reads } }) => {
    if (request.http?.headers.get(CALLS_HEADER) !== "1") return;
    if (response.body.kind !== "single" || !principal.scopes.has(CALLS_SCOPE)) return;
    const { singleResult } = response.body;
    const calls = reads.calls();
    singleResult.extensions = { ...singleResult.extensions, calls };
  },
};
