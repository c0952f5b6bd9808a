import type { Principal, AuthScope } from "../domain/principal.js";
import type { Reads } from "../domain/reads.js";
import { ClientError } from "../errors.js";
import type { Loaders } from "../loaders/loaders.js";

/**
 * What the resolvers of one operation share.
 *
 * It must be a plain object: Apollo Server copies it, which would break private members.
 */
export interface Context {
  readonly reads: Reads;
  readonly loaders: Loaders;
  readonly principal: Principal;
  readonly requestId: string;
  /** Identifies the operation to the server. */
  readonly operation: object;
  readonly limits: { readonly first: number };
  /** Takes points from the caller, if they are limited. Errors: `ClientError` RATE_LIMITED. */
  readonly charge?: (points: number) => Promise<void>;
}

/** Errors: `ClientError` FORBIDDEN if the caller lacks the scope. */
export function requireScope({ scopes }: Pick<Principal, "scopes">, scope: AuthScope): void {
  if (!scopes.has(scope))
    throw new ClientError("FORBIDDEN", `The scope ${scope} is missing.`, { scope });
}
