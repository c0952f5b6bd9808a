import fastifyUnderPressure from "@fastify/under-pressure";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { AuthOptions } from "../domain/principal.js";
import { DEEPEST, isDeep } from "../domain/row.js";
import { ClientError } from "../errors.js";
import { forReaders, makeAuthenticate, type Authenticate } from "./auth/authenticate.js";
import { sendBadRequest } from "./faults.js";
import type { KeySetPorts } from "./auth/keySet.js";
import { GRAPHQL_PATH, searchOf } from "./graphqlRoute.js";
import { CallerLimits } from "./limits/callerLimits.js";
import { makeTextCheck, type OperationLimits, type PlacesOf } from "./limits/document.js";
import { makeLimitsPlugin } from "./limits/limitsPlugin.js";
import type { OperationPlugin } from "./options.js";

/** How much callers may ask for. */
export interface GateLimits extends OperationLimits {
  /** Points of each caller; 0 means no limit. */
  readonly requestsPerMinute: number;
  /** The mean delay of the event loop above which requests are refused. */
  readonly maxEventLoopDelayMs: number;
}

/** What a gate is made from; `auth` and `limits` come from the config. */
export interface GateOptions {
  readonly auth: AuthOptions;
  readonly limits: GateLimits;
  readonly placesOf: PlacesOf;
  /** Limits callers, also for gates before and after. By default, by `limits` and for this gate alone. */
  readonly callers?: CallerLimits;
  readonly logger: Pick<Logger, "warn">;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How a token issuer is reached, and the keys that gates before this one have fetched. */
  readonly issuer?: Pick<KeySetPorts, "network" | "kept">;
}

/** Decides who may ask, and how much. */
interface Gate {
  /** Identifies callers without checking scopes, for routes with scopes of their own. */
  readonly identify: Authenticate;
  /** Identifies callers, and requires the scope `backups:read`. */
  readonly authenticate: Authenticate;
  /** Limits what each caller may ask for in a minute. */
  readonly callers: CallerLimits;
  /** Refuses operations that are too costly before they run. */
  readonly plugin: OperationPlugin;
  /** Adds load shedding, and the check of documents before they are validated. */
  extend(app: FastifyInstance): void;
}

/** Makes everything that stands between a request and what it asks for. */
export function makeGate(options: GateOptions): Gate {
  const { auth, limits, placesOf, logger, now } = options;
  const { callers = new CallerLimits(limits.requestsPerMinute, { shared: null, now }) } = options;
  const identify = makeAuthenticate(auth, {
    ...options.issuer,
    now,
    onFault: (err) => logger.warn({ err }, "The token issuer's keys could not be fetched."),
  });
  return {
    identify,
    authenticate: forReaders(identify),
    callers,
    plugin: makeLimitsPlugin(limits, placesOf),
    extend(app) {
      shedLoad(app, limits.maxEventLoopDelayMs);
      checkRequests(app, makeTextCheck(limits));
    },
  };
}

/** The minimum time over which the event loop's delay is averaged. */
const WINDOW_MS = 500;

/** Exempts a route from load shedding: a probe that fails under load makes the load worse. */
export const ALWAYS_ANSWERED = { config: { pressureHandler: () => undefined } };

/** Refuses requests while the event loop is late. Errors: `ClientError` OVERLOADED. */
function shedLoad(app: FastifyInstance, maxEventLoopDelay: number): void {
  app.register(fastifyUnderPressure, {
    maxEventLoopDelay,
    // A window without a measurement counts as overload, so it must not be shorter than the limit.
    sampleInterval: Math.max(WINDOW_MS, maxEventLoopDelay),
    pressureHandler: () =>
      Promise.reject(
        new ClientError("OVERLOADED", "The gateway is overloaded; try again in a second.", {
          retryAfterMs: 2 * WINDOW_MS,
        }),
      ),
  });
}

/**
 * Checks the nesting of bodies, and the documents of GraphQL requests.
 *
 * Errors: `ClientError` QUERY_TOO_COSTLY.
 */
function checkRequests(app: FastifyInstance, checkText: (text: string) => void): void {
  app.addHook("preHandler", (request, reply, done) => {
    if (request.routeOptions.url !== GRAPHQL_PATH) return done();
    if (hasDeepBody(request))
      return void sendBadRequest(reply, 400, `The body is nested deeper than ${DEEPEST} levels.`);
    for (const text of textsOf(request)) checkText(text);
    done();
  });
}

/** Whether anything but the variables is nested too deep: they are checked with their operation. */
function hasDeepBody({ body }: FastifyRequest): boolean {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
  return Object.entries(body).some(([name, value]) => name !== "variables" && isDeep(value));
}

/** The documents of a request, from where the GraphQL server reads them. */
function textsOf(request: FastifyRequest): readonly string[] {
  const { method, body } = request;
  if (method === "GET") return new URLSearchParams(searchOf(request)).getAll("query");
  const query = typeof body === "object" && body !== null && "query" in body ? body.query : null;
  return typeof query === "string" ? [query] : [];
}
