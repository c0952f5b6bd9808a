import type { IncomingHttpHeaders } from "node:http";
import { errors, jwtVerify } from "jose";
import type { Principal } from "../../domain/principal.js";
import { ClientError } from "../../errors.js";
import { principalOf } from "./claims.js";
import { bearerOf } from "./credentials.js";
import { KeySet, type KeySetPorts } from "./keySet.js";
import type { JwtOptions } from "./options.js";

/** Longer ones are refused before anything of them is decoded. */
const MAX_LENGTH = 8_192;
const CLOCK_TOLERANCE_S = 30;

/**
 * Makes the check of bearer tokens: signed by a key of the issuer with one of the algorithms, for this
 * audience, not expired, and with a subject.
 *
 * Errors: `ClientError` UNAUTHENTICATED, the same whatever is wrong with the token.
 */
export function makeTokenCheck(
  options: JwtOptions,
  ports: KeySetPorts,
): (headers: IncomingHttpHeaders) => Promise<Principal> {
  const { issuer, audience, algorithms, jwksUri } = options;
  const keys = new KeySet(jwksUri, ports);
  const wanted = {
    issuer,
    audience,
    algorithms: [...algorithms],
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ["exp", "sub"],
  };
  return async (headers) => {
    const token = bearerOf(headers);
    if (token === null || token.length > MAX_LENGTH) throw refused();
    const currentDate = new Date(ports.now());
    const verified = jwtVerify(token, keys.keyFor, { ...wanted, currentDate });
    const { payload } = await verified.catch((error: unknown) => {
      // Not the token's fault, such as a key that cannot be read; closed all the same.
      if (!(error instanceof errors.JOSEError)) ports.onFault?.(error);
      throw refused();
    });
    const { sub } = payload;
    if (typeof sub !== "string" || sub === "") throw refused();
    return principalOf(sub, payload, options);
  };
}

const refused = (): ClientError =>
  new ClientError("UNAUTHENTICATED", "The token is missing or not valid.");
