import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ApiKey, Principal } from "../../domain/principal.js";
import { ClientError } from "../../errors.js";

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** The credential in `Authorization: Bearer …`; null without one. */
export const bearerOf = ({ authorization }: IncomingHttpHeaders): string | null =>
  BEARER.exec(authorization ?? "")?.[1] ?? null;

function apiKeyOf(headers: IncomingHttpHeaders): string | null {
  const key = headers["x-api-key"];
  return typeof key === "string" && key !== "" ? key : bearerOf(headers);
}

/**
 * Makes the check of API keys, sent as `x-api-key` or as a bearer credential.
 *
 * Every digest is compared in constant time, so that timing does not reveal how close a guess is.
 *
 * Errors: `ClientError` UNAUTHENTICATED, the same for a missing and for an unknown key.
 */
export function makeKeyCheck(keys: readonly ApiKey[]): (headers: IncomingHttpHeaders) => Principal {
  const known = keys.map(({ name, sha256, scopes, accounts }) => ({
    digest: Buffer.from(sha256, "hex"),
    principal: { name, scopes: new Set(scopes), accounts } satisfies Principal,
  }));
  return (headers) => {
    const key = apiKeyOf(headers);
    // Node decodes headers as Latin-1, one character for each byte.
    const digest = createHash("sha256")
      .update(key ?? "", "latin1")
      .digest();
    const [match] = known.filter((entry) => timingSafeEqual(entry.digest, digest));
    if (key === null || match === undefined)
      throw new ClientError("UNAUTHENTICATED", "The API key is missing or unknown.");
    return match.principal;
  };
}
