import type { GraphQLRequestContextWillSendResponse } from "@apollo/server";
import type { GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import type { Context } from "../graphql/context.js";
import { formatError, isMasked } from "../graphql/errors.js";
import { GRAPHQL_TYPE, JSON_TYPE } from "./accept.js";
import { headersOf, statusOf } from "./faults.js";
import type { OperationPlugin } from "./operationPlugin.js";

/** Apollo Server's two places where errors become answers. */
export interface ErrorAnswers {
  readonly format: (formatted: GraphQLFormattedError, thrown: unknown) => GraphQLFormattedError;
  readonly plugin: OperationPlugin;
}

/**
 * Translates errors, logs what the client is not told, and sets the status where nothing ran.
 *
 * Apollo Server formats an error without its request, so ids are noted when it is met.
 */
export function makeErrorAnswers(logger: Logger): ErrorAnswers {
  const requestIds = new WeakMap<object, string>();
  const idOf = (thrown: unknown): string =>
    (typeof thrown === "object" && thrown !== null && requestIds.get(thrown)) || "";
  const plugin: OperationPlugin = {
    didEncounterErrors: async ({ errors, contextValue }) => {
      for (const error of errors) requestIds.set(error, contextValue.requestId);
    },
    willSendResponse: async (context) => {
      setType(context);
      setHead(context);
    },
  };
  return {
    format: (formatted, thrown) => {
      const requestId = idOf(thrown);
      const told = formatError(formatted, thrown, requestId);
      if (isMasked(told)) logger.error({ requestId, err: thrown }, "An operation met a fault.");
      return told;
    },
    plugin,
  };
}

/** What clients that accept one type alone get; all others are left to Apollo Server's negotiation. */
const TYPES: ReadonlyMap<string, string> = new Map(
  [JSON_TYPE, GRAPHQL_TYPE].map((type) => [type, `${type}; charset=utf-8`]),
);

/** Names the type of an answer where there is nothing to negotiate, which takes longer than all else here. */
function setType({ response, request }: GraphQLRequestContextWillSendResponse<Context>): void {
  if (response.body.kind !== "single" || response.http.headers.has("content-type")) return;
  const type = TYPES.get(request.http?.headers.get("accept") ?? JSON_TYPE);
  if (type !== undefined) response.http.headers.set("content-type", type);
}

/** Malformed requests keep the status that Apollo Server gave them. */
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
