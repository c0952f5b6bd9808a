/*
 * The text of a key template, divided into parts and checked.
 */

/** The fields of a start, most significant first, and their digits. */
export const FIELDS = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2, SSS: 3 } as const;
/** A field of a start. */
export type DateField = keyof typeof FIELDS;
/** The fields, most significant first. */
export const FIELD_ORDER = Object.keys(FIELDS) as DateField[];

/** Unix seconds have ten digits from 2001 to 2286. */
export const EPOCH_DIGITS = 10;

/** How a template writes text of free length. */
export const OWN_NAMES = { instance: "{instance}", shard: "{shard}", any: "*" } as const;
type Free = keyof typeof OWN_NAMES;

/** A piece of a template: text as it stands, text of free length, or a field of the start. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: Free }
  | { readonly kind: "field"; readonly field: DateField | "epoch" };

/** Why a template is refused, with an example where that helps. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** The parts of a template. @throws {TemplateError} */
export function partsOf(template: string): Part[] {
  const parts = joined(divided(template));
  checkParts(parts);
  return parts;
}

/** Divides a template into parts. */
function divided(template: string): Part[] {
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

/** Whether a part matches text of free length. */
export const isFree = (part: Part): part is { readonly kind: Free } => part.kind in OWN_NAMES;

/** The text that parts have in common with every key. */
export const textOf = (parts: readonly Part[]): string =>
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
export function segmentsOf(parts: readonly Part[]): Part[][] {
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
export const sampleOf = (
  parts: readonly Part[],
  given: ReadonlyMap<Part, string> = new Map(),
): string =>
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
