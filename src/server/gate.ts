import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { forReaders, makeAuthenticate, type Authenticate } from "./auth/authenticate.js";
import type { AuthOptions } from "./auth/options.js";
import { makeTextCheck } from "./limits/documentCheck.js";
import { makeLimitsPlugin } from "./limits/limitsPlugin.js";
import type { OperationLimits, PlacesOf } from "./limits/options.js";
import { makeLoopDelay, makeOverloadCheck, type LoopDelay } from "./limits/overload.js";
import { protect } from "./limits/protect.js";
import { makeRateLimit, rateLimited } from "./limits/rateLimit.js";
import type { OperationPlugin } from "./operationPlugin.js";

/** How much callers may ask for. */
export interface GateLimits extends OperationLimits {
  /** Per caller; 0 is no limit. */
  readonly requestsPerMinute: number;
  readonly maxEventLoopDelayMs: number;
}

/** What a gate is made from; of the config, `auth` and `limits`. */
export interface GateOptions {
  readonly auth: AuthOptions;
  readonly limits: GateLimits;
  readonly placesOf: PlacesOf;
  readonly logger: Pick<Logger, "warn">;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How late the event loop is, in milliseconds; else it is measured. */
  readonly loopDelay?: LoopDelay;
}

/** Who gets in, and how much they may ask for. */
export interface Gate {
  /** Who asks, whatever that one may do: for pages and endpoints with scopes of their own. */
  readonly identify: Authenticate;
  /** Who asks for backups: identified, allowed to read them, and not too often. */
  readonly authenticate: Authenticate;
  /** Refuses operations that are too costly before they run. */
  readonly plugin: OperationPlugin;
  /** Sheds load, and refuses documents that are too large before they are validated. */
  extend(app: FastifyInstance): void;
  /** Stops measuring. */
  close(): void;
}

/** Makes all that stands between a request and what it asks for. */
export function makeGate({ auth, limits, placesOf, logger, now, loopDelay }: GateOptions): Gate {
  const delay = loopDelay ?? makeLoopDelay(now);
  const identify = makeAuthenticate(auth, {
    now,
    onFault: (err) => logger.warn({ err }, "The token issuer's keys could not be read."),
  });
  const limit = makeRateLimit(limits.requestsPerMinute, now);
  return {
    identify,
    authenticate: rateLimited(forReaders(identify), limit),
    plugin: makeLimitsPlugin({ limits, placesOf }),
    extend: (app) =>
      protect(app, {
        checkLoad: makeOverloadCheck(limits.maxEventLoopDelayMs, delay),
        checkText: makeTextCheck(limits),
      }),
    close: () => delay.stop(),
  };
}
