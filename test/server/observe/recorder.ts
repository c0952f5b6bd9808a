import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  context,
  type ContextManager,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  trace,
} from "@opentelemetry/api";
import { onTestFinished } from "vitest";

/** A span as an SDK would export it. */
export interface Recorded {
  name: string;
  readonly id: string;
  readonly parent: string | null;
  readonly options: SpanOptions;
  attributes: Record<string, unknown>;
  status: number;
  /** Milliseconds; undefined for the moment of the call, null while it runs. */
  endedAt: number | null | undefined;
}

/** Stands in for an SDK until the test ends, and gives what it records. */
export function recordSpans(): Recorded[] {
  const spans: Recorded[] = [];
  context.setGlobalContextManager(new LocalContexts());
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan: unused }) });
  propagation.setGlobalPropagator({
    inject: unused,
    extract: (within, carrier) => {
      const spanId = (carrier as Record<string, string>)["traceparent"];
      return spanId === undefined ? within : trace.setSpanContext(within, contextOf(spanId));
    },
    fields: () => ["traceparent"],
  });
  onTestFinished(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });
  return spans;

  function startSpan(name: string, options: SpanOptions = {}, within: Context = context.active()) {
    const recorded: Recorded = {
      name,
      id: `span-${spans.length}`,
      parent: trace.getSpanContext(within)?.spanId ?? null,
      options,
      attributes: { ...options.attributes },
      status: 0,
      endedAt: null,
    };
    spans.push(recorded);
    return spanOf(recorded);
  }
}

const unused = (): never => {
  throw new Error("Not used.");
};

const contextOf = (spanId: string): SpanContext => ({ traceId: "t", spanId, traceFlags: 1 });

function spanOf(recorded: Recorded): Span {
  const span = {
    spanContext: () => contextOf(recorded.id),
    isRecording: () => true,
    updateName: (name: string) => ((recorded.name = name), span),
    setAttributes: (more: object) => (Object.assign(recorded.attributes, more), span),
    setStatus: ({ code }: { code: number }) => ((recorded.status = code), span),
    end: (at?: number) => void (recorded.endedAt = at),
  };
  return span as unknown as Span;
}

/** Keeps the context over everything asynchronous, as the SDK for Node does. */
class LocalContexts implements ContextManager {
  readonly #local = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#local.getStore() ?? ROOT_CONTEXT;
  }

  with: ContextManager["with"] = (within, work, self, ...args) =>
    this.#local.run(within, () => work.apply(self as never, args));

  bind<T>(_: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#local.disable();
    return this;
  }
}
