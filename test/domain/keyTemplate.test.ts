import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readKeyTemplate, TemplateError, type KeyTemplate } from "../../src/domain/keyTemplate.js";
import { runs } from "../runs.js";

const CONTRACT = "prod/{instance}/{startedAt:yyyyMMdd'T'HHmmss'Z'}-{shard}.rdb";

const refusalOf = (template: string): string => {
  try {
    readKeyTemplate(template);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
  throw new Error(`${template} is taken.`);
};

describe("a key template", () => {
  test("reads a key", () => {
    const template = readKeyTemplate(CONTRACT);
    expect(template.parse("prod/orders/20261129T030000Z-2.rdb")).toEqual({
      instance: "orders",
      shard: "2",
      start: Date.UTC(2026, 10, 29, 3),
      backup: "prod/orders/20261129T030000Z-{shard}.rdb",
    });
    expect(template).toMatchObject({ prefix: "prod/", hasShard: true, startForm: "wallClock" });
  });

  test.each([
    ["{instance}/dump.rdb", "orders/dump.rdb", { instance: "orders", shard: null, start: null }],
    ["{instance}.rdb", "a.b.rdb", { instance: "a.b" }],
    ["{startedAt:yyyy/MM/dd}/{instance}", "2026/11/29/a", { start: Date.UTC(2026, 10, 29) }],
    ["{instance}/{startedAt:epoch}.rdb", "a/1764385200.rdb", { start: 1_764_385_200_000 }],
    ["{instance}/*", "a/anything.at-all", { instance: "a" }],
    ["{instance}/dump*.rdb", "a/dump.rdb", { instance: "a" }],
    ["*/{instance}/x", "eu/a/x", { instance: "a" }],
    [
      "{instance}/{startedAt:yyyy-MM-dd''HHmm}",
      "a/2026-11-29'0304",
      { start: Date.UTC(2026, 10, 29, 3, 4) },
    ],
    [
      "{instance}/{startedAt:yyyyMMdd'it''s'HH}",
      "a/20261129it's05",
      { start: Date.UTC(2026, 10, 29, 5) },
    ],
    [
      "{startedAt:yyyyMM}/{instance}/{startedAt:dd}.rdb",
      "202611/a/29.rdb",
      { start: Date.UTC(2026, 10, 29) },
    ],
    ["{instance}/{instance}-{shard}.rdb", "a-b/a-b-c-0.rdb", { instance: "a-b", shard: "c-0" }],
    [
      "{instance}/{startedAt:yyyyMMddHHmmssSSS}",
      "a/20261129030405678",
      { start: Date.UTC(2026, 10, 29, 3, 4, 5, 678) },
    ],
    ["{instance}/a.b(c)[d]+^$|.rdb", "i/a.b(c)[d]+^$|.rdb", { instance: "i" }],
    ["{instance}/x\ny", "a\nb/x\ny", { instance: "a\nb" }],
  ])("%j reads %j", (template, key, facts) => {
    expect(readKeyTemplate(template).parse(key)).toMatchObject(facts);
  });

  test.each([
    [CONTRACT, "prod/orders/20261129T030000Z-.rdb"],
    [CONTRACT, "prod/orders/20261129T030000Z-2.rdb.md5"],
    [CONTRACT, "prod/orders/20261329T030000Z-2.rdb"],
    [CONTRACT, "prod/orders/20260230T030000Z-2.rdb"],
    [CONTRACT, "prod/orders/20260228T240000Z-2.rdb"],
    [CONTRACT, "prod/a/b/20261129T030000Z-2.rdb"],
    [CONTRACT, "PROD/orders/20261129T030000Z-2.rdb"],
    ["{instance}/*", "orders/"],
    ["{instance}/{startedAt:epoch}", "a/1764385200000"],
    ["{instance}/{instance}.rdb", "a/b.rdb"],
    ["{startedAt:yyyyMMdd}/{instance}/{startedAt:yyyyMMdd}", "20261129/a/20261130"],
    ["{instance}/a.b", "x/aXb"],
  ])("%j does not match %j", (template, key) => {
    expect(readKeyTemplate(template).parse(key)).toBeNull();
  });

  test.each([
    ["dumps/*.rdb", "{instance}"],
    ["", "{instance}"],
    ["{instance}/{host}.rdb", "unknown placeholder {host}"],
    ["{instance}/{Shard}", "unknown placeholder {Shard}"],
    ["{instance}/{startedAt}", "needs a form"],
    ["{instance}/{startedAt:}", "needs a form"],
    ["{instance}/{startedAt:yyyyMMddTHH}", "unknown field T"],
    ["{instance}/{startedAt:yyyyMMdd hhmm}", "unknown field hh"],
    ["{instance}/{startedAt:yyMMdd}", "unknown field yy"],
    ["{instance}/{startedAt:yyyyMMdd'T}", "no } for the {"],
    ["{instance}/{startedAt:yyyyMM}", "without dd"],
    ["{instance}/{startedAt:MMdd}", "without yyyy"],
    ["{instance}/{startedAt:yyyyMMddmm}", "without HH"],
    ["{instance}/{startedAt:epoch}-{startedAt:yyyyMMdd}", "both"],
    ["{instance", "no } for the {"],
    ["instance}", "} without its {"],
    ["{instance}/", "must name a file"],
    ["{instance}-{instance}.rdb", "twice in one segment"],
    ["{instance}-{shard}/{instance}.rdb", "{instance} and {shard} in one segment"],
  ])("%j is refused: %s", (template, reason) => {
    expect(refusalOf(template)).toContain(reason);
  });

  test("is refused if it matches a key in two ways, with an example", () => {
    expect(refusalOf("prod/{instance}-{shard}.rdb")).toBe(
      'matches a key in two ways: in "prod/a-b-c.rdb", {instance} is "a" and {shard} is "b-c", or {instance} is "a-b" and {shard} is "c". Each segment may have only one of {instance}, {shard} and *',
    );
    expect(refusalOf("*{instance}/x")).toContain('in "abc/x"');
  });

  test.each([
    ["prod/{instance}/{startedAt:yyyyMMdd}.rdb", "prod/orders/", "orders"],
    ["prod/redis-{instance}.d/*", "prod/redis-orders.d/", "orders"],
    ["{instance}/a/b", "orders/", "orders"],
    ["prod/{instance}/x", "prod//", null],
    ["prod/{instance}/x", "prod/a", null],
    ["prod/redis-{instance}.d/*", "prod/other.d/", null],
  ])("%j finds in the common prefix %j the instance %j", (template, prefix, instance) => {
    expect(readKeyTemplate(template).instanceAt?.(prefix)).toBe(instance);
  });

  test.each([
    "{instance}.rdb",
    "*/{instance}/x",
    "{startedAt:yyyyMMdd}/{instance}/x",
    "{instance}-{startedAt:yyyyMMdd}/x",
  ])("%j has no common prefix for each instance", (template) => {
    expect(readKeyTemplate(template).instanceAt).toBeUndefined();
  });

  test.each([
    ["prod/{instance}/x", "prod/orders/x"],
    ["prod/{instance}-{startedAt:yyyyMMdd}.rdb", "prod/orders-"],
    ["prod/{instance}", "prod/orders"],
    ["*/{instance}/x", null],
  ])("%j lists an instance by the prefix %j", (template, prefix) => {
    expect(readKeyTemplate(template).prefixOf("orders")).toBe(prefix);
  });

  test.each([
    [CONTRACT, "20261129T030405", 1_000],
    ["{instance}/{startedAt:yyyy/MM/dd}/{startedAt:HH}.rdb", "2026/11/29/03", 3_600_000],
    ["{instance}/x-{startedAt:epoch}", "1795921445", 1_000],
    ["{instance}/{startedAt:yyyyMMdd}-*", "20261129", 86_400_000],
  ])("%j has starts in the order of its keys", (template, text, unitMs) => {
    const { range } = readKeyTemplate(template);
    expect(range?.unitMs).toBe(unitMs);
    expect(range?.text(Date.UTC(2026, 10, 29, 3, 4, 5))).toBe(text);
  });

  test.each([
    "{instance}/{shard}/{startedAt:yyyyMMdd}",
    "{instance}/{startedAt:ddMMyyyy}",
    "{startedAt:yyyyMMdd}/{instance}/x",
    "{instance}/x",
    "*/{instance}/{startedAt:yyyyMMdd}",
  ])("%j has no range of keys for a time range", (template) => {
    expect(readKeyTemplate(template).range).toBeNull();
  });
});

const word = fc.stringMatching(/^[ab0-]{1,3}$/);
const piece = fc.oneof(
  word,
  fc.constantFrom("/", "/", "{instance}", "{shard}", "*", "{startedAt:yyyyMMdd}", "{startedAt:HH}"),
);
const templates = fc.array(piece, { minLength: 1, maxLength: 7 }).map((parts) => parts.join(""));

/** All ways in which a key matches a template of these pieces, found by trying every length. */
function waysOf(template: string, key: string): number {
  const [, head = "", rest = ""] =
    /^(\{instance\}|\{shard\}|\*+|\{startedAt:(?:yyyyMMdd|HH)\}|[\s\S])([\s\S]*)$/.exec(template) ??
    [];
  return count(head, rest, key, new Map());
}

function count(head: string, rest: string, key: string, seen: ReadonlyMap<string, string>): number {
  if (head === "") return key === "" ? 1 : 0;
  const isDate = head.startsWith("{startedAt");
  const isFree = head === "{instance}" || head === "{shard}" || head.startsWith("*");
  const most = isDate ? (head.includes("yyyy") ? 8 : 2) : isFree ? key.length : 1;
  let ways = 0;
  for (let length = isFree ? (head.startsWith("*") ? 0 : 1) : most; length <= most; length += 1) {
    const text = key.slice(0, length);
    if (text.length < length) continue;
    if (isFree && text.includes("/")) continue;
    if (isDate && !/^\d+$/.test(text)) continue;
    if (!isFree && !isDate && text !== head) continue;
    const isNamed = head.startsWith("{");
    if (isNamed && (seen.get(head) ?? text) !== text) continue;
    const [, next = "", left = ""] =
      /^(\{instance\}|\{shard\}|\*+|\{startedAt:(?:yyyyMMdd|HH)\}|[\s\S])([\s\S]*)$/.exec(rest) ??
      [];
    ways += count(next, left, key.slice(length), isNamed ? new Map([...seen, [head, text]]) : seen);
  }
  return ways;
}

function readOf(template: string): KeyTemplate | string {
  try {
    return readKeyTemplate(template);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

/** A key that may match: placeholders are replaced with short texts. */
const keyFor = (template: string): fc.Arbitrary<string> =>
  fc.infiniteStream(fc.stringMatching(/^[ab0-]{0,3}$/)).map((texts) => {
    const named = new Map<string, string>();
    return template.replace(/\{\w+(?::\w+)?\}|\*+/g, (placeholder) => {
      if (placeholder.includes("yyyy")) return "20261129";
      if (placeholder.includes("HH")) return "03";
      const text = named.get(placeholder) ?? (texts.next().value as string);
      if (placeholder.startsWith("{")) named.set(placeholder, text);
      return text;
    });
  });

describe("of any templates", () => {
  test("one that is taken matches no key in two ways, and one that is refused for that does", () => {
    fc.assert(
      fc.property(
        templates.chain((template) => fc.tuple(fc.constant(template), keyFor(template))),
        ([template, key]) => {
          const read = readOf(template);
          if (typeof read === "string") {
            const [, example] = /^matches a key in two ways: in "([^"]*)"/.exec(read) ?? [];
            if (example !== undefined) expect(waysOf(template, example)).toBeGreaterThan(1);
            return;
          }
          const ways = waysOf(template, key);
          expect(ways).toBeLessThan(2);
          if (read.parse(key) !== null) expect(ways).toBe(1);
        },
      ),
      runs(400),
    );
  });

  test("a key that is written from facts is read back, and begins with the instance's prefix", () => {
    const facts = fc.record({
      instance: fc.stringMatching(/^[^/]{1,12}$/s),
      shard: fc.stringMatching(/^[^/]{1,4}$/s),
      start: fc.integer({ min: 0, max: 4_102_444_799 }),
    });
    const layouts = [
      CONTRACT,
      "{startedAt:yyyy/MM/dd}/{instance}/{startedAt:HHmmss}-{shard}",
      "a/{shard}/{instance}-{startedAt:yyyyMMddHHmmss}",
      "{instance}/{startedAt:epoch}/{shard}",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...layouts), facts, (layout, { instance, shard, start }) => {
        const digits = new Date(start * 1000).toISOString().replace(/\D/g, "").slice(0, 14);
        const key = layout
          .replace("{instance}", () => instance)
          .replace("{shard}", () => shard)
          .replace("{startedAt:epoch}", String(start).padStart(10, "0"))
          .replace("{startedAt:yyyy/MM/dd}", digits.replace(/^(....)(..)(..).*/, "$1/$2/$3"))
          .replace("{startedAt:HHmmss}", digits.slice(8))
          .replace("{startedAt:yyyyMMddHHmmss}", digits)
          .replace("{startedAt:yyyyMMdd'T'HHmmss'Z'}", `${digits.slice(0, 8)}T${digits.slice(8)}Z`);
        const template = readKeyTemplate(layout);
        expect(template.parse(key)).toMatchObject({ instance, shard, start: start * 1000 });
        expect(key.startsWith(template.prefix)).toBe(true);
        const prefix = template.prefixOf(instance);
        if (prefix !== null) expect(key.startsWith(prefix)).toBe(true);
      }),
      runs(300),
    );
  });

  test("keys of one instance are in the order of their starts where the template has a range", () => {
    const starts = fc.integer({ min: 0, max: 253_402_300_799 }).map((seconds) => seconds * 1000);
    fc.assert(
      fc.property(
        starts,
        starts,
        fc.constantFrom("yyyyMMddHHmmss", "yyyy/MM/dd", "yyyy-MM-dd'T'HH"),
        (a, b, form) => {
          const range = readKeyTemplate(`{instance}/{startedAt:${form}}`).range;
          if (range === null) throw new Error(`${form} has no range.`);
          const [earlier, later] = a < b ? [a, b] : [b, a];
          expect(range.text(earlier) <= range.text(later)).toBe(true);
          if (later - earlier >= range.unitMs)
            expect(range.text(earlier) < range.text(later)).toBe(true);
        },
      ),
      runs(300),
    );
  });
});
