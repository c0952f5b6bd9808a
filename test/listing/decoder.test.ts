import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { parseJson, parseXml } from "../../src/listing/decoder.js";
import { runs } from "../runs.js";

const refusalOf = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch (error) {
    return error;
  }
};

describe("ordinary JSON", () => {
  const jsonText = fc.json().filter((text) => !/(?<![.\d])\d{16}/.test(text));

  test("reads as JSON.parse reads it", () => {
    fc.assert(
      fc.property(jsonText, fc.constantFrom("", " ", "\n"), (text, space) => {
        const padded = space + text + space;
        expect(parseJson(padded)).toEqual(JSON.parse(padded));
      }),
    );
  });

  test("may begin with a byte order mark", () => {
    expect(parseJson('\uFEFF{"a":1}')).toEqual({ a: 1 });
  });
});

describe("JSON of many parts", () => {
  const list = (count: number, part: (n: number) => string) =>
    `[${Array.from({ length: count }, (_, n) => part(n)).join()}]`;

  test.each([
    { what: "objects", text: list(40_001, () => "{}") },
    { what: "lists", text: list(40_001, () => "[]") },
    { what: "keys of one object", text: `{${list(100_001, (n) => `"k${n}":1`).slice(1, -1)}}` },
    { what: "numbers", text: list(400_002, () => "1") },
  ])("is refused before it is parsed: too many $what", ({ text }) => {
    expect(refusalOf(text)).toMatchObject({
      kind: "BAD_RESPONSE",
      message: "The vendor's answer has more parts than a page can have.",
    });
  });

  test("is read if the parts are text in strings", () => {
    const text = JSON.stringify(['{[:,"'.repeat(100_000), '\\"', "\\"]);
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test("is read if it is the largest page of a vendor: 1,000 rows of 40 fields and ten lists", () => {
    const row = { ...Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`f${n}`, n])) };
    const rows = Array.from({ length: 1_000 }, () => ({
      ...row,
      lists: Array(10).fill([{ a: 1 }]),
    }));
    const text = JSON.stringify({ rows });
    expect(parseJson(text)).toEqual({ rows });
  });
});

describe("long integers", () => {
  test.each([
    { text: "9007199254740991", value: 9007199254740991 },
    { text: "9007199254740992", value: "9007199254740992" },
    { text: "-9007199254740993", value: "-9007199254740993" },
    { text: '{"id":12345678901234567890}', value: { id: "12345678901234567890" } },
    {
      text: "[ 678362566696298532848117,1]",
      value: ["678362566696298532848117", 1],
    },
    {
      text: '{"12345678901234567890":"12345678901234567890"}',
      value: { "12345678901234567890": "12345678901234567890" },
    },
    { text: '"\\"12345678901234567890"', value: '"12345678901234567890' },
    { text: '["\\\\",12345678901234567890]', value: ["\\", "12345678901234567890"] },
    { text: "1.2345678901234567890", value: 1.2345678901234567 },
    { text: "12345678901234567890e0", value: 12345678901234567890 },
    { text: '["x 12345678901234567890 y"]', value: ["x 12345678901234567890 y"] },
  ])("$text keeps its digits", ({ text, value }) => {
    expect(parseJson(text)).toEqual(value);
  });

  type Tree = bigint | string | null | Tree[] | { [name: string]: Tree };
  const tricky = fc
    .array(fc.constantFrom('"', "\\", "12345678901234567890", "-", ".", "e", ":", " ", "{", "]"))
    .map((parts) => parts.join(""));
  const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
      fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
      tricky,
      fc.constant(null),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(tricky, tie("tree"), { maxKeys: 4 }),
    ),
  })).tree;
  const written = (value: Tree): string => {
    if (typeof value === "bigint") return value.toString();
    if (Array.isArray(value)) return `[${value.map(written).join(" , ")}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const entries = Object.entries(value).map(
      ([name, part]) => `${JSON.stringify(name)} :${written(part)}`,
    );
    return `{${entries.join(",")}}`;
  };
  const expected = (value: Tree): unknown => {
    if (typeof value === "bigint") {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value.toString();
    }
    if (Array.isArray(value)) return value.map(expected);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, expected(part)]));
  };

  test("survive wherever they stand, and nothing else changes", () => {
    fc.assert(
      fc.property(tree, (value) => {
        // 0 and -0 are equal on the wire and for us.
        expect(JSON.stringify(parseJson(written(value)))).toBe(JSON.stringify(expected(value)));
      }),
      runs(200),
    );
  });
});

describe("anything but JSON", () => {
  const SECRET = "s3cr3t-canary";

  test.each([
    "",
    " ",
    `<html>${SECRET}</html>`,
    `{"a":"${SECRET}"`,
    `{12345678901234567890:"${SECRET}"}`,
    `[01234567890123456789,"${SECRET}"]`,
    `[--12345678901234567890,"${SECRET}"]`,
    `{"a":1}${SECRET}`,
    "NaN",
    "\uFEFF",
    "\uFEFF\uFEFF{}",
  ])("%j is BAD_RESPONSE, and is not quoted", (text) => {
    const error = refusalOf(text);
    expect(error).toBeInstanceOf(SourceError);
    expect((error as SourceError).kind).toBe("BAD_RESPONSE");
    expect((error as SourceError).cause).toBeUndefined();
    expect(`${String(error)} ${(error as SourceError).stack ?? ""}`).not.toContain(SECRET);
  });

  test("is refused exactly where JSON.parse refuses it", () => {
    const noise = fc
      .array(
        fc.constantFrom(
          "{",
          "}",
          "[",
          "]",
          ":",
          ",",
          '"',
          "\\",
          "-",
          ".",
          "e",
          "0",
          "12345678901234567890",
          " ",
        ),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(noise, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(refusalOf(text) instanceof SourceError).toBe(!valid);
      }),
      runs(400),
    );
  });
});

describe("an XML answer", () => {
  const xmlRefusal = (text: string): unknown => {
    try {
      return parseXml(text);
    } catch (error) {
      return error;
    }
  };

  test("becomes objects of texts; a repeated element is a list, an empty one is empty text", () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
      <R xmlns="http://cloud.example/"><Size unit="b">0012345678901234567890</Size><Ok>true</Ok>
        <Snapshots><Snapshot><Name>a</Name></Snapshot><Snapshot><Name>b</Name></Snapshot></Snapshots><None/></R>`;
    expect(parseXml(text)).toEqual({
      R: {
        Size: "0012345678901234567890",
        Ok: "true",
        Snapshots: { Snapshot: [{ Name: "a" }, { Name: "b" }] },
        None: "",
      },
    });
  });

  test("may contain the five entities of XML and character references", () => {
    const text = "<R><Name>a &amp; b &lt;c&gt; &quot;&apos; &#65;&#x42; &amp;amp;</Name></R>";
    expect(parseXml(text)).toEqual({ R: { Name: "a & b <c> \"' AB &amp;" } });
  });

  test("may contain as many of them as it likes", () => {
    const many = "&amp;".repeat(200_000);
    expect(parseXml(`<R><Name>${many}</Name></R>`)).toEqual({ R: { Name: "&".repeat(200_000) } });
  });

  test.each([
    { what: "cut off", text: "<R><Snapshots><Snapshot><Name>a</Name>" },
    { what: "JSON", text: '{"R": 1}' },
    { what: "plain text", text: "Bad gateway" },
    { what: "empty", text: "" },
    { what: "of wrong elements", text: "<R><A></B></R>" },
    { what: "nested too deeply", text: `${"<a>".repeat(100)}x${"</a>".repeat(100)}` },
    { what: "of a document type", text: "<!DOCTYPE R><R><Name>a</Name></R>" },
    {
      what: "of entities that expand",
      text: '<!DOCTYPE R [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><R><Name>&b;</Name></R>',
    },
    {
      what: "of an external entity",
      text: '<!DOCTYPE R [<!ENTITY a SYSTEM "file:///etc/passwd">]><R><Name>&a;</Name></R>',
    },
  ])("that is $what is BAD_RESPONSE, and is not quoted", ({ text }) => {
    const error = xmlRefusal(text);
    expect(error).toBeInstanceOf(SourceError);
    expect((error as SourceError).kind).toBe("BAD_RESPONSE");
    expect((error as SourceError).message).toBe("The vendor's answer is not XML.");
    expect((error as SourceError).details.cause).toBeUndefined();
  });

  test("cannot reach the prototype of objects", () => {
    const error = xmlRefusal("<R><__proto__><polluted>yes</polluted></__proto__></R>");
    expect((error as SourceError).kind).toBe("BAD_RESPONSE");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
