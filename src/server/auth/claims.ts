import { SCOPES, type Principal } from "../../domain/principal.js";
import type { JwtOptions } from "./options.js";

/** The claims of a token whose signature was verified. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * What a token's claims allow. A claim that is missing or malformed grants nothing: no scope, and no
 * account rather than all.
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

/** As text with spaces between, or as a list; words of other services are passed over. */
function scopesIn(claim: unknown): readonly string[] {
  const words = typeof claim === "string" ? claim.split(" ") : textsIn(claim);
  return SCOPES.filter((scope) => words.includes(scope));
}

/** A list of texts; a list with anything else in it is malformed as a whole. */
const textsIn = (claim: unknown): readonly string[] =>
  Array.isArray(claim) && claim.every((item) => typeof item === "string") ? claim : [];
