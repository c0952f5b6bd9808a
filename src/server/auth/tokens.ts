import type { IncomingHttpHeaders } from "node:http";
import { errors, jwtVerify } from "jose";
import { SCOPES, type JwtOptions, type Principal } from "../../domain/principal.js";
import { ClientError } from "../../errors.js";
import { bearerOf } from "./credentials.js";
import { keySetAt, type KeySetPorts } from "./keySet.js";

/** Longer tokens are refused before they are decoded. */
const MAX_LENGTH = 8_192;
const CLOCK_TOLERANCE_S = 30;

/**
 * Makes the check of bearer tokens: signed by a key of the issuer with an allowed algorithm, for this
 * audience, not expired, and with a subject.
 *
 * Errors: `ClientError` UNAUTHENTICATED, with the same message for every invalid token.
 */
export function makeTokenCheck(
  options: JwtOptions,
  ports: KeySetPorts,
): (headers: IncomingHttpHeaders) => Promise<Principal> {
  const { issuer, audience, algorithms, jwksUri } = options;
  const keys = keySetAt(jwksUri, ports);
  const expected = {
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
    const verified = jwtVerify(token, keys.keyFor, { ...expected, currentDate });
    const { payload } = await verified.catch((error: unknown) => {
      // Errors of other classes are not the token's fault, for example a key that cannot be imported.
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

/** The claims of a verified token. */
type Claims = Readonly<Record<string, unknown>>;

/**
 * The principal that a token's claims describe. A missing or malformed claim grants nothing: no scope,
 * and no account rather than all of them.
 */
export const principalOf = (
  name: string,
  claims: Claims,
  { scopesClaim, accountsClaim }: Pick<JwtOptions, "scopesClaim" | "accountsClaim">,
): Principal => ({
  name,
  scopes: new Set(scopesIn(own(claims, scopesClaim))),
  accounts: textsIn(own(claims, accountsClaim)),
});

const own = (claims: Claims, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined;

/** Scopes come as text separated by spaces or as a list. Scopes of other services are ignored. */
function scopesIn(claim: unknown): readonly string[] {
  const words = typeof claim === "string" ? claim.split(" ") : textsIn(claim);
  return SCOPES.filter((scope) => words.includes(scope));
}

/** A list of texts. A list that contains anything else counts as malformed. */
const textsIn = (claim: unknown): readonly string[] =>
  Array.isArray(claim) && claim.every((item) => typeof item === "string") ? claim : [];
