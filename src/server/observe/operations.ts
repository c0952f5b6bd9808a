import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onResponseHookHandler,
  preHandlerHookHandler,
  RouteOptions,
} from "fastify";
import type { ListSummary, Reads } from "../../domain/reads.js";
import { GRAPHQL_PATH, OPERATION } from "../graphqlRoute.js";
import type { OperationPlugin, RunningOperation, ServerOptions } from "../options.js";
import { type GatewayEvents, type OperationNote, outcomeOf } from "./notes.js";
import type { OperationSpan, Spans } from "./spans.js";

/** What operations are watched with. */
interface OperationWatchParts {
  readonly events: Pick<GatewayEvents, "began" | "ended" | "refused">;
  readonly spans: Pick<Spans, "begin">;
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number;
}

/** What is known about an operation while it runs. */
interface Watched {
  readonly principal: string;
  readonly reads: Reads;
  name: string | null;
  type: string | null;
  /** Null until the GraphQL server has answered. */
  codes: readonly string[] | null;
}

/**
 * Watches operations from the end of the request to the end of the response.
 *
 * It combines three sources: the HTTP server reports start and end, the reads what is missing from lists,
 * and the GraphQL server name and errors. All three know the operation.
 *
 * Cost: a few microseconds an operation, whatever its size, because fields are not traced.
 */
export class OperationWatch {
  readonly plugin: OperationPlugin;
  /** A plain map: what a WeakMap holds outlives many collections of short-lived objects. */
  private readonly watched = new Map<object, Watched>();

  constructor(private readonly parts: OperationWatchParts) {
    this.plugin = {
      willSendResponse: async ({ contextValue, operationName, operation, response: { body } }) => {
        const watched = this.watched.get(contextValue.operation);
        if (watched === undefined) return;
        watched.name = operationName ?? null;
        watched.type = operation?.operation ?? null;
        const errors = body.kind === "single" ? (body.singleResult.errors ?? []) : [];
        watched.codes = [...new Set(errors.map(({ extensions }) => String(extensions?.["code"])))];
      },
    };
  }

  /** Remembers the reads of each operation: they know what is missing from its lists. */
  readonly makeReads =
    (makeReads: ServerOptions["makeReads"]): ServerOptions["makeReads"] =>
    (principal, operation) => {
      const reads = makeReads(principal, operation);
      const unknown = { name: null, type: null, codes: null };
      this.watched.set(operation, { principal: principal.name, reads, ...unknown });
      return reads;
    };

  /** Watches the GraphQL route. Call it before the route is added. */
  addTo(app: FastifyInstance): void {
    app.addHook("onRoute", (route) => {
      if (!isGraphql(route)) return;
      route.preHandler = [this.begin, ...[route.preHandler ?? []].flat()];
      route.onResponse = [this.refused, ...[route.onResponse ?? []].flat()];
    });
  }

  private readonly begin: preHandlerHookHandler = (request, reply, done) => {
    const { events, spans, elapsed } = this.parts;
    const span = spans.begin(request);
    const startedAt = elapsed();
    events.began();
    reply.raw.once("close", () => this.end(request, reply, span, elapsed() - startedAt));
    span.run(done);
  };

  private end(request: FastifyRequest, reply: FastifyReply, span: OperationSpan, ms: number): void {
    const operation = operationOf(request);
    const note = operation === null ? null : this.noteOf(operation, reply, span, ms);
    if (operation !== null) this.watched.delete(operation);
    // So that the line of the log belongs to the trace.
    span.run(() => this.parts.events.ended(note));
    span.end(note);
  }

  private noteOf(
    operation: RunningOperation,
    reply: FastifyReply,
    { exemplar }: OperationSpan,
    ms: number,
  ): OperationNote {
    const { requestId, abortedBy } = operation;
    const watched = this.watched.get(operation);
    const { principal = null, name = null, type = null, codes = null, reads } = watched ?? {};
    const { complete, issues, late } = reads?.lists ?? NOTHING_READ;
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
      exemplar,
    };
  }

  private readonly refused: onResponseHookHandler = (request, reply, done) => {
    if (reply.statusCode >= 400 && operationOf(request) === null)
      this.parts.events.refused(request.id, reply.statusCode);
    done();
  };
}

const NOTHING_READ: ListSummary = { complete: true, issues: 0, late: new Map() };

const isGraphql = ({ url, method }: RouteOptions): boolean =>
  url === GRAPHQL_PATH && [method].flat().includes("POST");

const operationOf = (request: FastifyRequest): RunningOperation | null =>
  request.getDecorator<RunningOperation | null>(OPERATION);
