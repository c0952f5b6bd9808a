import {
  type Attributes,
  context,
  isSpanContextValid,
  propagation,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { getOrMake } from "../../domain/maps.js";
import type { AttemptNote } from "../../domain/observation.js";
import { GRAPHQL_PATH } from "../graphqlRoute.js";
import {
  totalOf,
  type Exemplar,
  type GatewayEvents,
  type OperationNote,
  type VendorOf,
} from "./notes.js";

/** The spans of traces. Without an OpenTelemetry SDK in the process, nothing records them. */
export interface Spans {
  /** Starts the span of an operation, as a child of the HTTP server's span or of the caller's trace. */
  begin(request: Pick<FastifyRequest, "id" | "method" | "headers">): OperationSpan;
  /** Adds the span of a finished attempt to the operation that it was made for. */
  readonly attempt: GatewayEvents["attempt"];
  /** The exemplar of a running operation, by its request id; null if there is none. */
  exemplarOf(requestId: string | undefined): Exemplar | null;
}

/** The span of a running operation. */
export interface OperationSpan {
  /** Null if the trace is not recorded. */
  readonly exemplar: Exemplar | null;
  /** Runs a function with the span as the active one. */
  run(work: () => void): void;
  /** Null for a request without an operation. */
  end(note: OperationNote | null): void;
}

/** What spans are made with. */
interface SpanParts {
  readonly vendorOf: VendorOf;
  /** The name of an operation as a label. */
  readonly labelOf: (name: string | null) => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const NAME = "redis-backup-gateway";

/** Makes the spans with OpenTelemetry's API. The SDK is up to the process that runs the gateway. */
export function makeSpans({ vendorOf, labelOf, now }: SpanParts): Spans {
  let found: Tracer | null = null;
  // Only at the first span: a tracer that is older than the SDK does not know another copy of the API.
  const tracer = (): Tracer => (found ??= trace.getTracer(NAME));
  /** Of running operations, by request id. */
  const exemplars = new Map<string, (Exemplar | null)[]>();
  return {
    exemplarOf(requestId = "") {
      const [only = null, ...others] = exemplars.get(requestId) ?? [];
      // Clients may use an id for several operations at once, and a call may be of any of them.
      return others.length === 0 ? only : null;
    },
    begin({ id, method, headers }) {
      const active = context.active();
      // An instrumented HTTP server has already read the caller's headers; its span is the parent.
      const local = trace.getSpan(active) !== undefined;
      const parent = local ? active : propagation.extract(active, headers);
      const kind = local ? SpanKind.INTERNAL : SpanKind.SERVER;
      const attributes = {
        "http.request.method": method,
        "http.route": GRAPHQL_PATH,
        "url.path": GRAPHQL_PATH,
      };
      const span = tracer().startSpan("graphql", { kind, attributes }, parent);
      const exemplar = exemplarIn(span.spanContext(), headers["traceparent"]);
      const ofId = getOrMake(exemplars, id, () => []);
      ofId.push(exemplar);
      const within = trace.setSpan(parent, span);
      return {
        exemplar,
        run: (work) => context.with(within, work),
        end(note) {
          ofId.splice(ofId.indexOf(exemplar), 1);
          if (ofId.length === 0) exemplars.delete(id);
          if (span.isRecording() && note !== null) describe(span, note, labelOf);
          span.end();
        },
      };
    },
    attempt({ account, action, attempt, outcome, fault, sent, ms }) {
      const endedAt = now();
      const vendor = vendorOf(account);
      const options = { kind: SpanKind.CLIENT, startTime: endedAt - ms };
      const span = tracer().startSpan(`${vendor} ${action}`, options);
      if (span.isRecording()) {
        const own = { vendor, account, action, outcome, attempt, ...(fault && { fault }) };
        span.setAttributes({ ...own, ...httpOf(sent), ...errorOf(outcome) });
      }
      if (outcome !== "OK") span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(endedAt);
    },
  };
}

/** Version 00 has these fields and no others. Source: https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/** The exemplar of an operation's span. Without an SDK, it is the caller's span. */
function exemplarIn(own: SpanContext, traceparent: unknown): Exemplar | null {
  const traced = isSpanContextValid(own) ? own : contextIn(traceparent);
  const isRecorded = (traced.traceFlags & TraceFlags.SAMPLED) !== 0;
  return isRecorded && isSpanContextValid(traced)
    ? { trace_id: traced.traceId, span_id: traced.spanId }
    : null;
}

function contextIn(traceparent: unknown): SpanContext {
  const [, traceId = "", spanId = "", flags = "00"] = TRACEPARENT.exec(String(traceparent)) ?? [];
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

/** OpenTelemetry's attributes of a vendor call, without `url.full`, which may contain signatures and names. */
function httpOf(sent: AttemptNote["sent"]): Attributes {
  if (sent === undefined) return {};
  return {
    "http.request.method": sent.method,
    ...getOrMake(servers, sent.origin, () => serverOf(sent.origin)),
    ...(sent.status !== null && { "http.response.status_code": sent.status }),
  };
}

/** By origin; an account has a few. */
const servers = new LRUCache<string, Attributes>({ max: 1_000 });

function serverOf(origin: string): Attributes {
  const { protocol, hostname, port } = new URL(origin);
  return {
    "url.scheme": protocol.slice(0, -1),
    "server.address": hostname,
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
  };
}

const errorOf = (outcome: string): Attributes =>
  outcome === "OK" || outcome === "PARTIAL" ? {} : { "error.type": outcome };

function describe(span: Span, note: OperationNote, labelOf: SpanParts["labelOf"]): void {
  const { requestId, type, outcome, complete, issues } = note;
  const { calls, cached } = totalOf(note.calls);
  const label = labelOf(note.name);
  span.updateName(`${type ?? "graphql"} ${label}`);
  span.setAttributes({
    "graphql.operation.type": type ?? "none",
    "graphql.operation.name": label,
    "request.id": requestId,
    outcome,
    complete,
    issues,
    "vendor.calls": calls,
    "vendor.cached": cached,
    ...errorOf(outcome),
  });
  if (outcome !== "OK" && outcome !== "PARTIAL") span.setStatus({ code: SpanStatusCode.ERROR });
}
