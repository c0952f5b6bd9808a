import { describe, expect, test } from "vitest";
import { instantShown, instantText, makeRowWriter, sizeShown } from "../../src/cli/rows.js";
import type { Cell, Column, Format } from "../../src/cli/rows.js";

interface Named {
  readonly name: string;
  readonly size: Cell;
}

const COLUMNS: readonly Column<Named>[] = [
  { name: "name", title: "NAME", of: ({ name }) => name },
  { name: "size", title: "SIZE", align: "right", of: ({ size }) => size },
  { name: "flag", of: () => true },
];

/** Everything that a writer gives for pages of rows. */
const written = (format: Format, ...pages: readonly Named[][]): string => {
  const writer = makeRowWriter(format, COLUMNS);
  return (pages.length === 0 ? [[]] : pages).map((rows) => writer(rows)).join("");
};

describe("NDJSON", () => {
  test("is one object a line, whatever the page", () => {
    expect(written("ndjson", [{ name: 'a"\n', size: 1 }], [], [{ name: "b", size: null }])).toBe(
      '{"name":"a\\"\\n","size":1,"flag":true}\n{"name":"b","size":null,"flag":true}\n',
    );
  });

  test("of nothing is nothing", () => {
    expect(written("ndjson")).toBe("");
  });
});

/** A name that would clear a terminal, reverse its text, and start a line over. */
const HOSTILE = "\u001b[2Ja\u202ecod.exe\u2066b\u200fc\u061cd\u009be\u2028f\rg";

test("NDJSON escapes what a terminal would obey, and keeps the value", () => {
  const text = written("ndjson", [{ name: HOSTILE, size: 1 }]);
  expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028](?!$)/u);
  expect((JSON.parse(text) as Named).name).toBe(HOSTILE);
});

describe("CSV", () => {
  test("shows no character that a terminal would obey", () => {
    expect(written("csv", [{ name: HOSTILE, size: 1 }])).toBe(
      "name,size,flag\n\ufffd[2Ja\ufffdcod.exe\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg,1,true\n",
    );
  });

  test("keeps the line breaks and tabs of a remark", () => {
    expect(written("csv", [{ name: "a\tb\r\nc\nd", size: 1 }])).toBe(
      'name,size,flag\n"a\tb\r\nc\nd",1,true\n',
    );
  });

  test("does not turn a hidden formula into one that a sheet computes", () => {
    expect(written("csv", [{ name: "\u202e=1+cmd", size: 1 }])).toBe(
      "name,size,flag\n\ufffd=1+cmd,1,true\n",
    );
    expect(written("csv", [{ name: "\t=1+cmd", size: 1 }])).toBe(
      "name,size,flag\n'\t=1+cmd,1,true\n",
    );
    expect(written("csv", [{ name: "\n=1+cmd", size: 1 }])).toBe(
      `name,size,flag\n"'\n=1+cmd",1,true\n`,
    );
  });

  test("has its header once, also where there are no rows", () => {
    expect(written("csv", [{ name: "a", size: 1 }], [{ name: "b", size: 2 }])).toBe(
      "name,size,flag\na,1,true\nb,2,true\n",
    );
    expect(written("csv")).toBe("name,size,flag\n");
  });

  test("quotes what would break a line", () => {
    expect(written("csv", [{ name: 'a,"b"\nc', size: null }])).toBe(
      'name,size,flag\n"a,""b""\nc",,true\n',
    );
  });

  test.each(["=", "+", "-", "@"])(
    "puts an apostrophe before a text that begins with %s, so that no sheet computes it",
    (sign) => {
      expect(written("csv", [{ name: `${sign}1+cmd`, size: 0 }])).toBe(
        `name,size,flag\n'${sign}1+cmd,0,true\n`,
      );
    },
  );

  test("does so also where the text must be quoted", () => {
    expect(written("csv", [{ name: '=HYPERLINK("http://x","y")', size: 0 }])).toBe(
      `name,size,flag\n"'=HYPERLINK(""http://x"",""y"")",0,true\n`,
    );
  });

  test("leaves negative numbers alone", () => {
    expect(written("csv", [{ name: "a", size: -5 }])).toBe("name,size,flag\na,-5,true\n");
  });
});

describe("a table", () => {
  test("has headings and aligned columns, without those that have no heading", () => {
    expect(
      written("table", [
        { name: "a", size: 1 },
        { name: "longer", size: 100 },
      ]),
    ).toBe("NAME    SIZE\na          1\nlonger   100\n");
  });

  test("counts wide characters as two", () => {
    expect(
      written("table", [
        { name: "备份", size: 1 },
        { name: "abcde", size: 2 },
        { name: "👍🏽é", size: 3 },
      ]),
    ).toBe("NAME   SIZE\n备份      1\nabcde     2\n👍🏽é       3\n");
  });

  test("is as wide as what came so far, and cuts nothing", () => {
    const wide = "w".repeat(300);
    expect(
      written(
        "table",
        [{ name: "abcdef", size: 1 }],
        [{ name: "a", size: 2 }],
        [{ name: wide, size: 3 }],
      ),
    ).toBe(`NAME    SIZE\nabcdef     1\na          2\n${wide}     3\n`);
  });

  test("on a terminal folds rows that are wider, and breaks texts between words", () => {
    const columns: Column<readonly string[]>[] = ["STATE", "NAME", "POLICY", "REASON"].map(
      (title, index) => ({ name: title, title, of: (row) => row[index] ?? null }),
    );
    const rows = [
      ["VIOLATING", "orders-of-the-north", "production", "No backup started within the RPO."],
      ["PROTECTED", "a", "", ""],
    ];
    const folded = (columnsOfTerminal: number, isTTY = true): string =>
      makeRowWriter("table", columns, { isTTY, columns: columnsOfTerminal })(rows);
    expect(folded(30)).toBe(
      [
        "STATE      NAME",
        "  POLICY",
        "  REASON",
        "VIOLATING  orders-of-the-north",
        "  production",
        "  No backup started within the",
        "    RPO.",
        "PROTECTED  a\n",
      ].join("\n"),
    );
    expect(folded(44).split("\n").slice(0, 3)).toEqual([
      "STATE      NAME                 POLICY",
      "  REASON",
      "VIOLATING  orders-of-the-north  production",
    ]);
    expect(folded(200)).toBe(folded(30, false));
    expect(folded(200).split("\n")).toHaveLength(4);
  });

  test("is not widened by a text that is far too long", () => {
    // Measuring it would take minutes, because its graphemes are found in quadratic time.
    const long = "a\u0301".repeat(500_000);
    expect(
      written(
        "table",
        [{ name: "ab", size: 1 }],
        [{ name: long, size: 2 }],
        [{ name: "a", size: 3 }],
      ),
    ).toBe(`NAME  SIZE\nab       1\n${long}     2\na        3\n`);
  });

  test("shows no character that reverses text", () => {
    expect(written("table", [{ name: HOSTILE, size: 1 }])).not.toMatch(/\p{Bidi_Control}/u);
  });

  test("shows no character that a terminal would obey", () => {
    expect(written("table", [{ name: "\u001b[2J\u202etxt\n\u009b", size: 1 }])).toBe(
      "NAME        SIZE\n\ufffd[2J\ufffdtxt\ufffd\ufffd     1\n",
    );
  });

  test("of nothing is nothing", () => {
    expect(written("table", [])).toBe("");
  });
});

test.each([
  { bytes: null, shown: "" },
  { bytes: 0, shown: "0 B" },
  { bytes: 1023, shown: "1023 B" },
  { bytes: 1024, shown: "1.0 KiB" },
  { bytes: 1_288_490_189, shown: "1.2 GiB" },
  { bytes: 9_007_199_254_740_991, shown: "8.0 PiB" },
])("$bytes bytes read $shown", ({ bytes, shown }) => {
  expect(sizeShown(bytes)).toBe(shown);
});

test("instants are RFC 3339 for programs and whole seconds for people, in UTC", () => {
  const instant = Date.UTC(2026, 10, 1, 8, 30, 15, 250);
  expect(instantText(instant)).toBe("2026-11-01T08:30:15.250Z");
  expect(instantShown(instant)).toBe("2026-11-01 08:30:15Z");
  expect([instantText(null), instantShown(null)]).toEqual([null, ""]);
});
