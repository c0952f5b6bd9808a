import { formatError } from "../graphql/errors.js";
import { ClientError } from "../errors.js";
import { GRAPHQL_TYPE, JSON_TYPE, preferredType } from "./accept.js";

/** An HTTP answer in GraphQL's shape for a request that no operation was run for. */
export interface FaultAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Statuses that hold whatever the client accepts. */
const STATUSES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  INTERNAL_SERVER_ERROR: 500,
};

/**
 * The status of a well-formed request for which nothing ran.
 *
 * Source: GraphQL over HTTP, sections 6.4.1 and 6.4.2: clients of plain JSON read 200 as "look into
 * the body", clients of the newer type are told by the status.
 */
export function statusOf(code: unknown, accept: string | undefined): number {
  const fixed = typeof code === "string" && Object.hasOwn(STATUSES, code) ? STATUSES[code] : null;
  if (fixed) return fixed;
  if (mediaTypeFor(accept) !== GRAPHQL_TYPE) return 200;
  return code === "DEADLINE_EXCEEDED" ? 504 : 400;
}

/** Headers that a code demands. */
export function headersOf(
  code: unknown,
  extensions: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, string>> {
  if (code === "UNAUTHENTICATED") return { "www-authenticate": "Bearer" };
  const { retryAfterMs } = extensions;
  if (code !== "RATE_LIMITED" && code !== "OVERLOADED") return {};
  const seconds = typeof retryAfterMs === "number" ? Math.ceil(retryAfterMs / 1000) : 1;
  return { "retry-after": String(Math.max(1, seconds)) };
}

/** The media type of an answer in GraphQL's shape. */
export const mediaTypeFor = (accept: string | undefined): string =>
  preferredType(accept, [JSON_TYPE, GRAPHQL_TYPE]) ?? JSON_TYPE;

/** What is known of the request that failed. */
export interface FaultyRequest {
  readonly requestId: string;
  readonly accept: string | undefined;
}

/** Answers for an error that was thrown outside of any operation. */
export function faultAnswer(thrown: unknown, { requestId, accept }: FaultyRequest): FaultAnswer {
  const told = formatError({ message: "" }, thrown, requestId);
  const code = told.extensions?.["code"];
  return {
    status: statusOf(code, accept),
    headers: { ...contentType(accept), ...headersOf(code, told.extensions) },
    body: JSON.stringify({ errors: [told] }),
  };
}

/** Answers for a request that is no GraphQL request at all; the message never quotes it. */
export const badRequestAnswer = (
  status: number,
  message: string,
  accept: string | undefined,
): FaultAnswer => ({
  status,
  headers: contentType(accept),
  body: JSON.stringify({ errors: [{ message, extensions: { code: "BAD_REQUEST" } }] }),
});

const contentType = (accept: string | undefined): Readonly<Record<string, string>> => ({
  "content-type": `${mediaTypeFor(accept)}; charset=utf-8`,
});

/** The end of an operation that outlived its deadline. */
export const deadlineExceeded = (deadlineMs: number): ClientError =>
  new ClientError(
    "DEADLINE_EXCEEDED",
    `The operation took longer than the ${deadlineMs} ms that it may take.`,
  );
