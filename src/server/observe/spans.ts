import type { IncomingHttpHeaders } from "node:http";
import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { GatewayEvents, OperationNote, VendorOf } from "./notes.js";

/** The spans of traces. Without an OpenTelemetry SDK in the process, they do nothing. */
export interface Spans {
  /** Starts the span of an operation, as a child of the HTTP server's span or of the caller's trace. */
  begin(headers: IncomingHttpHeaders): OperationSpan;
  /** Adds the span of a finished attempt to the operation that it was made for. */
  readonly attempt: GatewayEvents["attempt"];
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
  const tracer = trace.getTracer(NAME);
  return {
    begin(headers) {
      const active = context.active();
      // An instrumented HTTP server has already read the caller's headers; its span is the parent.
      const local = trace.getSpan(active) !== undefined;
      const parent = local ? active : propagation.extract(active, headers);
      const kind = local ? SpanKind.INTERNAL : SpanKind.SERVER;
      const span = tracer.startSpan("graphql", { kind }, parent);
      return operationSpan(span, trace.setSpan(parent, span), labelOf);
    },
    attempt({ account, action, attempt, outcome, fault, ms }) {
      const endedAt = now();
      const vendor = vendorOf(account);
      const attributes = { vendor, account, action, outcome, attempt, ...(fault && { fault }) };
      const options = { kind: SpanKind.CLIENT, startTime: endedAt - ms, attributes };
      const span = tracer.startSpan(`${vendor} ${action}`, options);
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
  });
  if (outcome !== "OK" && outcome !== "PARTIAL") span.setStatus({ code: SpanStatusCode.ERROR });
}
