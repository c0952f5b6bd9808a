import { parse, type DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import { sizeOf, type DocumentSize } from "./documentSize.js";
import type { OperationLimits } from "./options.js";
import { refuseAbove } from "./tooCostly.js";

/** The limits that a document's text alone can pass. */
export type DocumentLimits = Pick<
  OperationLimits,
  "depth" | "aliases" | "rootFields" | "directives" | "tokens"
>;

/** Characters of documents that are remembered as small enough. */
const KEPT_CHARACTERS = 4_000_000;

/** Errors: `ClientError` QUERY_TOO_COSTLY or GRAPHQL_VALIDATION_FAILED. */
export function checkDocument(document: DocumentNode, limits: DocumentLimits): void {
  refuseAbove<keyof DocumentSize>(sizeOf(document), limits);
}

/**
 * Makes the check of a document's text that comes before it is validated: rules of validation compare
 * fields with each other, which takes long for documents that were written to take long.
 *
 * Errors: as `checkDocument`. Text that cannot be parsed passes; the server says what is wrong with it.
 */
export function makeTextCheck(limits: DocumentLimits): (text: string) => void {
  const passed = new LRUCache<string, true>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });
  return (text) => {
    if (passed.has(text)) return;
    const document = parsed(text, limits);
    if (document === null) return;
    checkDocument(document, limits);
    passed.set(text, true);
  };
}

function parsed(text: string, { tokens }: DocumentLimits): DocumentNode | null {
  try {
    return parse(text, { maxTokens: tokens, noLocation: true });
  } catch {
    return null;
  }
}
