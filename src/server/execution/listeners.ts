import type {
  ApolloServerPlugin,
  GraphQLRequestContext,
  GraphQLRequestExecutionListener,
  GraphQLRequestListener,
} from "@apollo/server";
import type { Context } from "../../graphql/context.js";

type Listener = GraphQLRequestListener<Context>;

const HEARD = Symbol("heard");

/** Its listeners are noted on a request itself: what is in a weak map outlives many collections. */
type Request = GraphQLRequestContext<Context> & { [HEARD]?: Listener[] };
type Executing = Parameters<NonNullable<Listener["executionDidStart"]>>[0];

/**
 * What the plugins of a server want to hear of each request.
 *
 * Apollo Server tells nobody of an execution that a plugin did; that plugin tells them by this.
 */
export class Listeners {
  /** The same plugin, whose listeners can be told. */
  readonly noting = (plugin: ApolloServerPlugin<Context>): ApolloServerPlugin<Context> => {
    const { requestDidStart } = plugin;
    if (requestDidStart === undefined) return plugin;
    return {
      ...plugin,
      requestDidStart: async (request) => {
        const listener = await requestDidStart.call(plugin, request);
        return listener ? this.note(request, listener) : undefined;
      },
    };
  };

  /** All of a request, in the order of their plugins. */
  of(request: Request): readonly Listener[] {
    return request[HEARD] ?? [];
  }

  /** Tells that an execution begins, and gives those who listen to it. */
  async executionDidStart(
    request: Executing,
  ): Promise<readonly GraphQLRequestExecutionListener<Context>[]> {
    const started = this.of(request).flatMap(
      (listener) => listener.executionDidStart?.(request) ?? [],
    );
    if (started.length === 0) return [];
    const executions = await Promise.all(started);
    return executions.filter((one) => one !== undefined);
  }

  private note(request: Request, listener: Listener): Listener {
    const told = listener.executionDidStart === undefined ? listener : toldOnce(listener);
    (request[HEARD] ??= []).push(told);
    return told;
  }
}

/** A listener that hears of an execution once, also where Apollo Server tells it again. */
function toldOnce(listener: Listener): Listener {
  let told: ReturnType<NonNullable<Listener["executionDidStart"]>> | undefined;
  const once: Listener["executionDidStart"] = (request) =>
    (told ??= listener.executionDidStart?.(request) ?? Promise.resolve());
  return Object.create(listener, { executionDidStart: { value: once } }) as Listener;
}
