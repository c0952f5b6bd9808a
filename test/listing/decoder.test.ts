import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { parseJson, parseXml } from "../../src/listing/decoder.js";
import { runs } from "../runs.js";

const TOO_MANY = {
  kind: "BAD_RESPONSE",
  message: "The vendor's answer has more parts than a page can have.",
};

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
    { what: "objects", text: list(60_001, () => "{}") },
    { what: "lists", text: list(60_001, () => "[]") },
    { what: "keys", text: list(20_001, () => `{${'"k":1,'.repeat(9)}"k":1}`) },
    { what: "distinct keys", text: `{${list(15_001, (n) => `"k${n}":1`).slice(1, -1)}}` },
    {
      what: "orders of the same keys",
      text: list(500, (n) => `{${list(100, (k) => `"k${(k + n) % 500}":1`).slice(1, -1)}}`),
    },
    { what: "items", text: list(250_002, () => "1") },
    { what: "long numbers", text: list(20_001, () => "12345678901234567890") },
    { what: "digits of one number", text: `[${"1".repeat(1_001)}]` },
    { what: "levels", text: `${"[".repeat(10_001)}${"]".repeat(10_001)}` },
    { what: "levels of objects", text: `${'{"a":'.repeat(10_001)}1${"}".repeat(10_001)}` },
    { what: "levels that do not end", text: "[".repeat(10_001) },
  ])("is refused before it is parsed: too many $what", ({ text }) => {
    expect(refusalOf(text)).toMatchObject(TOO_MANY);
  });

  test("is read to a depth of 10,000 levels, which are not counted in strings", () => {
    const text = `["${"[".repeat(20_000)}",${"[".repeat(9_999)}${"]".repeat(9_999)},[]]`;
    expect(Array.isArray(refusalOf(text))).toBe(true);
  });

  test("is read if the parts are text in strings", () => {
    const text = JSON.stringify(['{[:,"'.repeat(100_000), '\\"', "\\"]);
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test("is read if it is the largest page of a vendor: 1,000 rows of 100 fields and ten lists", () => {
    const row = { ...Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`f${n}`, n])) };
    const rows = Array.from({ length: 1_000 }, () => ({
      ...row,
      lists: Array(10).fill([{ a: 1 }]),
      id: 12345678901234567890n.toString(),
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

  test("may contain 200,000 of them", () => {
    const many = "&amp;".repeat(200_000);
    expect(parseXml(`<R><Name>${many}</Name></R>`)).toEqual({ R: { Name: "&".repeat(200_000) } });
  });

  test("has texts as they were written, also in CDATA sections and around comments", () => {
    const text = "<R><A> a b </A><B><![CDATA[ <&]] ]]></B><C>x<!-- y -->z</C>\r\n</R>";
    expect(parseXml(text)).toEqual({ R: { A: " a b ", B: " <&]] ", C: "xz" } });
  });

  test.each([
    ["a control character", "a\u0001b"],
    ["a reference to one", "a&#1;b"],
    ["an unknown entity", "a&nbsp;b&constructor;"],
    ["the end of a CDATA section", "a]]>b"],
    ["a lone surrogate", "a\uD800b"],
    ["U+FFFE", "a\uFFFEb"],
  ])("keeps a text with %s as it is, and the rows beside it", (_, name) => {
    const row = (value: string) => `<Row><Name>${value}</Name></Row>`;
    expect(parseXml(`<R>${row("x")}${row(name)}</R>`)).toEqual({
      R: { Row: [{ Name: "x" }, { Name: name }] },
    });
  });

  const many = (count: number, part: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => part(n)).join("");

  test.each([
    { what: "elements", text: `<R>${"<a></a>".repeat(75_000)}</R>` },
    { what: "references", text: `<R>${"&lt;".repeat(200_001)}</R>` },
    { what: "carriage returns", text: `<R>${"\r\n".repeat(200_001)}</R>` },
    { what: "characters in a comment", text: `<R><!--${"- ".repeat(100_001)}--></R>` },
    { what: "CDATA sections", text: `<R>${"<![CDATA[]]>".repeat(30_000)}</R>` },
  ])("is refused before it is parsed: too many $what", ({ text }) => {
    expect(xmlRefusal(text)).toMatchObject(TOO_MANY);
  });

  test.each([
    { what: "cut off", text: "<R><Snapshots><Snapshot><Name>a</Name>" },
    { what: "JSON", text: '{"R": 1}' },
    { what: "plain text", text: "Bad gateway" },
    { what: "empty", text: "" },
    { what: "of wrong elements", text: "<R><A></B></R>" },
    { what: "nested too deeply", text: `${"<a>".repeat(33)}x${"</a>".repeat(33)}` },
    { what: "of too many names", text: `<R>${many(2_001, (n) => `<a${n}/>`)}</R>` },
    { what: "of too many attributes", text: `<R ${many(10_001, (n) => `a${n}="1" `)}/>` },
    { what: "of too many odd characters", text: `<R>${"\u0001".repeat(1_001)}</R>` },
    { what: "of two roots", text: "<R/><R/>" },
    { what: "followed by text", text: "<R/>x" },
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
