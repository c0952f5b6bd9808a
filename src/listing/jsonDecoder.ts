import { SourceError } from "../errors.js";

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Decodes a JSON answer; integers that a number cannot hold exactly become text of their digits.
 *
 * Errors: `SourceError` BAD_RESPONSE for anything else than JSON; neither the message nor a cause
 *         quotes the body, as the message of `JSON.parse` would.
 * Cost:   one parse; a second one only where a number is long enough to lose digits.
 */
export function parseJson(text: string): unknown {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  try {
    const value: unknown = JSON.parse(json);
    // Quoting follows the first parse, so that it never makes JSON of what was none.
    return LONG_RUN.test(json) ? (JSON.parse(quoteLongIntegers(json)) as unknown) : value;
  } catch {
    throw new SourceError("BAD_RESPONSE", "The vendor's answer is not JSON.");
  }
}

/** Digits enough to be lost. After what is no digit: a search from each digit anew took thrice as long. */
const LONG_RUN = /(?:^|\D)\d{16}/;

/** Escapes come first, so that an escaped quote ends no string. */
const TOKEN = /\\.|"|-?\d[\d.eE+-]{15,}/gs;

/** Puts quotes around the integers of valid JSON that lie beyond 2^53. */
function quoteLongIntegers(json: string): string {
  let inString = false;
  return json.replace(TOKEN, (token) => {
    if (token === '"') inString = !inString;
    return inString || !isLongInteger(token) ? token : `"${token}"`;
  });
}

const isLongInteger = (token: string): boolean =>
  /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
