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
 * Decodes JSON. Integers that a number cannot hold exactly become text of their digits.
 *
 * Cost: one parse, and a second one only if a number is long enough to lose digits.
 */
export function parseJson(text: string): unknown {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  try {
    const value: unknown = JSON.parse(json);
    // Quoting follows the first parse, so that it never makes valid JSON of an invalid text.
    return LONG_RUN.test(json) ? (JSON.parse(quoteLongIntegers(json)) as unknown) : value;
  } catch {
    throw new SourceError("BAD_RESPONSE", "The vendor's answer is not JSON.");
  }
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
    // The second argument validates: the parser alone accepts a text that was cut off.
    return xml.parse(text, true) as unknown;
  } catch {
    throw new SourceError("BAD_RESPONSE", "The vendor's answer is not XML.");
  }
}
