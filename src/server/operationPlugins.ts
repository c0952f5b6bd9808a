import type {
  GraphQLRequestContextWillSendResponse,
  GraphQLRequestListener,
  HTTPGraphQLRequest,
} from "@apollo/server";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import type { Context } from "../graphql/context.js";
import { formatError, isMasked } from "../graphql/errors.js";
import { GRAPHQL_TYPE, JSON_TYPE } from "./accept.js";
import { headersOf, statusOf } from "./faults.js";

/** A plugin that takes part in every operation. */
export type OperationPlugin = Pick<
  GraphQLRequestListener<Context>,
  "didResolveOperation" | "didEncounterErrors" | "willSendResponse"
>;

/** One plugin that calls the hooks of several in order, up to the first error. */
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

/** Translates an error for the client. */
export type FormatError = (
  formatted: GraphQLFormattedError,
  thrown: unknown,
) => GraphQLFormattedError;

/**
 * Makes the two places where Apollo Server turns errors into responses. They translate errors, with
 * suggestions for misspelt names if `suggests`, log those that
 * clients do not see, and set the status if nothing ran.
 *
 * Apollo Server formats an error without its request, so the plugin notes the request's id beforehand.
 */
export function makeErrorAnswers(logger: Logger, suggests: boolean) {
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
      setType(context);
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

/** Sets the content type if there is nothing to negotiate: negotiation is slow. */
function setType({ response, request }: GraphQLRequestContextWillSendResponse<Context>): void {
  if (response.body.kind !== "single" || response.http.headers.has("content-type")) return;
  const type = TYPES.get(request.http?.headers.get("accept") ?? JSON_TYPE);
  if (type !== undefined) response.http.headers.set("content-type", type);
}

/** Sets status and headers. Malformed requests keep the status that Apollo Server gave them. */
function setHead({ response, request }: GraphQLRequestContextWillSendResponse<Context>): void {
  if (response.body.kind !== "single") return;
  const { data, errors } = response.body.singleResult;
  const extensions = errors?.[0]?.extensions;
  const code = extensions?.["code"];
  if (data !== undefined || code === undefined || code === "BAD_REQUEST") return;
  response.http.status = statusOf(code, request.http?.headers.get("accept"));
  for (const [name, value] of Object.entries(headersOf(code, extensions)))
    response.http.headers.set(name, value);
}

/** Refuses operation types that the schema lacks: execution would treat them as an internal error. */
export const refuseMissingRoots: OperationPlugin = {
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
