import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { ClientError, SourceError } from "../errors.js";

/** The code of every fault that the client is not told about. */
export const MASKED = "INTERNAL_SERVER_ERROR";

/** Codes that GraphQL and its server give to faulty requests; their messages are about the request. */
const REQUEST_CODES: ReadonlySet<unknown> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);

/** What a client is told of a fault. */
interface Told {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly [name: string]: unknown };
}

/**
 * Names a known fault to the client, and hides every other one behind the request's id.
 *
 * The only translation there is; nothing of an error but what is named here ever leaves.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  thrown: unknown,
  requestId: string,
): GraphQLFormattedError {
  const told = toldOf(formatted, thrown);
  const { locations, path } = formatted;
  return {
    message: told?.message ?? "Internal server error",
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: told?.extensions ?? { code: MASKED, requestId },
  };
}

/** Whether the client is told less than was thrown, so that the fault belongs in the log. */
export const isMasked = (formatted: GraphQLFormattedError): boolean =>
  formatted.extensions?.["code"] === MASKED;

function toldOf(formatted: GraphQLFormattedError, thrown: unknown): Told | null {
  const chain = [...chainOf(thrown)];
  const cause = chain.at(-1);
  if (cause instanceof ClientError) return tellClientError(cause);
  if (cause instanceof SourceError) return tellSourceError(cause);
  const code = formatted.extensions?.["code"];
  const message = withoutGuesses(formatted.message);
  if (typeof code === "string" && REQUEST_CODES.has(code)) return { message, extensions: { code } };
  if (chain.some(isArgumentFault)) return { message, extensions: { code: "BAD_USER_INPUT" } };
  return null;
}

/** Names of the schema that were not asked for are told by introspection only. */
function withoutGuesses(message: string): string {
  const at = message.endsWith("?") ? message.lastIndexOf("Did you mean ") : -1;
  return at < 0 ? message : message.slice(0, at).trimEnd();
}

const tellClientError = ({ code, message, extensions }: ClientError): Told => ({
  message,
  extensions: { ...extensions, code },
});

function tellSourceError({ kind, message, retryable, details }: SourceError): Told {
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

/** The error, and what it wraps, down to what a resolver threw. */
function* chainOf(thrown: unknown): Generator<unknown> {
  let cause = thrown;
  while (cause instanceof GraphQLError && cause.originalError) {
    yield cause;
    cause = cause.originalError;
  }
  yield cause;
}

/**
 * What variables make wrong is found when an operation or a field begins, and the error points at
 * the variable or at the argument's value. What a scalar says of a value that it cannot put into the
 * answer points at neither, and may quote the value.
 */
const isArgumentFault = (cause: unknown): boolean =>
  cause instanceof GraphQLError &&
  (cause.message === TOO_MANY_FAULTS || (cause.nodes ?? []).some(({ kind }) => isInput(kind)));

/** Where graphql-js tells no further fault of variables, it points at nothing. */
const TOO_MANY_FAULTS =
  "Too many errors processing variables, error limit reached. Execution aborted.";

const isInput = (kind: string): boolean =>
  kind === "VariableDefinition" || kind === "Variable" || kind.endsWith("Value");
