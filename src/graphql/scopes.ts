import type { Scope } from "../domain/principal.js";
import { ClientError } from "../errors.js";
import type { Context } from "./context.js";

/** Errors: `ClientError` FORBIDDEN where the caller lacks the scope. */
export function requireScope({ principal }: Context, scope: Scope): void {
  if (!principal.scopes.has(scope))
    throw new ClientError("FORBIDDEN", `The scope ${scope} is missing.`, { scope });
}
