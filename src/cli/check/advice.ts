import type { SourceError } from "../../errors.js";
import type { SourceIssueCode } from "../../domain/words.js";

const BY_KIND: Readonly<Partial<Record<SourceIssueCode, string>>> = {
  UNAUTHENTICATED: "check the account's keys, and that they are those of this vendor and site",
  THROTTLED: "other programs use the account's quota, or upstream.rate is too high: try again",
  TIMEOUT: "try again; if it stays, check the way to the endpoint, or raise upstream.timeout",
  UNAVAILABLE: "check endpoint, DNS, firewall and proxy between here and the vendor",
  BAD_RESPONSE: "check that endpoint and regions are this product's; else the API has changed",
  NOT_FOUND: "check the region's name and the projectId",
};

/** What to do about a failed read of an action; the clock comes first, because it looks like bad keys. */
export function adviceFor(error: SourceError, action: string): string {
  if (error.details.clockSkew === true) return "set this machine's clock right";
  if (error.kind === "FORBIDDEN") return `allow the account the action ${action}`;
  return BY_KIND[error.kind] ?? "try again";
}
