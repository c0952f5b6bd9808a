import type { IncomingHttpHeaders } from "node:http";
import {
  type Attributes,
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { AttemptNote } from "../../domain/observation.js";
import { GRAPHQL_PATH } from "../graphqlRoute.js";
import type { GatewayEvents, OperationNote, VendorOf } from "./notes.js";

/** The spans of traces. Without an OpenTelemetry SDK in the process, they do nothing. */
export interface Spans {
  /** Starts the span of an operation, as a child of the HTTP server's span or of the caller's trace. */
  begin(request: SpannedRequest): OperationSpan;
  /** Adds the span of a finished attempt to the operation that it was made for. */
  readonly attempt: GatewayEvents["attempt"];
}

/** The parts of a request that its span describes. */
export interface SpannedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/** The span of a running operation. */
export interface OperationSpan {
  /** Runs a function with the span as the active one. */
  run(work: () => void): void;
  /** Null for a request without an operation. */
  end(note: OperationNote | null): void;
}

/** What spans are made with. */
export interface SpanParts {
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
  return {
    begin({ method, headers }) {
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
      return operationSpan(span, trace.setSpan(parent, span), labelOf);
    },
    attempt({ account, action, attempt, outcome, fault, sent, ms }) {
      const endedAt = now();
      const vendor = vendorOf(account);
      const own = { vendor, account, action, outcome, attempt, ...(fault && { fault }) };
      const attributes = { ...own, ...httpOf(sent), ...errorOf(outcome) };
      const options = { kind: SpanKind.CLIENT, startTime: endedAt - ms, attributes };
      const span = tracer().startSpan(`${vendor} ${action}`, options);
      if (outcome !== "OK") span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(endedAt);
    },
  };
}

const operationSpan = (
  span: Span,
  within: Context,
  labelOf: SpanParts["labelOf"],
): OperationSpan => ({
  run: (work) => context.with(within, work),
  end(note) {
    if (span.isRecording() && note !== null) describe(span, note, labelOf);
    span.end();
  },
});

/** OpenTelemetry's attributes of a vendor call, without `url.full`, which may contain signatures and names. */
function httpOf(sent: AttemptNote["sent"]): Attributes {
  if (sent === undefined) return {};
  const { protocol, hostname, port } = new URL(sent.origin);
  return {
    "http.request.method": sent.method,
    "url.scheme": protocol.slice(0, -1),
    "server.address": hostname,
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
    ...(sent.status !== null && { "http.response.status_code": sent.status }),
  };
}

const errorOf = (outcome: string): Attributes =>
  outcome === "OK" || outcome === "PARTIAL" ? {} : { "error.type": outcome };

function describe(span: Span, note: OperationNote, labelOf: SpanParts["labelOf"]): void {
  const { requestId, type, outcome, complete, issues, calls } = note;
  const label = labelOf(note.name);
  span.updateName(`${type ?? "graphql"} ${label}`);
  span.setAttributes({
    "graphql.operation.type": type ?? "none",
    "graphql.operation.name": label,
    "request.id": requestId,
    outcome,
    complete,
    issues,
    "vendor.calls": calls.reduce((sum, { count }) => sum + count, 0),
    "vendor.cached": calls.reduce((sum, { cached }) => sum + cached, 0),
    ...errorOf(outcome),
  });
  if (outcome !== "OK" && outcome !== "PARTIAL") span.setStatus({ code: SpanStatusCode.ERROR });
}
