import type { IncomingHttpHeaders } from "node:http";

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** What stands in `Authorization: Bearer …`; null where there is none. */
export const bearerOf = ({ authorization }: IncomingHttpHeaders): string | null =>
  BEARER.exec(authorization ?? "")?.[1] ?? null;

/** What stands in `x-api-key`, else the bearer's text; null where there is neither. */
export function apiKeyOf(headers: IncomingHttpHeaders): string | null {
  const key = headers["x-api-key"];
  return typeof key === "string" && key !== "" ? key : bearerOf(headers);
}
