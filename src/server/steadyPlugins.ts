import type { ApolloServerPlugin, GraphQLRequestListener } from "@apollo/server";
import type { Context } from "../graphql/context.js";

/** What steady plugins may hear of. */
const HOOKS = ["didResolveOperation", "didEncounterErrors", "willSendResponse"] as const;

type Hears = Pick<GraphQLRequestListener<Context>, (typeof HOOKS)[number]>;

/** A plugin that hears of all requests alike. */
export class SteadyPlugin implements ApolloServerPlugin<Context> {
  constructor(readonly hears: Hears) {}

  requestDidStart = async (): Promise<Hears> => this.hears;
}

/**
 * The same plugins, the steady ones among them as one, which comes first.
 *
 * Apollo Server waits at each hook for every plugin, also for those that do not listen there. That costs
 * a request more than what most plugins do.
 */
export function joinSteady(
  plugins: readonly ApolloServerPlugin<Context>[],
): readonly ApolloServerPlugin<Context>[] {
  const isSteady = (plugin: ApolloServerPlugin<Context>) => plugin instanceof SteadyPlugin;
  const heard = plugins.filter(isSteady).map(({ hears }) => hears);
  const others = plugins.filter((plugin) => !isSteady(plugin));
  return [new SteadyPlugin(together(heard)), ...others];
}

/** Each hook tells all who listen to it, at once, and waits for them. */
const together = (heard: readonly Hears[]): Hears =>
  Object.fromEntries(HOOKS.map((hook) => [hook, tellingAll(heard, hook)]));

function tellingAll<H extends keyof Hears>(heard: readonly Hears[], hook: H): Hears[H] {
  type Tell = (request: unknown) => Promise<void>;
  const told = heard.flatMap((one) => (one[hook] === undefined ? [] : [one[hook] as Tell]));
  if (told.length <= 1) return told[0] as Hears[H];
  const tell: Tell = async (request) => void (await Promise.all(told.map((one) => one(request))));
  return tell as Hears[H];
}
