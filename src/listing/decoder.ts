import { XMLParser } from "fast-xml-parser";
import { SourceError } from "../errors.js";

/**
 * Decodes the text of an answer.
 *
 * Errors: `SourceError` BAD_RESPONSE for text of another format. Neither the message nor a cause quotes
 *         the text, as the messages of parsers would.
 */
export type Decoder = (text: string) => unknown;

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * How many parts an answer may have. The largest page of the supported vendors, 1,000 instances of Tencent
 * Cloud, has a quarter of them. Within these limits no text keeps the parser busy for 100 ms; 8 MB of
 * empty objects, or of objects with a key of their own each, take more than a second.
 */
const MOST = { containers: 40_000, keys: 100_000, items: 400_000, elements: 100_000 };

/** A shorter text cannot have too many parts to be parsed quickly. */
const SHORT_TEXT = 100_000;

/**
 * Decodes JSON. Integers that a number cannot hold exactly become text of their digits.
 *
 * Cost:   one pass that counts the parts, one parse, and a second one only if a number is long enough to
 *         lose digits.
 * Errors: also BAD_RESPONSE for an answer of more parts than a page can have.
 */
export function parseJson(text: string): unknown {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (json.length > SHORT_TEXT && hasTooManyParts(json)) throw tooManyParts();
  try {
    const value: unknown = JSON.parse(json);
    // Quoting follows the first parse, so that it never makes valid JSON of an invalid text.
    return LONG_RUN.test(json) ? (JSON.parse(quoteLongIntegers(json)) as unknown) : value;
  } catch {
    throw new SourceError("BAD_RESPONSE", "The vendor's answer is not JSON.");
  }
}

const tooManyParts = (): SourceError =>
  new SourceError("BAD_RESPONSE", "The vendor's answer has more parts than a page can have.");

const [QUOTE, BACKSLASH, COMMA, COLON, BRACE, BRACKET] = [34, 92, 44, 58, 123, 91];

/** Whether JSON has too many objects, lists, keys or items. Text in strings does not count. */
function hasTooManyParts(json: string): boolean {
  let [containers, keys, items] = [0, 0, 0];
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (code === COMMA) items += 1;
    else if (code === COLON) keys += 1;
    else if (code === BRACE || code === BRACKET) containers += 1;
    else continue;
    if (containers > MOST.containers || keys > MOST.keys || items > MOST.items) return true;
  }
  return false;
}

/** The place of the quote that ends the string which begins at `start`; the text's end if none does. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end > 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

/** Enough digits to lose some. The leading non-digit makes the search three times as fast. */
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

/** Elements may be nested this deep. */
const XML_DEPTH = 32;

const xml = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  maxNestedTags: XML_DEPTH,
  // Without a document type the only entities are those of XML and HTML, and references to characters.
  htmlEntities: true,
  processEntities: { enabled: true, maxExpandedLength: Number.POSITIVE_INFINITY },
});

/** Document types define entities, which can expand without bound or read files. */
const DOCUMENT_TYPE = /<!(?:DOCTYPE|ENTITY)/i;

/**
 * Decodes XML: an element is an object of its children, text without children, a list if it repeats.
 *
 * Shape: attributes and namespaces of elements are left out; numbers stay text; an empty element is "".
 *        `xmlList` in the vendors' kit reads lists of one element and of none.
 */
export function parseXml(text: string): unknown {
  try {
    if (DOCUMENT_TYPE.test(text)) throw new SyntaxError("A document type.");
    if (text.split("<", MOST.elements + 1).length > MOST.elements)
      throw new RangeError("Too long.");
    // The second argument validates: the parser alone accepts a text that was cut off.
    return xml.parse(text, true) as unknown;
  } catch {
    throw new SourceError("BAD_RESPONSE", "The vendor's answer is not XML.");
  }
}
