import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { Principal } from "../domain/principal.js";
import type { Reads } from "../domain/reads.js";
import type { InterpretedReason } from "./compiledExecution.js";
import type { FederationOptions } from "./federation.js";
import type { OperationPlugin } from "./operationPlugin.js";

/** One operation under way, as its reads see it. */
export interface Operation {
  readonly requestId: string;
  /**
   * Aborts when the client goes away, the deadline passes or the process ends.
   *
   * Its reason is a `ClientError` (DEADLINE_EXCEEDED or OVERLOADED) wherever an answer can still be
   * sent; reads that cannot answer in part reject with that reason. It costs something to be made, so
   * whoever can do without does not ask for it.
   */
  readonly signal: AbortSignal;
  /** The signal's reason; null while it has not aborted. */
  readonly abortedBy: Error | null;
  /** Epoch milliseconds. */
  readonly deadlineAt: number;
}

/** How much one request may hold. */
export interface ServerLimits {
  /** Rows of one page. */
  readonly first: number;
  /** Lexical tokens of one document. */
  readonly tokens: number;
  readonly bodyBytes: number;
}

/** Everything that the server is told from outside. Times are milliseconds. */
export interface ServerOptions {
  /** The address to bind; names of the loopback are then the only ones answered, besides `hosts`. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Further names under which clients reach the gateway, without port. */
  readonly hosts: readonly string[];
  readonly graphiql: boolean;
  /** `GET /` serves the coverage page. */
  readonly page: boolean;
  /** The embedded clouds are read; pages say so. */
  readonly demo: boolean;
  readonly introspection: boolean;
  /** Origins whose pages may read answers; empty for none. */
  readonly corsOrigins: readonly string[];
  readonly trustProxy: boolean;
  readonly limits: ServerLimits;
  /** Of one operation. */
  readonly deadlineMs: number;
  /** How long operations under way may go on when the server closes. */
  readonly drainMs: number;
  /** How long aborted operations may take to answer, in part or with an error; else a second. */
  readonly graceMs?: number;
  readonly logger: Logger;
  /** The clock: epoch milliseconds. */
  readonly now: () => number;
  readonly makeReads: (principal: Principal, operation: Operation) => Reads;
  /** Errors: `ClientError` UNAUTHENTICATED or FORBIDDEN, before the body is read. */
  readonly authenticate: (headers: IncomingHttpHeaders) => Principal | Promise<Principal>;
  /** Whether everything that answers need is there. */
  readonly ready: () => boolean;
  readonly schema: GraphQLSchema;
  /** What routers get instead of the schema; null where the gateway is no subgraph. */
  readonly federation: FederationOptions | null;
  /** What takes part in every operation, such as limits and metrics. */
  readonly plugins: readonly OperationPlugin[];
  /** How operations are executed, else compiled: the answers are the same. */
  readonly execution?: "compiled" | "interpreted";
  /** Whether answers are compressed for clients that take it. */
  readonly compression?: boolean;
  /** Told, where execution is compiled, why an operation was not. */
  readonly onInterpreted?: (reason: InterpretedReason) => void;
  /** Adds routes and hooks to the HTTP server, such as metrics; hosts are checked before they run. */
  readonly extend?: (app: FastifyInstance) => void;
}

/** A server that listens. */
export interface RunningServer {
  /** Where GraphQL is asked. */
  readonly url: string;
  /** Stops being ready, waits for what is under way, aborts the rest, and frees the port. */
  close(): Promise<void>;
}
