import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onResponseHookHandler,
  preHandlerHookHandler,
  RouteOptions,
} from "fastify";
import type { GraphQLFormattedError } from "graphql";
import type { Reads } from "../../domain/reads.js";
import { GRAPHQL_PATH, OPERATION } from "../graphqlRoute.js";
import type { OperationPlugin } from "../operationPlugins.js";
import type { Operation, ServerOptions } from "../options.js";
import type { OperationNote } from "./notes.js";
import { outcomeOf } from "./outcome.js";
import type { OperationSpan, Spans } from "./spans.js";
import { tallied, Tally } from "./tally.js";

/** Who is told of operations. */
export interface OperationListener {
  began(): void;
  /** Null for a request that turned out to hold no operation. */
  ended(note: OperationNote | null): void;
  /** A request for which no operation was begun. */
  refused(requestId: string, status: number): void;
}

/** What operations are watched with. */
export interface OperationWatchParts {
  readonly listener: OperationListener;
  readonly spans: Pick<Spans, "begin">;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
}

/** What is known of one operation before its answer has left. */
interface Watched {
  readonly principal: string;
  readonly reads: Reads;
  readonly tally: Tally;
  name: string | null;
  type: string | null;
  /** Null until the GraphQL server has answered. */
  codes: readonly string[] | null;
}

/**
 * Watches operations from the end of their request to the end of their answer.
 *
 * Three places each see a part: the HTTP server when it begins and ends, the reads what lists lack, the
 * GraphQL server name and errors. The operation is what they have in common.
 * Cost: a few microseconds an operation, whatever its size; fields are not looked at.
 */
export class OperationWatch {
  /** For the GraphQL server. */
  readonly plugin: OperationPlugin;
  /** Until their answer has left: what is in a weak map outlives many collections of short-lived things. */
  private readonly watched = new Map<object, Watched>();

  constructor(private readonly parts: OperationWatchParts) {
    this.plugin = {
      willSendResponse: async ({ contextValue, operationName, operation, response: { body } }) => {
        const watched = this.watched.get(contextValue.operation);
        if (watched === undefined) return;
        watched.name = operationName ?? null;
        watched.type = operation?.operation ?? null;
        watched.codes = body.kind === "single" ? codesOf(body.singleResult.errors) : [];
      },
    };
  }

  /** Reads that tell what their lists lack. */
  readonly makeReads =
    (makeReads: ServerOptions["makeReads"]): ServerOptions["makeReads"] =>
    (principal, operation) => {
      const tally = new Tally();
      const reads = tallied(makeReads(principal, operation), tally);
      const { name } = principal;
      this.watched.set(operation, {
        principal: name,
        reads,
        tally,
        name: null,
        type: null,
        codes: null,
      });
      return reads;
    };

  /** Watches the GraphQL route; must come before the route does. */
  addTo(app: FastifyInstance): void {
    app.addHook("onRoute", (route) => {
      if (!isGraphql(route)) return;
      route.preHandler = [this.begin, ...listOf(route.preHandler)];
      route.onResponse = [this.refused, ...listOf(route.onResponse)];
    });
  }

  private readonly begin: preHandlerHookHandler = (request, reply, done) => {
    const { listener, spans, elapsed } = this.parts;
    const span = spans.begin(request.headers);
    const startedAt = elapsed();
    listener.began();
    reply.raw.once("close", () => this.end(request, reply, span, elapsed() - startedAt));
    span.run(done);
  };

  private end(request: FastifyRequest, reply: FastifyReply, span: OperationSpan, ms: number): void {
    const operation = operationOf(request);
    const note = operation === null ? null : this.noteOf(operation, reply, ms);
    if (operation !== null) this.watched.delete(operation);
    this.parts.listener.ended(note);
    span.end(note);
  }

  private noteOf(operation: Operation, reply: FastifyReply, ms: number): OperationNote {
    const { requestId, abortedBy } = operation;
    const watched = this.watched.get(operation);
    const { principal = null, name = null, type = null, codes = null, reads } = watched ?? {};
    const { complete, issues, late } = watched?.tally ?? new Tally();
    const { statusCode: status, writableFinished: sent } = reply.raw;
    return {
      requestId,
      name,
      type,
      principal,
      ms,
      outcome: outcomeOf({ codes, complete, abortedBy, status, sent }),
      codes: codes ?? [],
      complete,
      issues,
      late,
      calls: reads?.calls() ?? [],
    };
  }

  private readonly refused: onResponseHookHandler = (request, reply, done) => {
    if (reply.statusCode >= 400 && operationOf(request) === null)
      this.parts.listener.refused(request.id, reply.statusCode);
    done();
  };
}

const isGraphql = ({ url, method }: RouteOptions): boolean =>
  url === GRAPHQL_PATH && listOf(method).includes("POST");

const operationOf = (request: FastifyRequest): Operation | null =>
  request.getDecorator<Operation | null>(OPERATION);

/** Fastify takes one or several in most places. */
const listOf = <T>(value: T | readonly T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? [...(value as readonly T[])] : [value as T];

function codesOf(errors: readonly GraphQLFormattedError[] | undefined): readonly string[] {
  if (errors === undefined) return [];
  return [...new Set(errors.map(({ extensions }) => String(extensions?.["code"])))];
}
