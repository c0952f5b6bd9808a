import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Principal } from "../../domain/principal.js";
import { ClientError } from "../../errors.js";
import { apiKeyOf } from "./credentials.js";
import type { ApiKey } from "./options.js";

/**
 * Makes the check of API keys. Keys are known by their digests only, and every digest is compared to
 * its end, so that time tells neither which key is close nor whether one is.
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
    const digest = createHash("sha256")
      .update(key ?? "")
      .digest();
    const fits = known.filter((entry) => timingSafeEqual(entry.digest, digest));
    if (key === null || fits[0] === undefined)
      throw new ClientError("UNAUTHENTICATED", "The API key is missing or unknown.");
    return fits[0].principal;
  };
}
