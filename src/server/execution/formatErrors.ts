import { HeaderMap, type HTTPGraphQLHead } from "@apollo/server";
import type { GraphQLError, GraphQLFormattedError } from "graphql";

/** Translates an error for the client. */
export type FormatError = (
  formatted: GraphQLFormattedError,
  thrown: unknown,
) => GraphQLFormattedError;

/** Errors as the client gets them, and what they ask of the HTTP answer. */
export interface FormattedErrors {
  readonly errors: readonly GraphQLFormattedError[];
  readonly http: HTTPGraphQLHead;
}

const MASKED = "INTERNAL_SERVER_ERROR";

/** Formats the errors of an execution as Apollo Server does. */
export function formatErrors(
  thrown: readonly GraphQLError[],
  format: FormatError,
): FormattedErrors {
  const http: HTTPGraphQLHead = { headers: new HeaderMap() };
  const errors = thrown.map((error) => {
    const { http: head, ...extensions } = error.extensions;
    merge(http, head);
    const code = extensions["code"] ?? MASKED;
    try {
      return format({ ...error.toJSON(), extensions: { ...extensions, code } }, error);
    } catch {
      return { message: "Internal server error", extensions: { code: MASKED } };
    }
  });
  return { errors, http };
}

function merge(http: HTTPGraphQLHead, head: unknown): void {
  if (typeof head !== "object" || head === null) return;
  const { status, headers } = head as { status?: unknown; headers?: unknown };
  if (typeof status === "number") http.status = status;
  if (headers instanceof Map)
    for (const [name, value] of headers as Map<string, string>) http.headers.set(name, value);
}
