import { SaxesParser } from "saxes";
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
 * How many parts a JSON answer may have. The largest page of the supported vendors, 1,000 instances of
 * Tencent Cloud, has at most half of each. Within these limits no text of 8 MB keeps the parser busy for
 * 100 ms (`npm run bench:hostile`); without them, empty objects do for more than a second.
 *
 * The parser takes any depth, and each row is checked by itself before anything walks it, so 6,000 levels
 * in one row affect only that row. More than 10,000 levels are no row of any vendor: they would only cost
 * memory, and a parser of another engine might not take them.
 */
const MOST = {
  depth: 10_000,
  containers: 60_000,
  keys: 200_000,
  /** Distinct names of keys. */
  names: 5_000,
  /** Distinct beginnings of objects, as lists of keys. The engine makes a description of each. */
  shapes: 40_000,
  items: 250_000,
  /** Numbers of `LONG` characters or more, which are slow to read, and the characters of one. */
  longNumbers: 20_000,
  digits: 1_000,
};

/** Every integer with fewer characters fits into a number. */
const LONG = 16;

/** A shorter text cannot have too many names and shapes. */
const SHORT_TEXT = 100_000;

/**
 * Decodes JSON. Integers that a number cannot hold exactly become text of their digits.
 *
 * Cost:   one pass that counts the parts, and one parse.
 * Errors: also BAD_RESPONSE for an answer of more parts than a page can have.
 */
export function parseJson(text: string): unknown {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const integers = longIntegersIn(json);
  try {
    return JSON.parse(integers.length === 0 ? json : quoted(json, integers)) as unknown;
  } catch {
    throw notIn("JSON", text);
  }
}

/** Consoles and proxies answer with pages. */
const notIn = (format: string, text: string): SourceError => {
  const isPage = /^\s*<(?:!doctype\s+)?html\b/i.test(text);
  const found = isPage
    ? `a web page and not ${format}. Check \`endpoint\` and \`upstream.proxy\` of the account`
    : `not ${format}`;
  return new SourceError("BAD_RESPONSE", `The vendor's answer is ${found}.`);
};

const tooManyParts = (): SourceError =>
  new SourceError("BAD_RESPONSE", "The vendor's answer has more parts than a page can have.", {
    tooLarge: true,
  });

const [QUOTE, BACKSLASH, COMMA, COLON, MINUS] = [34, 92, 44, 58, 45];
const [BRACE, BRACKET, END_BRACE, END_BRACKET] = [123, 91, 125, 93];
const [ZERO, NINE] = [48, 57];
const [DOT, PLUS, UPPER_E, LOWER_E] = [46, 43, 69, 101];

/** Where an integer stands that is too long for a number. */
interface IntegerPlace {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the integers of JSON that a number cannot hold. Text in strings does not count.
 *
 * Errors: `SourceError` BAD_RESPONSE for more parts than `MOST`.
 */
function longIntegersIn(json: string): readonly IntegerPlace[] {
  const shapes = json.length > SHORT_TEXT ? new Shapes() : null;
  const integers: IntegerPlace[] = [];
  let [depth, containers, keys, items, longNumbers] = [0, 0, 0, 0, 0];
  let [textStart, textEnd] = [0, 0];
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      textStart = at;
      textEnd = at = endOfString(json, at);
      continue;
    } else if (code === COMMA) items += 1;
    else if (code === COLON) {
      keys += 1;
      shapes?.add(json.slice(textStart, textEnd), depth);
    } else if (code === BRACE || code === BRACKET) {
      containers += 1;
      depth += 1;
      shapes?.begin(depth);
    } else if (code === END_BRACE || code === END_BRACKET) depth -= 1;
    else if ((code >= ZERO && code <= NINE) || code === MINUS) {
      const end = endOfNumber(json, at);
      if (end - at >= LONG) longNumbers += 1;
      if (end - at > MOST.digits) throw tooManyParts();
      if (end - at >= LONG && isLongInteger(json, at, end)) integers.push({ start: at, end });
      at = end - 1;
    } else continue;
    const isOver = depth > MOST.depth || containers > MOST.containers || keys > MOST.keys;
    if (isOver || items > MOST.items || longNumbers > MOST.longNumbers) throw tooManyParts();
  }
  return integers;
}

/** The shapes of the objects of an answer, counted as the engine makes them: key by key. */
class Shapes {
  private readonly names = new Map<string, number>();
  /** By the shape without its last key, and that key. */
  private readonly known = new Map<number, number>();
  /** The shape of the object at each depth so far; 0 has no keys. */
  private readonly current: number[] = [];

  begin(depth: number): void {
    this.current[depth] = 0;
  }

  /** Errors: `SourceError` BAD_RESPONSE for more names or shapes than `MOST`. */
  add(name: string, depth: number): void {
    const key = (this.current[depth] ?? 0) * MOST.names + numberOf(this.names, name);
    this.current[depth] = numberOf(this.known, key) + 1;
    if (this.names.size > MOST.names || this.known.size > MOST.shapes) throw tooManyParts();
  }
}

/** A number for a key, counted from 0. */
function numberOf<K>(numbers: Map<K, number>, key: K): number {
  const known = numbers.get(key);
  if (known === undefined) numbers.set(key, numbers.size);
  return known ?? numbers.size - 1;
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

function endOfNumber(json: string, start: number): number {
  let end = start + 1;
  while (isOfNumber(json.charCodeAt(end))) end += 1;
  return end;
}

const isOfNumber = (code: number): boolean =>
  (code >= ZERO && code <= NINE) ||
  code === DOT ||
  code === MINUS ||
  code === PLUS ||
  code === LOWER_E ||
  code === UPPER_E;

/**
 * Whether a token is an integer beyond 2^53 that may be put in quotes. A key may not: quotes would make
 * valid JSON of an invalid text.
 */
function isLongInteger(json: string, start: number, end: number): boolean {
  const token = json.slice(start, end);
  if (!/^-?[1-9]\d*$/.test(token) || Number.isSafeInteger(Number(token))) return false;
  SPACE.lastIndex = end;
  SPACE.test(json);
  return json.charCodeAt(SPACE.lastIndex) !== COLON;
}

const SPACE = /\s*/y;

/** Puts integers in quotes. */
function quoted(json: string, integers: readonly IntegerPlace[]): string {
  let done = 0;
  const parts = integers.map(({ start, end }) => {
    const part = `${json.slice(done, start)}"${json.slice(start, end)}"`;
    done = end;
    return part;
  });
  return `${parts.join("")}${json.slice(done)}`;
}

/**
 * How many parts an XML answer may have: within these limits no text keeps the parser busy for 100 ms.
 * The smallest page of ElastiCache, 20 snapshots of up to 500 shards, has at most 140,000 of these tags.
 */
const MOST_XML = {
  depth: 32,
  tags: 150_000,
  /** Distinct names of elements. */
  names: 2_000,
  attributes: 10_000,
  /** References to entities and characters. */
  references: 200_000,
  returns: 200_000,
  /** Characters of comments and CDATA sections. */
  markup: 200_000,
  /** Characters that XML does not allow, and references that mean nothing. */
  oddities: 1_000,
};

/** Mistakes in texts. They are read as they were written, so that a name affects only itself. */
const ODDITIES: ReadonlySet<string> = new Set([
  "disallowed character.",
  "malformed character entity.",
  "undefined entity.",
  "disallowed character in entity name.",
  'the string "]]>" is disallowed in char data.',
]);

/**
 * Decodes XML: an element is an object of its children, text without children, a list if it repeats.
 *
 * Shape:  attributes are left out; numbers stay text; an empty element is "". `xmlList` in the vendors' kit
 *         reads lists of one element and of none.
 * Cost:   one pass. Document types are refused: they define entities, which can expand without bound or
 *         read files.
 * Errors: also BAD_RESPONSE for an answer of more parts than a page can have.
 */
export function parseXml(text: string): unknown {
  if (
    hasMore(text, "<", MOST_XML.tags) ||
    hasMore(text, "&", MOST_XML.references) ||
    hasMore(text, "\r", MOST_XML.returns) ||
    markupIn(text) > MOST_XML.markup
  )
    throw tooManyParts();
  try {
    return treeOf(text);
  } catch {
    throw notIn("XML", text);
  }
}

function hasMore(text: string, character: string, most: number): boolean {
  let at = -1;
  for (let count = 0; count <= most; count += 1) {
    at = text.indexOf(character, at + 1);
    if (at < 0) return false;
  }
  return true;
}

function markupIn(text: string): number {
  let length = 0;
  let end = 0;
  for (let at = text.indexOf("<!"); at >= 0; at = text.indexOf("<!", end)) {
    end = text.indexOf(text.startsWith("<!--", at) ? "-->" : "]]>", at + 2);
    if (end < 0) end = text.length;
    length += end - at;
  }
  return length;
}

type Value = string | Value[] | { [name: string]: Value };

/** An element that has begun. */
interface Open {
  readonly name: string;
  text: string;
  children: { [name: string]: Value } | null;
}

const opened = (name: string): Open => ({ name, text: "", children: null });

function treeOf(text: string): Value {
  const parser = new SaxesParser({ position: false });
  const above: Open[] = [];
  const names = new Set<string>();
  let element = opened("");
  let attributes = 0;
  let oddities = 0;
  parser.on("error", (error) => {
    if (!ODDITIES.has(error.message) || (oddities += 1) > MOST_XML.oddities) throw error;
  });
  parser.on("doctype", () => refuse("a document type"));
  parser.on("attribute", () => {
    if ((attributes += 1) > MOST_XML.attributes) refuse("attributes");
  });
  parser.on("opentagstart", ({ name }) => {
    names.add(name);
    const isOver = above.length >= MOST_XML.depth || names.size > MOST_XML.names;
    if (isOver || name === "__proto__") refuse(name);
    above.push(element);
    element = opened(name);
  });
  parser.on("text", (part) => (element.text += part));
  parser.on("cdata", (part) => (element.text += part));
  parser.on("closetag", () => {
    const { name, text, children } = element;
    element = above.pop() ?? opened("");
    const siblings = (element.children ??= {});
    const value = children ?? text;
    const before = Object.hasOwn(siblings, name) ? siblings[name] : undefined;
    if (before === undefined) siblings[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else siblings[name] = [before, value];
  });
  parser.write(text).close();
  return element.children ?? "";
}

function refuse(what: string): never {
  throw new SyntaxError(`Expected no ${what}.`);
}
