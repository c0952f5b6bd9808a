/*
 * Templates of object keys, such as `prod/{instance}/{startedAt:yyyyMMdd'T'HHmmss'Z'}-{shard}.rdb`.
 *
 * A template is a path of segments between slashes. `{instance}`, `{shard}` and `*` match text within a
 * segment, and a field of `{startedAt:…}` matches its digits. A segment has at most one text of free
 * length, so a key matches in one way at most.
 */

/** Fields of a start that form a date and a time, most significant first. */
const DATE_FIELDS = ["yyyy", "MM", "dd", "HH", "mm", "ss", "SSS"] as const;

/** The digits of each field. Unix seconds have ten digits from 2001 to 2286. */
const DIGITS = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2, SSS: 3, epoch: 10 } as const;

/** The time that the last digit of a field stands for, from the day on. Units: milliseconds. */
const UNITS = { dd: 86_400_000, HH: 3_600_000, mm: 60_000, ss: 1_000, SSS: 1, epoch: 1_000 };

type StartField = keyof typeof DIGITS;
type Free = "instance" | "shard" | "any";

/** A piece of a template: a slash, text without slashes, text of free length, or a field of the start. */
interface KeyPart {
  readonly kind: "text" | Free | StartField;
  /** As it stands in the template; fields as they stand in `{startedAt:…}`. */
  readonly text: string;
}

/** A text for each kind of part that matches it. */
type Texts = Readonly<Record<string, string>>;

/** Why a template is refused, with an example where that helps. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** What a key says. */
interface KeyFacts {
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
interface StartRange {
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

/** Reads a template. @throws {TemplateError} */
export function readKeyTemplate(template: string): KeyTemplate {
  const parts = partsOf(template);
  check(parts);
  const at = parts.findIndex(({ kind }) => kind === "instance");
  const [before, after] = [parts.slice(0, at), parts.slice(at + 1)];
  const head = before.every(isText) ? textOf(before) : null;
  const tail = textOf(leadingTexts(after));
  const fields = parts.filter(isField);
  const instanceAt = head === null ? null : instanceAtOf(head, after);
  return Object.freeze({
    prefix: textOf(leadingTexts(parts)),
    hasShard: parts.some(({ kind }) => kind === "shard"),
    startForm: fields[0] === undefined ? null : fields[0].kind === "epoch" ? "epoch" : "wallClock",
    range: head === null ? null : rangeOf(after),
    parse: parserOf(parts),
    ...(instanceAt !== null && { instanceAt }),
    prefixOf: (instance: string) => (head === null ? null : head + instance + tail),
  });
}

/** A placeholder, a run of stars, or text. Quotes in a placeholder may hold a }. */
const PIECE = /\{((?:'[^']*'|[^'}])*)\}|\*+|[^{}*]+/gy;

/** Divides a template into parts. @throws {TemplateError} */
function partsOf(template: string): KeyPart[] {
  if (template.endsWith("/")) throw new TemplateError("must name a file, and not end in /");
  const parts: KeyPart[] = [];
  let end = 0;
  for (const { 0: piece, 1: placeholder, index } of template.matchAll(PIECE)) {
    end = index + piece.length;
    if (placeholder !== undefined) parts.push(...placeholderParts(placeholder));
    else parts.push(...(piece.startsWith("*") ? [part("any", "*")] : textParts(piece)));
  }
  if (template[end] === "}") throw new TemplateError("has a } without its {");
  if (end === template.length) return parts;
  throw new TemplateError(`has no } for the { before "${template.slice(end + 1, end + 21)}"`);
}

const part = (kind: KeyPart["kind"], text: string): KeyPart => ({ kind, text });

const textParts = (text: string): KeyPart[] =>
  text.split(/(?<=\/)|(?=\/)/).map((piece) => part("text", piece));

function placeholderParts(text: string): KeyPart[] {
  if (text === "instance" || text === "shard") return [part(text, `{${text}}`)];
  const [name, ...rest] = text.split(":");
  const pattern = rest.join(":");
  if (name === "startedAt" && pattern === "epoch") return [part("epoch", pattern)];
  if (name === "startedAt" && pattern !== "") return dateParts(pattern);
  if (text.startsWith("startedAt"))
    throw new TemplateError(
      "needs a form of {startedAt}, such as {startedAt:yyyyMMdd'T'HHmmss'Z'} or {startedAt:epoch}",
    );
  throw new TemplateError(
    `has an unknown placeholder {${text.slice(0, 40)}}; known are {instance}, {shard} and {startedAt:…}`,
  );
}

/** The parts of a date pattern: fields, text in quotes, and characters that are not letters. */
function dateParts(pattern: string): KeyPart[] {
  return [...pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g)].flatMap((match) => {
    const [whole, quoted, letter] = match;
    // Two quotes are one, outside of quotes too.
    if (quoted !== undefined) return textParts(quoted === "" ? "'" : quoted.replaceAll("''", "'"));
    if (letter === undefined) return textParts(whole);
    const field = DATE_FIELDS.find((name) => name === whole);
    if (field !== undefined) return [part(field, whole)];
    throw new TemplateError(
      `has an unknown field ${whole} in {startedAt:…}; known are ${DATE_FIELDS.join(", ")}, and letters stand in quotes, as in 'T'`,
    );
  });
}

const isText = ({ kind }: KeyPart): boolean => kind === "text";
const isField = ({ kind }: KeyPart): boolean => kind in DIGITS;
const isFree = (one: KeyPart): boolean => !isText(one) && !isField(one);

const textOf = (parts: readonly KeyPart[]): string => parts.map(({ text }) => text).join("");

/** The parts before the first one that is no text. */
function leadingTexts(parts: readonly KeyPart[]): readonly KeyPart[] {
  const end = parts.findIndex((one) => !isText(one));
  return end < 0 ? parts : parts.slice(0, end);
}

/** The key, or the piece of it, that has these texts in the places of the other parts. */
const written = (parts: readonly KeyPart[], texts: Texts): string =>
  parts.map(({ kind, text }) => texts[kind] ?? text).join("");

const SAMPLES: Texts = {
  ...{ instance: "orders", shard: "0", any: "x", epoch: "1764385200" },
  ...{ yyyy: "2025", MM: "11", dd: "29", HH: "03", mm: "00", ss: "00", SSS: "000" },
};

/** @throws {TemplateError} */
function check(parts: readonly KeyPart[]): void {
  if (!parts.some(({ kind }) => kind === "instance"))
    throw new TemplateError("must have {instance}, the part of a key that names the instance");
  // What an earlier segment has determined is not free any more.
  const known = new Set<KeyPart["kind"]>();
  for (const segment of segmentsOf(parts)) {
    checkSegment(
      parts,
      segment,
      segment.filter((one) => isFree(one) && !known.has(one.kind)),
    );
    for (const { kind } of segment) if (kind !== "any") known.add(kind);
  }
  checkFields(parts.filter(isField).map(({ kind }) => kind));
}

function segmentsOf(parts: readonly KeyPart[]): KeyPart[][] {
  const segments: KeyPart[][] = [[]];
  for (const one of parts)
    if (one.text === "/") segments.push([]);
    else segments.at(-1)?.push(one);
  return segments;
}

/** Refuses a segment in which two texts of free length could share a key in two ways. */
function checkSegment(
  parts: readonly KeyPart[],
  segment: readonly KeyPart[],
  [one, other]: readonly KeyPart[],
): void {
  if (one === undefined || other === undefined) return;
  const [left, right] = [one.text, other.text];
  if (left === right) throw new TemplateError(`has ${left} twice in one segment`);
  const rule = "Each segment may have only one of {instance}, {shard} and *";
  const isRepeated = ({ kind }: KeyPart): boolean =>
    kind !== "any" && parts.filter((each) => each.kind === kind).length > 1;
  if (isRepeated(one) || isRepeated(other))
    throw new TemplateError(`has ${left} and ${right} in one segment. ${rule}`);
  const between = written(segment.slice(segment.indexOf(one) + 1, segment.indexOf(other)), SAMPLES);
  const key = written(parts, { ...SAMPLES, [one.kind]: "a", [other.kind]: `b${between}c` });
  throw new TemplateError(
    `matches a key in two ways: in "${key}", ${left} is "a" and ${right} is "b${between}c", or ${left} is "a${between}b" and ${right} is "c". ${rule}`,
  );
}

/** A start has a year, a month and a day, and no field below one that is missing. */
function checkFields(fields: readonly KeyPart["kind"][]): void {
  if (fields.length === 0) return;
  if (fields.includes("epoch")) {
    if (fields.every((field) => field === "epoch")) return;
    throw new TemplateError("has both {startedAt:epoch} and other forms of {startedAt}");
  }
  const lowest = DATE_FIELDS.findLastIndex((field) => fields.includes(field));
  const missing = DATE_FIELDS.find((field) => !fields.includes(field));
  if (missing !== undefined && DATE_FIELDS.indexOf(missing) <= Math.max(lowest, 2))
    throw new TemplateError(`has a {startedAt:…} without ${missing}`);
}

/** What reads the keys of a template; each part is a group of its pattern, and has one value in a key. */
function parserOf(parts: readonly KeyPart[]): KeyTemplate["parse"] {
  const named = new Set<KeyPart["kind"]>();
  const groups = parts.map(({ kind, text }, at) => {
    if (kind === "text") return `(${text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")})`;
    if (kind === "any") {
      // A folder's own marker ends in a slash and is no file, so a whole segment is never empty.
      const isSegment = [at - 1, at + 1].every((beside) => (parts[beside]?.text ?? "/") === "/");
      return isSegment ? "([^/]+)" : "([^/]*)";
    }
    if (named.has(kind)) return `(\\k<${kind}>)`;
    named.add(kind);
    return `(?<${kind}>${kind in DIGITS ? `\\d{${DIGITS[kind as StartField]}}` : "[^/]+"})`;
  });
  const pattern = new RegExp(`^${groups.join("")}$`);
  return (key) => {
    const found = pattern.exec(key);
    if (found === null) return null;
    const { groups: values = {} } = found;
    const start = startOf(values);
    if (start === undefined) return null;
    const backup = parts.map(({ kind, text }, at) => (kind === "shard" ? text : found[at + 1]));
    const { instance = "", shard = null } = values;
    return { instance, shard, start, backup: backup.join("") };
  };
}

/** The start that the fields form; null without fields, undefined for a time that does not exist. */
function startOf({ epoch, yyyy, ...rest }: Partial<Texts>): number | null | undefined {
  if (epoch !== undefined) return Number(epoch) * 1000;
  if (yyyy === undefined) return null;
  const { MM, dd, HH = "00", mm = "00", ss = "00", SSS = "000" } = rest;
  const text = `${yyyy}-${MM}-${dd}T${HH}:${mm}:${ss}.${SSS}Z`;
  const start = Date.parse(text);
  // `Date.parse` takes 30 February for 2 March.
  return !Number.isNaN(start) && new Date(start).toISOString() === text ? start : undefined;
}

/** How common prefixes name instances; null unless text and a slash follow the first `{instance}`. */
function instanceAtOf(
  head: string,
  after: readonly KeyPart[],
): NonNullable<KeyTemplate["instanceAt"]> | null {
  const texts = leadingTexts(after);
  const slash = texts.findIndex(({ text }) => text === "/");
  if (slash < 0) return null;
  const tail = textOf(texts.slice(0, slash + 1));
  return (prefix) => {
    const isLong = prefix.length > head.length + tail.length;
    if (!isLong || !prefix.startsWith(head) || !prefix.endsWith(tail)) return null;
    const instance = prefix.slice(head.length, prefix.length - tail.length);
    return instance.includes("/") ? null : instance;
  };
}

/** The start behind the instance, if its fields come in their order and reach down to a day at least. */
function rangeOf(after: readonly KeyPart[]): StartRange | null {
  const { length: skipped } = leadingTexts(after);
  if (skipped === 0) return null;
  const order: readonly StartField[] = after[skipped]?.kind === "epoch" ? ["epoch"] : DATE_FIELDS;
  let fields = 0;
  let end = skipped;
  for (let at = skipped; at < after.length; at += 1) {
    if (after[at]?.kind === "text") continue;
    if (after[at]?.kind !== order[fields]) break;
    fields += 1;
    end = at + 1;
  }
  const unitMs = (UNITS as Readonly<Record<string, number>>)[order[fields - 1] ?? ""];
  if (unitMs === undefined) return null;
  const kept = after.slice(skipped, end);
  return { unitMs, text: (start) => written(kept, textsOf(start)) };
}

/** The first and the last instant that four digits of a year can write. */
const FIRST = Date.parse("0000-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** The digits of each field for a start. */
function textsOf(start: number): Texts {
  const iso = new Date(within(start, FIRST, LAST)).toISOString();
  const [yyyy = "", MM = "", dd = "", HH = "", mm = "", ss = "", SSS = ""] = iso.split(/\D/);
  const seconds = within(Math.floor(start / 1000), 0, 9_999_999_999);
  const epoch = String(seconds).padStart(DIGITS.epoch, "0");
  return { yyyy, MM, dd, HH, mm, ss, SSS, epoch };
}

const within = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most);
