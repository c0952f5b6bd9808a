import { refusal } from "./request.js";
import type { Refusal, Verification } from "./request.js";

const SKEW_MS = 15 * 60_000;
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Why Alibaba's schemes refuse the timestamp of a request, or null. */
export function refusedStamp(stamp: string, now: number): Refusal | null {
  const at = STAMP.test(stamp) ? Date.parse(stamp) : Number.NaN;
  if (Number.isNaN(at))
    return refusal(400, "InvalidTimeStamp.Format", "Specified time stamp is not well formatted.");
  if (Math.abs(now - at) <= SKEW_MS) return null;
  return refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
}

/** Why the token or the nonce of a correctly signed request is refused, or null. */
export function refusedOnce(
  { token, nonce }: { readonly token: string | null; readonly nonce: string },
  { key, now, nonces }: Verification,
): Refusal | null {
  if (token !== key.token) return refusedToken(token);
  // Only a correctly signed request uses up its nonce. Otherwise anyone could use up those of others.
  if (nonces.use(nonce, now)) return null;
  return refusal(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
}

/** The answer for an unknown access key. */
export const unknownKey = (): Refusal =>
  refusal(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");

/** The answer for a wrong signature. Like the vendor's, it quotes the text to sign. */
export const wrongSignature = (text: string): Refusal =>
  refusal(
    400,
    "SignatureDoesNotMatch",
    `Specified signature is not matched with our calculation. server string to sign is:${text}`,
  );

const refusedToken = (token: string | null): Refusal =>
  token === null
    ? refusal(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.")
    : refusal(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.");
