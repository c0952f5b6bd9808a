import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { ClientError, SourceError, type ErrorCode } from "../errors.js";

/** The code of every error whose details are hidden from the client. */
export const MASKED = "INTERNAL_SERVER_ERROR";

/** Codes that GraphQL and Apollo Server give to invalid requests. Their messages are safe to show. */
const REQUEST_CODES: ReadonlySet<unknown> = new Set<ErrorCode>([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);

/** The parts of an error that the client sees. */
interface ShownError {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly [name: string]: unknown };
}

/**
 * Formats an error for the client. It shows the errors that it knows, and replaces every other one
 * with the id of the request. `suggests` says whether messages may name what a misspelt name could mean.
 *
 * This is the only place where an error becomes part of an answer.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  thrown: unknown,
  requestId: string,
  suggests = false,
): GraphQLFormattedError {
  const shown = shownErrorOf(formatted, thrown, suggests);
  const { locations, path } = formatted;
  return {
    message: shown?.message ?? "Internal server error",
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: shown?.extensions ?? { code: MASKED, requestId },
  };
}

/** Whether the client does not see what was thrown, so that the error must be logged. */
export const isMasked = (formatted: GraphQLFormattedError): boolean =>
  formatted.extensions?.["code"] === MASKED;

function shownErrorOf(
  formatted: GraphQLFormattedError,
  thrown: unknown,
  suggests: boolean,
): ShownError | null {
  const chain = [...chainOf(thrown)];
  const cause = chain.at(-1);
  if (cause instanceof ClientError) return showClientError(cause);
  if (cause instanceof SourceError) return showSourceError(cause);
  const code = formatted.extensions?.["code"];
  if (formatted.extensions?.["validationErrorCode"] === "INTROSPECTION_DISABLED")
    return { message: INTROSPECTION_OFF, extensions: { code: "GRAPHQL_VALIDATION_FAILED" } };
  // The parser follows nested values by calls of its own, and their number is limited.
  if (code === "GRAPHQL_PARSE_FAILED" && cause instanceof RangeError)
    return { message: "The document is nested too deeply.", extensions: { code } };
  const message = suggests ? formatted.message : withoutSuggestion(formatted.message);
  if (typeof code === "string" && REQUEST_CODES.has(code)) return { message, extensions: { code } };
  if (chain.some(isArgumentError)) return { message, extensions: { code: "BAD_USER_INPUT" } };
  return null;
}

/** Apollo Server's own message explains how to change its code. */
const INTROSPECTION_OFF =
  "Introspection is off. An operator can switch it on with server.introspection.";

/** Removes "Did you mean …?", because only introspection may reveal names of the schema. */
function withoutSuggestion(message: string): string {
  const at = message.endsWith("?") ? message.lastIndexOf("Did you mean ") : -1;
  return at < 0 ? message : message.slice(0, at).trimEnd();
}

const showClientError = ({ code, message, extensions }: ClientError): ShownError => ({
  message,
  extensions: { ...extensions, code },
});

function showSourceError({ kind, message, retryable, details }: SourceError): ShownError {
  const { provider, retryAfterMs } = details;
  return {
    message,
    extensions: {
      code: "UPSTREAM_FAILED",
      issue: kind,
      ...(provider !== undefined && { provider }),
      retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  };
}

/** The error and the errors that it wraps, ending with what a resolver threw. */
function* chainOf(thrown: unknown): Generator<unknown> {
  let cause = thrown;
  while (cause instanceof GraphQLError && cause.originalError) {
    yield cause;
    cause = cause.originalError;
  }
  yield cause;
}

/**
 * Whether the client sent an invalid argument.
 *
 * graphql-js finds it when an operation or a field starts, and its error points at the variable or at
 * the argument's value. The error of a scalar that cannot write a value of the answer points at
 * neither, and may quote that value.
 */
const isArgumentError = (cause: unknown): boolean =>
  cause instanceof GraphQLError &&
  (cause.message === TOO_MANY_ERRORS || (cause.nodes ?? []).some(({ kind }) => isInput(kind)));

/** After this many errors in variables graphql-js stops, with an error that points at nothing. */
const TOO_MANY_ERRORS =
  "Too many errors processing variables, error limit reached. Execution aborted.";

const isInput = (kind: string): boolean =>
  kind === "VariableDefinition" || kind === "Variable" || kind.endsWith("Value");
