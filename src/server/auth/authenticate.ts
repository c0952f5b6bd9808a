import type { IncomingHttpHeaders } from "node:http";
import { ANYONE, type AuthOptions, type Principal } from "../../domain/principal.js";
import { requireScope } from "../../graphql/context.js";
import { makeKeyCheck } from "./credentials.js";
import type { KeySetPorts } from "./keySet.js";

/**
 * Identifies the caller of a request by its headers.
 *
 * Errors: `ClientError` UNAUTHENTICATED or FORBIDDEN.
 */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Principal>;

/** Makes the configured way of identifying callers. Errors: `ClientError` UNAUTHENTICATED. */
export function makeAuthenticate(auth: AuthOptions, ports: KeySetPorts): Authenticate {
  switch (auth.mode) {
    case "none":
      return async () => ANYONE;
    case "apiKey": {
      const check = makeKeyCheck(auth.apiKeys);
      return async (headers) => check(headers);
    }
    case "jwt": {
      // Imported only here because the JOSE library slows down the start.
      const loading = import("./tokens.js");
      const making = loading.then(({ makeTokenCheck }) => makeTokenCheck(auth.jwt, ports));
      return async (headers) => (await making)(headers);
    }
  }
}

/** Refuses callers without the scope `backups:read`. Errors: `ClientError` FORBIDDEN. */
export const forReaders =
  (authenticate: Authenticate): Authenticate =>
  async (headers) => {
    const principal = await authenticate(headers);
    requireScope(principal, "backups:read");
    return principal;
  };
