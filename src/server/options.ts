import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance } from "fastify";
import type { ApolloServerOptions, GraphQLRequestListener } from "@apollo/server";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { Principal } from "../domain/principal.js";
import type { Progress } from "../domain/provider.js";
import type { OperationBounds, Reads } from "../domain/reads.js";
import type { CallerLimits } from "./limits/callerLimits.js";
import type { OperationLimits } from "./limits/document.js";
import type { Context } from "../graphql/context.js";

/** A running operation, as its reads see it. */
export interface RunningOperation extends OperationBounds {
  readonly requestId: string;
  /**
   * Aborts when the client disconnects, the deadline passes or the process ends.
   *
   * While a response can still be sent, its reason is a `ClientError` (DEADLINE_EXCEEDED or OVERLOADED);
   * reads that cannot return a partial answer reject with it. The signal is created on first use, which
   * has a cost: read it only when needed.
   */
  readonly signal: AbortSignal;
  /** The signal's reason; null until it aborts. */
  readonly abortedBy: Error | null;
}

/** A plugin that takes part in every operation. */
export type OperationPlugin = Pick<
  GraphQLRequestListener<Context>,
  "didResolveOperation" | "didEncounterErrors" | "willSendResponse"
>;

/** Why an operation is executed by graphql-js. */
export type InterpretedReason = "FIRST_USE" | "VARIABLES" | "NOT_A_QUERY";

/** Translates an error for the client. */
export type FormatError = NonNullable<ApolloServerOptions<Context>["formatError"]>;

/** The size limits of one request. */
interface ServerLimits extends Pick<OperationLimits, "first" | "tokens" | "vendorCalls"> {
  readonly bodyBytes: number;
}

/** The gateway as a federation subgraph. */
export interface FederationOptions {
  /** The plain schema plus `_service` and `_entities`. */
  readonly schema: GraphQLSchema;
  /** SHA-256 of the routers' secret, in lower-case hex; null treats every client as a router. */
  readonly secretSha256: string | null;
}

/** All options of the server. Times are milliseconds. */
export interface ServerOptions {
  /** The address to bind. On loopback, only loopback names and `hosts` are answered. */
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Further names under which clients reach the gateway, without port. */
  readonly hosts: readonly string[];
  readonly graphiql: boolean;
  /** Whether `GET /` serves the coverage page. */
  readonly page: boolean;
  /** Whether the accounts are the embedded clouds; pages say so. */
  readonly demo: boolean;
  readonly introspection: boolean;
  /** Origins whose pages may read responses. */
  readonly corsOrigins: readonly string[];
  readonly trustProxy: boolean;
  readonly limits: ServerLimits;
  /** The time limit of one operation. */
  readonly deadlineMs: number;
  /** How long running operations may continue after the server starts to close. */
  readonly drainMs: number;
  /** How long aborted operations may take to answer; a second by default. */
  readonly graceMs?: number;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly makeReads: (principal: Principal, operation: RunningOperation) => Reads;
  /** Runs before the body is read. Errors: `ClientError` UNAUTHENTICATED or FORBIDDEN. */
  readonly authenticate: (headers: IncomingHttpHeaders) => Promise<Principal>;
  /** Limits what each caller may ask for in a minute. By default, there is no limit. */
  readonly callers?: CallerLimits;
  /** How far the lists of all accounts have been read; GET /health/ready includes it. */
  readonly progress?: () => Progress;
  readonly schema: GraphQLSchema;
  /** What routers get instead of `schema`; null if the gateway is not a subgraph. */
  readonly federation: FederationOptions | null;
  /** Plugins that take part in every operation, such as limits and metrics. */
  readonly plugins: readonly OperationPlugin[];
  /** How operations are executed; compiled by default. Answers are the same either way. */
  readonly execution?: "compiled" | "interpreted";
  /** Whether responses are compressed for clients that accept it. */
  readonly compression?: boolean;
  /** Called with the reason why an operation was interpreted although execution is compiled. */
  readonly onInterpreted?: (reason: InterpretedReason) => void;
  /** Adds routes and hooks to the HTTP server, such as metrics. The Host check runs before them. */
  readonly extend?: (app: FastifyInstance) => void;
}

/** A server that listens. */
export interface RunningServer {
  /** The URL of the GraphQL endpoint. */
  readonly url: string;
  /**
   * Answers further requests by other options; host, port and the times for closing stay. `takeOver` is
   * called at the moment from which they apply. If it or the options fail, the earlier options stay.
   * @returns a promise in an object, which resolves when all earlier requests have ended.
   */
  replace(
    options: ServerOptions,
    takeOver?: () => void,
  ): Promise<{ readonly earlier: Promise<void> }>;
  /** Reports itself as not ready, waits for running operations, aborts the rest, and frees the port. */
  close(): Promise<void>;
}
