import { ClientError } from "../errors.js";
import type { PageArgs } from "../domain/connection.js";

/** Rows of a page whose size is not asked. */
export const DEFAULT_PAGE_SIZE = 20;

/** A checked question for one page. */
export interface PageRequest {
  /** From which end of the bounded list the page is taken. */
  readonly direction: "forwards" | "backwards";
  /** Rows at most; 0 asks for `pageInfo` alone. */
  readonly size: number;
  readonly after: string | null;
  readonly before: string | null;
}

/**
 * Checks Relay's arguments before anything is read.
 *
 * `first` takes the page from the start of what `after` or `before` bounds, `last` from its end;
 * with neither, `before` reads backwards and everything else forwards.
 * Errors: `ClientError` BAD_USER_INPUT that says what was expected and what came.
 */
export function checkPageArgs(page: PageArgs, limits: { readonly first: number }): PageRequest {
  const { first, after, last, before } = page;
  if (first !== null && last !== null)
    throw badInput(`Expected either first or last, but got first: ${first} and last: ${last}.`);
  if (after !== null && before !== null)
    throw badInput("Expected either after or before, but got both.");
  const backwards = last !== null || (first === null && before !== null);
  return {
    direction: backwards ? "backwards" : "forwards",
    size: sizeOf(last === null ? "first" : "last", last ?? first, limits.first),
    after,
    before,
  };
}

function sizeOf(name: string, asked: number | null, limit: number): number {
  if (asked === null) return Math.min(DEFAULT_PAGE_SIZE, limit);
  if (Number.isInteger(asked) && asked >= 0 && asked <= limit) return asked;
  throw badInput(`Expected ${name} to be from 0 to ${limit}, but got ${asked}.`);
}

const badInput = (message: string): ClientError => new ClientError("BAD_USER_INPUT", message);
