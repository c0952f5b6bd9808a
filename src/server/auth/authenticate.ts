import type { IncomingHttpHeaders } from "node:http";
import { ANYONE, type Principal } from "../../domain/principal.js";
import { ClientError } from "../../errors.js";
import { makeKeyCheck } from "./apiKeys.js";
import type { KeySetPorts } from "./keySet.js";
import type { AuthOptions } from "./options.js";

/**
 * Tells who sends a request.
 *
 * Errors: `ClientError` UNAUTHENTICATED, FORBIDDEN or RATE_LIMITED.
 */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Principal>;

/** Makes what tells who asks, by the configured way. Errors: `ClientError` UNAUTHENTICATED. */
export function makeAuthenticate(auth: AuthOptions, ports: KeySetPorts): Authenticate {
  switch (auth.mode) {
    case "none":
      return async () => ANYONE;
    case "apiKey": {
      const check = makeKeyCheck(auth.apiKeys);
      return async (headers) => check(headers);
    }
    case "jwt": {
      // From now on, and nowhere else: tokens take a library of their own.
      const loading = import("./tokens.js");
      const making = loading.then(({ makeTokenCheck }) => makeTokenCheck(auth.jwt, ports));
      return async (headers) => (await making)(headers);
    }
  }
}

/** Lets nobody ask for backups without the scope for it. Errors: `ClientError` FORBIDDEN. */
export const forReaders =
  (authenticate: Authenticate): Authenticate =>
  async (headers) => {
    const principal = await authenticate(headers);
    if (principal.scopes.has("backups:read")) return principal;
    const scope = "backups:read";
    throw new ClientError("FORBIDDEN", `The scope ${scope} is missing.`, { scope });
  };
