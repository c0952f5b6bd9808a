/*
 * Templates of object keys, such as `prod/{instance}/{startedAt:yyyyMMdd'T'HHmmss'Z'}-{shard}.rdb`.
 *
 * A template is a path of segments between slashes. `{instance}`, `{shard}` and `*` match text within a
 * segment, and a field of `{startedAt:…}` matches its digits. A segment has at most one text of free
 * length, so a key matches in one way at most.
 */
import {
  EPOCH_DIGITS,
  FIELD_ORDER,
  FIELDS,
  isFree,
  OWN_NAMES,
  partsOf,
  sampleOf,
  segmentsOf,
  textOf,
  type Part,
} from "./keyParts.js";

/** The time that the last digit of a field stands for, from the day on. Units: milliseconds. */
const UNITS = { dd: 86_400_000, HH: 3_600_000, mm: 60_000, ss: 1_000, SSS: 1, epoch: 1_000 };
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
/** Reads a template. @throws {TemplateError} */
export function readKeyTemplate(template: string): KeyTemplate {
  const parts = partsOf(template);
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
  const [yyyy, MM, dd] = ["yyyy", "MM", "dd"].map((field) => values.get(field));
  const [HH, mm, ss] = ["HH", "mm", "ss"].map((field) => values.get(field) ?? "00");
  const text = `${yyyy}-${MM}-${dd}T${HH}:${mm}:${ss}.${values.get("SSS") ?? "000"}Z`;
  const start = Date.parse(text);
  // `Date.parse` takes 30 February for 2 March.
  return !Number.isNaN(start) && new Date(start).toISOString() === text ? start : undefined;
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
