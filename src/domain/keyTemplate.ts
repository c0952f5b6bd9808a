/*
 * Templates of object keys, such as `prod/{instance}/{startedAt:yyyyMMdd'T'HHmmss'Z'}-{shard}.rdb`.
 *
 * A template is a path of segments between slashes. `{instance}`, `{shard}` and `*` match text within a
 * segment, and a field of `{startedAt:…}` matches its digits. A segment has at most one text of free
 * length, so a key matches in one way at most.
 */

/** The fields of a start, most significant first, and their digits. */
const FIELDS = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2, SSS: 3 } as const;
type DateField = keyof typeof FIELDS;
const FIELD_ORDER = Object.keys(FIELDS) as DateField[];

/** The time that the last digit of a field stands for, from the day on. Units: milliseconds. */
const UNITS = { dd: 86_400_000, HH: 3_600_000, mm: 60_000, ss: 1_000, SSS: 1, epoch: 1_000 };

/** Unix seconds have ten digits from 2001 to 2286. */
const EPOCH_DIGITS = 10;

const OWN_NAMES = { instance: "{instance}", shard: "{shard}", any: "*" } as const;
type Free = keyof typeof OWN_NAMES;

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: Free }
  | { readonly kind: "field"; readonly field: DateField | "epoch" };

/** What a key says. */
export interface KeyFacts {
  readonly instance: string;
  /** Null if the template has no `{shard}`. */
  readonly shard: string | null;
  /**
   * The start as the key writes it, read as if in UTC; epoch milliseconds. Null if the template has no
   * `{startedAt:…}`.
   */
  readonly start: number | null;
  /** The key with `{shard}` in the place of its shard: the same for all shards of a backup. */
  readonly backup: string;
}

/** A start in sortable form behind the instance: later starts have greater keys. */
export interface StartRange {
  /** The text that follows the instance's prefix for a start; `start` as in `KeyFacts`. */
  text(start: number): string;
  /** Starts within one unit may have equal texts. Units: milliseconds. */
  readonly unitMs: number;
}

/** A template that was understood. */
export interface KeyTemplate {
  /** Every key begins with it. */
  readonly prefix: string;
  readonly hasShard: boolean;
  /** `wallClock` needs a time zone; `epoch` needs none; null where keys have no start. */
  readonly startForm: "wallClock" | "epoch" | null;
  readonly range: StartRange | null;
  /** Null for a key that does not match. */
  parse(key: string): KeyFacts | null;
  /**
   * The instance of a common prefix, such as `prod/orders/`; null if it does not match. Absent if the text
   * before `{instance}` or its own segment does not lead to one common prefix for each instance.
   */
  readonly instanceAt?: (commonPrefix: string) => string | null;
  /** The text that all keys of an instance begin with; null if no such text names the instance. */
  prefixOf(instance: string): string | null;
}

/** Why a template is refused, with an example where that helps. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** Reads a template. @throws {TemplateError} */
export function readKeyTemplate(template: string): KeyTemplate {
  const parts = joined(partsOf(template));
  checkParts(parts);
  const pattern = new RegExp(`^${patternOf(parts)}$`);
  const groups = parts.filter(({ kind }) => kind !== "text");
  const at = parts.findIndex(({ kind }) => kind === "instance");
  const before = parts.slice(0, at);
  const head = before.every(({ kind }) => kind === "text") ? textOf(before) : null;
  const [next] = parts.slice(at + 1);
  const tail = next?.kind === "text" ? next.text : "";
  const starts = parts.flatMap((part) => (part.kind === "field" ? [part.field] : []));
  return Object.freeze({
    prefix: textOf(
      parts.slice(
        0,
        parts.findIndex(({ kind }) => kind !== "text"),
      ),
    ),
    hasShard: groups.some(({ kind }) => kind === "shard"),
    startForm: starts.length === 0 ? null : starts[0] === "epoch" ? "epoch" : "wallClock",
    range: head === null ? null : rangeOf(parts.slice(at + 1)),
    parse: (key: string) => {
      const found = pattern.exec(key);
      return found === null ? null : factsOf(parts, found.slice(1));
    },
    ...(head === null ? {} : instanceAtOf(parts, at)),
    prefixOf: (instance: string) => (head === null ? null : head + instance + tail),
  });
}

/** Divides a template into parts. */
function partsOf(template: string): Part[] {
  if (template.endsWith("/")) throw new TemplateError("must name a file, and not end in /");
  const parts: Part[] = [];
  for (let at = 0; at < template.length;) {
    const character = template.charAt(at);
    if (character === "}") throw new TemplateError("has a } without its {");
    if (character === "{") {
      const end = endOfPlaceholder(template, at);
      parts.push(...placeholder(template.slice(at + 1, end)));
      at = end + 1;
    } else {
      parts.push(character === "*" ? { kind: "any" } : { kind: "text", text: character });
      at += 1;
    }
  }
  return parts;
}

/** The place of the } that ends a placeholder; text in quotes may hold others. */
function endOfPlaceholder(template: string, start: number): number {
  let isQuoted = false;
  for (let at = start + 1; at < template.length; at += 1) {
    const character = template.charAt(at);
    if (character === "'") isQuoted = !isQuoted;
    else if (character === "}" && !isQuoted) return at;
  }
  throw new TemplateError(`has no } for the { before "${template.slice(start + 1, start + 21)}"`);
}

function placeholder(text: string): readonly Part[] {
  if (text === "instance" || text === "shard") return [{ kind: text }];
  const [, pattern] = /^startedAt(?::(.*))?$/s.exec(text) ?? [];
  if (text.startsWith("startedAt") && (pattern ?? "") === "")
    throw new TemplateError(
      "needs a form of {startedAt}, such as {startedAt:yyyyMMdd'T'HHmmss'Z'} or {startedAt:epoch}",
    );
  if (pattern === undefined)
    throw new TemplateError(
      `has an unknown placeholder {${text.slice(0, 40)}}; known are {instance}, {shard} and {startedAt:…}`,
    );
  return pattern === "epoch" ? [{ kind: "field", field: "epoch" }] : datePartsOf(pattern);
}

const DATE_PART = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']/gy;

/** The parts of a date pattern: fields, text in quotes, and characters that are not letters. */
function datePartsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of pattern.matchAll(DATE_PART)) {
    const [whole, quoted, letter] = match;
    end = match.index + whole.length;
    if (letter === undefined) parts.push({ kind: "text", text: quotedText(whole, quoted) });
    else if (Object.hasOwn(FIELDS, whole)) parts.push({ kind: "field", field: whole as DateField });
    else
      throw new TemplateError(
        `has an unknown field ${whole} in {startedAt:…}; known are ${FIELD_ORDER.join(", ")}, and letters stand in quotes, as in 'T'`,
      );
  }
  if (end < pattern.length) throw new TemplateError("has a quote without its end in {startedAt:…}");
  return parts;
}

/** Two quotes are one, outside of quotes too. */
const quotedText = (whole: string, quoted: string | undefined): string =>
  quoted === undefined ? whole : quoted === "" ? "'" : quoted.replaceAll("''", "'");

/** The same parts, with neighbouring texts as one. */
function joined(parts: readonly Part[]): Part[] {
  const whole: Part[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (part.kind === "text" && last?.kind === "text")
      whole[whole.length - 1] = { kind: "text", text: last.text + part.text };
    else if (part.kind !== "any" || last?.kind !== "any") whole.push(part);
  }
  return whole;
}

const isFree = (part: Part): part is { readonly kind: Free } => part.kind in OWN_NAMES;

const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.kind === "text" ? part.text : "")).join("");

function checkParts(parts: readonly Part[]): void {
  if (!parts.some(({ kind }) => kind === "instance"))
    throw new TemplateError("must have {instance}, the part of a key that names the instance");
  const known = new Set<Part["kind"]>();
  for (const segment of segmentsOf(parts)) {
    checkSegment(parts, segment, known);
    for (const { kind } of segment) if (kind !== "any") known.add(kind);
  }
  checkFields(parts.flatMap((part) => (part.kind === "field" ? [part.field] : [])));
}

/** The parts of each segment. */
function segmentsOf(parts: readonly Part[]): Part[][] {
  const segments: Part[][] = [[]];
  for (const part of parts) {
    const [first = "", ...others] = part.kind === "text" ? part.text.split("/") : [];
    segments.at(-1)?.push(part.kind === "text" ? { kind: "text", text: first } : part);
    for (const text of others) segments.push([{ kind: "text", text }]);
  }
  return segments;
}

/**
 * Refuses a segment in which two texts of free length could share a key in two ways. A text that an
 * earlier segment has determined is not free any more.
 */
function checkSegment(
  parts: readonly Part[],
  segment: readonly Part[],
  known: ReadonlySet<Part["kind"]>,
): void {
  const free = segment.filter(isFree).filter(({ kind }) => !known.has(kind));
  const [one, other] = free;
  if (one === undefined || other === undefined) return;
  if (one.kind === other.kind)
    throw new TemplateError(`has ${OWN_NAMES[one.kind]} twice in one segment`);
  const [left, right] = [OWN_NAMES[one.kind], OWN_NAMES[other.kind]];
  const rule = "Each segment may have only one of {instance}, {shard} and *";
  const isRepeated = ({ kind }: Part): boolean =>
    kind !== "any" && parts.filter((part) => part.kind === kind).length > 1;
  if (isRepeated(one) || isRepeated(other))
    throw new TemplateError(`has ${left} and ${right} in one segment. ${rule}`);
  const between = sampleOf(segment.slice(segment.indexOf(one) + 1, segment.indexOf(other)));
  const key = sampleOf(
    parts,
    new Map<Part, string>([
      [one, "a"],
      [other, `b${between}c`],
    ]),
  );
  throw new TemplateError(
    `matches a key in two ways: in "${key}", ${left} is "a" and ${right} is "b${between}c", or ${left} is "a${between}b" and ${right} is "c". ${rule}`,
  );
}

const SAMPLES: Readonly<Record<string, string>> = {
  ...{ instance: "orders", shard: "0", any: "x", epoch: "1764385200" },
  ...{ yyyy: "2025", MM: "11", dd: "29", HH: "03", mm: "00", ss: "00", SSS: "000" },
};

/** A key that matches the parts. */
const sampleOf = (parts: readonly Part[], given: ReadonlyMap<Part, string> = new Map()): string =>
  parts
    .map((part) => {
      if (part.kind === "text") return part.text;
      return given.get(part) ?? SAMPLES[part.kind === "field" ? part.field : part.kind] ?? "";
    })
    .join("");

/** A start has a year, a month and a day, and no field below one that is missing. */
function checkFields(fields: readonly (DateField | "epoch")[]): void {
  if (fields.length === 0) return;
  if (fields.includes("epoch")) {
    if (fields.some((field) => field !== "epoch"))
      throw new TemplateError("has both {startedAt:epoch} and other forms of {startedAt}");
    return;
  }
  const missing = FIELD_ORDER.find((field) => !fields.includes(field));
  const lowest = Math.max(...fields.map((field) => FIELD_ORDER.indexOf(field as DateField)), 2);
  if (missing !== undefined && FIELD_ORDER.indexOf(missing) <= lowest)
    throw new TemplateError(`has a {startedAt:…} without ${missing}`);
}

const patternOf = (parts: readonly Part[]): string =>
  segmentsOf(parts)
    .map((segment) => segment.map((part) => partPattern(part, segment, parts)).join(""))
    .join("/");

function partPattern(part: Part, segment: readonly Part[], parts: readonly Part[]): string {
  if (part.kind === "text") return part.text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  if (part.kind === "field")
    return `(\\d{${part.field === "epoch" ? EPOCH_DIGITS : FIELDS[part.field]}})`;
  if (part.kind !== "any") {
    const isFirst = parts.find(({ kind }) => kind === part.kind) === part;
    return isFirst ? `(?<${part.kind}>[^/]+)` : `(\\k<${part.kind}>)`;
  }
  // A folder's own marker ends in a slash and is no file, so a whole segment is never empty.
  const isWhole = segment.every((other) => other === part || textOf([other]) === "");
  return isWhole ? "([^/]+)" : "([^/]*)";
}

/** Null for a key whose parts contradict each other, or whose start is no real time. */
function factsOf(parts: readonly Part[], found: readonly string[]): KeyFacts | null {
  const values = new Map<string, string>();
  const texts = [...found];
  let backup = "";
  for (const part of parts) {
    const text = part.kind === "text" ? part.text : (texts.shift() ?? "");
    backup += part.kind === "shard" ? OWN_NAMES.shard : text;
    if (part.kind === "text" || part.kind === "any") continue;
    const name = part.kind === "field" ? part.field : part.kind;
    if ((values.get(name) ?? text) !== text) return null;
    values.set(name, text);
  }
  const start = startOf(values);
  if (start === undefined) return null;
  return {
    instance: values.get("instance") ?? "",
    shard: values.get("shard") ?? null,
    start,
    backup,
  };
}

/** The start that the fields form; null without fields, undefined for a time that does not exist. */
function startOf(values: ReadonlyMap<string, string>): number | null | undefined {
  const epoch = values.get("epoch");
  if (epoch !== undefined) return Number(epoch) * 1000;
  if (!values.has("yyyy")) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = FIELD_ORDER.map(
    (field) => Number(values.get(field) ?? 0),
  );
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, ms);
  const isReal =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return isReal ? date.getTime() : undefined;
}

/** How common prefixes name instances, if a segment follows that of the first `{instance}`. */
function instanceAtOf(
  parts: readonly Part[],
  at: number,
): Pick<KeyTemplate, "instanceAt"> | Record<string, never> {
  const after = parts.slice(at + 1);
  const end = after.findIndex((part) => part.kind === "text" && part.text.includes("/"));
  const last = after[end];
  // A field within the segment makes a prefix for each start.
  if (last?.kind !== "text" || after.slice(0, end).some(({ kind }) => kind !== "text")) return {};
  const head = textOf(parts.slice(0, at));
  const tail = textOf(after.slice(0, end)) + last.text.slice(0, last.text.indexOf("/") + 1);
  return {
    instanceAt: (prefix) => {
      const isLong = prefix.length > head.length + tail.length;
      if (!isLong || !prefix.startsWith(head) || !prefix.endsWith(tail)) return null;
      const instance = prefix.slice(head.length, prefix.length - tail.length);
      return instance.includes("/") ? null : instance;
    },
  };
}

/** The start behind the instance, if its fields come in their order and reach down to a day at least. */
function rangeOf(after: readonly Part[]): StartRange | null {
  const parts = after[0]?.kind === "text" ? after.slice(1) : after;
  if (after[0]?.kind !== "text") return null;
  const used: Part[] = [];
  let expected = 0;
  for (const part of parts) {
    if (isFree(part)) break;
    if (part.kind === "field") {
      if (part.field !== "epoch" && part.field !== FIELD_ORDER[expected]) break;
      expected += 1;
    }
    used.push(part);
    if (part.kind === "field" && part.field === "epoch") break;
  }
  const fields = used.flatMap((part) => (part.kind === "field" ? [part.field] : []));
  const lowest = fields.at(-1);
  if (lowest === undefined || !(lowest in UNITS)) return null;
  const kept = used.slice(0, used.findLastIndex(({ kind }) => kind === "field") + 1);
  return {
    unitMs: UNITS[lowest as keyof typeof UNITS],
    text: (start) => sampleOf(kept, fieldTexts(kept, start)),
  };
}

function fieldTexts(parts: readonly Part[], start: number): ReadonlyMap<Part, string> {
  const iso = new Date(Math.min(Math.max(start, FIRST), LAST)).toISOString();
  const places = { yyyy: 0, MM: 5, dd: 8, HH: 11, mm: 14, ss: 17, SSS: 20 };
  return new Map(
    parts.flatMap((part): [Part, string][] => {
      if (part.kind !== "field") return [];
      const { field } = part;
      if (field !== "epoch")
        return [[part, iso.slice(places[field], places[field] + FIELDS[field])]];
      const seconds = Math.min(Math.max(Math.floor(start / 1000), 0), 9_999_999_999);
      return [[part, String(seconds).padStart(EPOCH_DIGITS, "0")]];
    }),
  );
}

/** The first and the last instant that four digits of a year can write. */
const FIRST = Date.parse("0000-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");
