import type { Principal } from "../domain/principal.js";
import type { Loaders } from "../loaders/loaders.js";
import type { Reads } from "../domain/reads.js";

/**
 * What the resolvers of one operation share.
 *
 * A plain object: Apollo Server copies it, which would break an object with private members.
 */
export interface Context {
  readonly reads: Reads;
  readonly loaders: Loaders;
  readonly principal: Principal;
  readonly requestId: string;
  /** By which the server knows the operation. */
  readonly operation: object;
  readonly limits: { readonly first: number };
}
